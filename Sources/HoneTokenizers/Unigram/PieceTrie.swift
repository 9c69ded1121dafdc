/// The pieces of a vocabulary by their bytes: a trie in three flat arrays that never changes.
///
/// Nodes are numbered level by level, so the children of one lie together, in the order of their bytes, and end where
/// those of the next begin.
struct PieceTrie: Sendable {
  private var labels: [UInt8] = [0]  // (nodes) the byte that leads to each
  private var firstChild: [Int32] = []  // (nodes + 1)
  private var ids: [Int32] = []  // (nodes) the piece that ends there, or -1
  private var roots = [Int32](repeating: -1, count: 256)

  /// Of equal pieces the last counts.
  init(_ names: PieceNames) {
    var order = (0..<names.count).map { index in (head: names.head(index), index: Int32(index)) }
    order.sort { a, b in
      if a.head != b.head { return a.head < b.head }
      return names.precedes(Int(a.index), Int(b.index))
    }
    // Of the pieces that lie below each node: where they begin and end in `order`, and how many bytes lead there.
    var below: [(start: Int32, end: Int32, depth: Int32)] = [(0, Int32(order.count), 0)]
    var node = 0
    while node < below.count {
      var (start, end, depth) = (Int(below[node].start), Int(below[node].end), Int(below[node].depth))
      firstChild.append(Int32(below.count))
      ids.append(-1)
      while start < end, names.length(Int(order[start].index)) == depth {
        ids[node] = order[start].index
        start += 1
      }
      while start < end {
        let byte = names.byte(Int(order[start].index), depth)
        var next = start + 1
        while next < end, names.byte(Int(order[next].index), depth) == byte { next += 1 }
        if node == 0 { roots[Int(byte)] = Int32(below.count) }
        labels.append(byte)
        below.append((Int32(start), Int32(next), Int32(depth + 1)))
        start = next
      }
      end = 0
      node += 1
    }
    firstChild.append(Int32(below.count))
  }

  /// The node that one byte leads to from the root.
  func root(_ byte: UInt8) -> Int32 { roots[Int(byte)] }

  /// The node that a byte leads to, or -1.
  func child(_ node: Int32, _ byte: UInt8) -> Int32 {
    var low = Int(firstChild[Int(node)])
    var high = Int(firstChild[Int(node) + 1])
    while low < high {
      let middle = (low + high) >> 1
      if labels[middle] < byte { low = middle + 1 } else { high = middle }
    }
    return low < Int(firstChild[Int(node) + 1]) && labels[low] == byte ? Int32(truncatingIfNeeded: low) : -1
  }

  /// The piece that ends at a node, or -1.
  func id(_ node: Int32) -> Int32 { ids[Int(node)] }

  /// The piece that a part of a text is, or nil.
  func find(_ text: Span<UInt8>, _ range: Range<Int>) -> Int32? {
    guard let first = range.first else { return nil }
    var node = root(text[first])
    for index in range.dropFirst() where node >= 0 { node = child(node, text[index]) }
    return node >= 0 && id(node) >= 0 ? id(node) : nil
  }
}

/// The names of ids in one block of memory.
struct PieceNames: Sendable {
  private var bytes: [UInt8] = []
  private var starts: [Int32] = [0]  // (names + 1)

  var count: Int { starts.count - 1 }

  mutating func append(_ name: some Sequence<UInt8>) {
    bytes += name
    starts.append(Int32(truncatingIfNeeded: bytes.count))
  }

  func length(_ index: Int) -> Int { Int(starts[index + 1] - starts[index]) }
  func byte(_ index: Int, _ offset: Int) -> UInt8 { bytes[Int(starts[index]) + offset] }
  subscript(_ index: Int) -> [UInt8] { Array(bytes[Int(starts[index])..<Int(starts[index + 1])]) }

  /// The first eight bytes as a number that sorts as they do.
  func head(_ index: Int) -> UInt64 {
    var head: UInt64 = 0
    for offset in 0..<8 { head = head << 8 | (offset < length(index) ? UInt64(byte(index, offset)) : 0) }
    return head
  }

  /// The order of bytes, then of ids.
  func precedes(_ a: Int, _ b: Int) -> Bool {
    let (first, second) = (bytes[Int(starts[a])..<Int(starts[a + 1])], bytes[Int(starts[b])..<Int(starts[b + 1])])
    if first.lexicographicallyPrecedes(second) { return true }
    return a < b && !second.lexicographicallyPrecedes(first)
  }
}
