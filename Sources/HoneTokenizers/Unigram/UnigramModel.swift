/// Pieces and how likely each is; a word becomes the pieces whose likelihoods multiply to the most.
///
/// Source: Kudo 2018, the best segmentation by Viterbi's algorithm; ties as the Hugging Face library breaks them.
struct UnigramModel: Sendable {
  let names: PieceNames
  let scores: [Double]  // (pieces) logarithms
  let unknown: Int32
  let bytePieces: [Int32]  // (256) where bytes stand for what is unknown, else -1 or empty
  private let trie: PieceTrie
  private let unknownScore: Double

  init(names: PieceNames, scores: [Double], unknown: Int32, fallsBackToBytes: Bool) {
    self.names = names
    self.scores = scores
    self.unknown = unknown
    let trie = PieceTrie(names)
    self.trie = trie
    unknownScore = (scores.min() ?? 0) - 10
    bytePieces = fallsBackToBytes ? (0..<256).map { Self.bytePiece($0, trie) } : []
  }

  private static func bytePiece(_ byte: Int, _ trie: PieceTrie) -> Int32 {
    let digits = Array("0123456789ABCDEF".utf8)
    let name = Array("<0x".utf8) + [digits[byte >> 4], digits[byte & 15], UInt8(ascii: ">")]
    return trie.find(name.span, 0..<name.count) ?? -1
  }

  /// The id of a name; of equal ones the last.
  func id(of name: [UInt8]) -> Int32? { trie.find(name.span, 0..<name.count) }

  /// The best way to each place of a word.
  struct Paths {
    fileprivate var scores: [Double] = []
    fileprivate var starts: [Int32] = []
    fileprivate var ids: [Int32] = []
    fileprivate var ends: [Int] = []
  }

  /// Adds the ids of a part of valid UTF-8.
  ///
  /// Complexity: O(bytes · bytes of the longest piece).
  func encode(_ text: [UInt8], _ range: Range<Int>, paths: inout Paths, into result: inout [Int32]) {
    guard !range.isEmpty else { return }
    findPaths(text, range, &paths)
    paths.ends.removeAll(keepingCapacity: true)
    var end = range.count
    while end > 0 {
      paths.ends.append(end)
      end = Int(paths.starts[end])
    }
    // What is unknown joins its unknown neighbours.
    var index = paths.ends.count - 1
    while index >= 0 {
      let end = paths.ends[index]
      index -= 1
      guard paths.ids[end] == unknown else {
        result.append(paths.ids[end])
        continue
      }
      var last = end
      while index >= 0, paths.ids[paths.ends[index]] == unknown {
        last = paths.ends[index]
        index -= 1
      }
      let start = range.lowerBound + Int(paths.starts[end])
      appendUnknown(text, start..<range.lowerBound + last, to: &result)
    }
  }

  private func findPaths(_ text: [UInt8], _ range: Range<Int>, _ paths: inout Paths) {
    let count = range.count
    if paths.starts.count <= count {
      paths.scores = [Double](repeating: 0, count: 2 * count + 1)
      paths.starts = [Int32](repeating: 0, count: 2 * count + 1)
      paths.ids = [Int32](repeating: 0, count: 2 * count + 1)
    }
    for place in 0...count { paths.starts[place] = -1 }
    paths.scores[0] = 0
    func offer(_ end: Int, _ score: Double, _ id: Int32, from start: Int) {
      guard paths.starts[end] < 0 || score > paths.scores[end] else { return }
      paths.scores[end] = score
      paths.starts[end] = Int32(truncatingIfNeeded: start)
      paths.ids[end] = id
    }
    var start = 0
    while start < count {
      let lead = text[range.lowerBound + start]
      let next = start + (lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4)
      let before = paths.scores[start]
      var coversCharacter = false
      var end = start + 1
      var node = trie.root(lead)
      while node >= 0 {
        let id = trie.id(node)
        if id >= 0 {
          offer(end, scores[Int(id)] + before, id, from: start)
          if end == next { coversCharacter = true }
        }
        guard end < count else { break }
        node = trie.child(node, text[range.lowerBound + end])
        end += 1
      }
      if !coversCharacter { offer(min(next, count), unknownScore + before, unknown, from: start) }
      start = next
    }
  }

  private func appendUnknown(_ text: [UInt8], _ range: Range<Int>, to result: inout [Int32]) {
    if let id = trie.find(text.span, range) { return result.append(id) }
    if !bytePieces.isEmpty, range.allSatisfy({ bytePieces[Int(text[$0])] >= 0 }) {
      for index in range { result.append(bytePieces[Int(text[index])]) }
    } else {
      result.append(unknown)
    }
  }
}
