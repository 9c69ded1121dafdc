/// How long the rows are in tokens, and what a context cuts from them.
package struct TokenLengths: Sendable, Codable, Equatable {
  /// Rows with a number of tokens in a range.
  package struct Bin: Sendable, Codable, Equatable {
    package var from: Int
    package var through: Int
    package var rows: Int

    package init(from: Int, through: Int, rows: Int) {
      self.from = from
      self.through = through
      self.rows = rows
    }
  }

  package var total: Int
  package var shortest: Int
  package var median: Int
  package var mean: Double
  /// 95 of 100 rows are no longer than this.
  package var percentile95: Int
  package var longest: Int
  package var longestCompletion: Int
  /// Rows by length: up to 16 tokens, 17–32, 33–64, and so on by doubling.
  package var histogram: [Bin]
  package var contextLength: Int
  /// Rows longer than the context, with the tokens they lose at the front.
  package var cut: [CutRow]
  /// Rows whose completion alone is longer than the context: they cannot be trained on.
  package var tooLong: [Int]

  /// Measures rows by the tokens of their prompts and completions.
  init(prompts: [Int], completions: [Int], contextLength: Int) {
    self.contextLength = contextLength
    let lengths = zip(prompts, completions).map { $0 + $1 }
    let sorted = lengths.sorted()
    total = sorted.reduce(0, +)
    shortest = sorted.first ?? 0
    median = sorted.isEmpty ? 0 : sorted[(sorted.count - 1) / 2]
    mean = sorted.isEmpty ? 0 : Double(total) / Double(sorted.count)
    percentile95 = sorted.isEmpty ? 0 : sorted[(sorted.count - 1) * 95 / 100]
    longest = sorted.last ?? 0
    longestCompletion = completions.max() ?? 0
    histogram = Self.bins(sorted)
    tooLong = completions.indices.filter { completions[$0] > contextLength }
    cut = lengths.indices.compactMap {
      lengths[$0] > contextLength ? CutRow(line: $0, tokens: lengths[$0] - contextLength) : nil
    }
  }

  private static func bins(_ sorted: [Int]) -> [Bin] {
    var bins: [Bin] = []
    var from = 0
    var through = 16
    var rest = sorted[...]
    while !rest.isEmpty {
      let count = rest.prefix { $0 <= through }.count
      bins.append(Bin(from: from, through: through, rows: count))
      rest = rest.dropFirst(count)
      from = through + 1
      through *= 2
    }
    return bins
  }
}
