/// The rows under preparation, each with the number it had in the file.
struct PrepareRows {
  var examples: [Example]
  var source: [Int]
  /// The rows taken out, by their number in the file, with the reason.
  var removed: [RemovedRow] = []

  /// Whether the numbers of the rows are still one unbroken range in the older tool; its estimate needs it.
  var hasRangeIndex = true

  init(_ examples: [Example]) {
    self.examples = examples
    source = Array(examples.indices)
  }

  var count: Int { examples.count }
  var prompts: some Sequence<[UInt8]> { examples.lazy.map(\.prompt) }
  var completions: some Sequence<[UInt8]> { examples.lazy.map(\.completion) }

  /// Takes out the rows at these positions (ascending).
  mutating func remove(_ positions: [Int], because reason: RemovedRow.Reason) {
    let gone = Set(positions)
    let isEnd = positions.indices.allSatisfy { positions[$0] == $0 || positions[$0] == count - positions.count + $0 }
    if reason != .long || !isEnd { hasRangeIndex = false }
    removed += positions.map { RemovedRow(row: source[$0], reason: reason) }
    let kept = examples.indices.filter { !gone.contains($0) }
    examples = kept.map { examples[$0] }
    source = kept.map { source[$0] }
  }
}

/// A row that was taken out, numbered from 0 as in the file.
package struct RemovedRow: Sendable, Codable, Equatable {
  package enum Reason: String, Sendable, Codable {
    case emptyCompletion, duplicate, long
  }
  package var row: Int
  package var reason: Reason
}

extension PrepareRows {
  /// Positions whose completion is empty.
  var emptyCompletions: [Int] {
    examples.indices.filter { examples[$0].completion.isEmpty }
  }

  /// Positions that repeat the prompt and completion of an earlier row.
  var duplicates: [Int] {
    var seen = Set<Example>()
    return examples.indices.filter { !seen.insert(examples[$0]).inserted }
  }

  /// Positions whose prompt and completion together have more than 10,000 characters.
  var long: [Int] {
    examples.indices.filter {
      examples[$0].prompt.characterCount + examples[$0].completion.characterCount > 10_000
    }
  }

  /// Positions whose completion does not begin with a space.
  var withoutLeadingSpace: [Int] {
    examples.indices.filter { examples[$0].completion.first != UInt8(ascii: " ") }
  }

  /// The first proposal that no text contains, else the fallback.
  func unusedMark(_ proposals: [String], else fallback: String, in column: Column) -> String {
    proposals.first { proposal in
      let mark = Array(proposal.utf8)
      return !examples.contains { $0[column].contains(text: mark) }
    } ?? fallback
  }
}
