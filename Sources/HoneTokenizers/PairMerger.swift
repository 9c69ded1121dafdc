/// Merges the bytes of one word to tokens: always the pair of lowest rank, the leftmost of equals.
struct PairMerger {
  private let table: MergeTable
  private var tokens: [Int32] = []
  private var merges: [UInt64] = []  // of each token with its right neighbour

  /// Words up to this length search all pairs for each merge; longer ones keep a heap.
  private static let shortWord = 48

  init(_ table: MergeTable) { self.table = table }

  /// Complexity: O(n²) for short words, O(n log n) for long ones.
  mutating func merge(_ word: [Int32], into result: inout [Int32]) {
    guard word.count <= Self.shortWord else { return mergeLong(word, into: &result) }
    tokens.removeAll(keepingCapacity: true)
    tokens += word
    merges.removeAll(keepingCapacity: true)
    for index in tokens.indices.dropLast() { merges.append(table.find(tokens[index], tokens[index + 1])) }
    while true {
      var best = UInt64.max
      var place = 0
      for index in merges.indices where merges[index] < best {
        best = merges[index]
        place = index
      }
      guard best != .max else { break }
      tokens[place] = Int32(truncatingIfNeeded: best & 0xFFFF_FFFF)
      tokens.remove(at: place + 1)
      merges.remove(at: place)
      if place > 0 { merges[place - 1] = table.find(tokens[place - 1], tokens[place]) }
      if place < merges.count { merges[place] = table.find(tokens[place], tokens[place + 1]) }
    }
    result += tokens
  }

  private func mergeLong(_ word: [Int32], into result: inout [Int32]) {
    var tokens = word
    var next = Array(1...word.count)
    var previous = Array(-1..<word.count - 1)
    var heap = MergeHeap()
    func candidate(_ left: Int) -> MergeHeap.Entry? {
      let right = next[left]
      guard right < word.count else { return nil }
      let merge = table.find(tokens[left], tokens[right])
      return merge == .max ? nil : MergeHeap.Entry(merge: merge, left: left, right: right)
    }
    for left in 0..<word.count - 1 { if let entry = candidate(left) { heap.push(entry) } }
    while let entry = heap.pop() {
      guard tokens[entry.left] >= 0, next[entry.left] == entry.right,
        table.find(tokens[entry.left], tokens[entry.right]) == entry.merge
      else { continue }
      tokens[entry.left] = Int32(truncatingIfNeeded: entry.merge & 0xFFFF_FFFF)
      tokens[entry.right] = -1
      next[entry.left] = next[entry.right]
      if next[entry.right] < word.count { previous[next[entry.right]] = entry.left }
      if let after = candidate(entry.left) { heap.push(after) }
      if previous[entry.left] >= 0, let before = candidate(previous[entry.left]) { heap.push(before) }
    }
    var place = 0
    while place < word.count {
      result.append(tokens[place])
      place = next[place]
    }
  }
}

/// Candidate merges, the lowest rank first, then the leftmost.
private struct MergeHeap {
  struct Entry {
    let merge: UInt64
    let left: Int
    let right: Int

    func isBefore(_ other: Entry) -> Bool { merge != other.merge ? merge < other.merge : left < other.left }
  }

  private var entries: [Entry] = []

  mutating func push(_ entry: Entry) {
    entries.append(entry)
    var child = entries.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard entries[child].isBefore(entries[parent]) else { return }
      entries.swapAt(child, parent)
      child = parent
    }
  }

  mutating func pop() -> Entry? {
    guard let first = entries.first, let last = entries.popLast() else { return nil }
    guard !entries.isEmpty else { return first }
    entries[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < entries.count && entries[child].isBefore(entries[least]) {
        least = child
      }
      guard least != parent else { return first }
      entries.swapAt(parent, least)
      parent = least
    }
  }
}
