internal import HoneKernels

// lists: parts that rows are divided into    sample: rows that the parts are learnt from

/// The middles of the lists of an index, and which of them is nearest.
///
/// Source: Lloyd 1982, on a sample; the first middles are rows drawn by the seed, and a list that stays empty takes
/// half of the largest.
struct ListCentroids: Sendable {
  let dimensions: Int
  /// Shapes: (lists, dimensions).
  let values: [Float]
  /// Minus half the square of each middle's length. Shapes: (lists).
  let biases: [Float]
  private let packed: PackedMatrix

  /// Rows whose products are computed together.
  private static let together = 256

  init(_ values: [Float], dimensions: Int) {
    self.dimensions = dimensions
    self.values = values
    biases = (0..<values.count / dimensions).map { -halfSquare(values[$0 * dimensions..<($0 + 1) * dimensions]) }
    packed = PackedMatrix(
      values, inputs: dimensions, outputs: values.count / dimensions, transposed: true, precision: .int8)
  }

  /// Divides rows into lists.
  ///
  /// Complexity: O(rounds · sample · lists · dimensions), in 8-bit products.
  init(of vectors: EncodedRows, sample: [UInt32], lists: Int, rounds: Int, random: inout RandomGenerator) {
    let dimensions = vectors.layout.dimensions
    precondition(lists > 0 && sample.count >= lists, "\(lists) lists of \(sample.count) rows")
    var order = sample
    order.shuffle(using: &random)
    var middles = ListCentroids(vectors.floats(at: order[..<lists]), dimensions: dimensions)
    for _ in 0..<rounds {
      let assigned = middles.nearest(sample.count) { vectors.floats(at: sample[$0]) }
      middles = middles.moved(vectors, sample, assigned)
    }
    self = middles
  }

  var count: Int { biases.count }

  func centroid(_ list: Int) -> ArraySlice<Float> { values[list * dimensions..<(list + 1) * dimensions] }

  /// The product of each row with each middle. Shapes: x (rows, dimensions); result (rows, lists).
  func products(_ x: [Float]) -> [Float] {
    let rows = x.count / dimensions
    var result = [Float](repeating: 0, count: rows * count)
    linear(&result, x, packed, [], rows: rows)
    return result
  }

  /// The list whose middle is nearest to each row, by 8-bit products. `rows` gives some of them: (range, dimensions).
  func nearest(_ total: Int, _ rows: (Range<Int>) -> [Float]) -> [UInt32] {
    let parts = (total + Self.together - 1) / Self.together
    return parallelMap(parts) { part in
      let range = part * Self.together..<min(total, (part + 1) * Self.together)
      return largestColumns(products(rows(range)), bias: biases, rows: range.count, columns: count)
    }.flatMap(\.self)
  }

  /// What is left of rows without the middles of their lists. Shapes: x (rows, dimensions); lists (rows).
  func differences(_ x: [Float], _ lists: [UInt32]) -> [Float] {
    var result = x
    var out = result.mutableSpan
    let values = values.span
    for (row, list) in lists.enumerated() {
      let (from, to) = (Int(list) * dimensions, row * dimensions)
      for i in 0..<dimensions { out[to + i] -= values[from + i] }
    }
    return result
  }

  /// The middles of the rows that were assigned.
  private func moved(_ vectors: EncodedRows, _ sample: [UInt32], _ assigned: [UInt32]) -> ListCentroids {
    var members = [[UInt32]](repeating: [], count: count)
    for (row, list) in zip(sample, assigned) { members[Int(list)].append(row) }
    shareLargest(&members)
    let middles = parallelMap(count) { list in
      members[list].isEmpty ? Array(centroid(list)) : middle(vectors.floats(at: members[list]))
    }
    return ListCentroids(middles.flatMap(\.self), dimensions: dimensions)
  }

  /// Empty lists take every second row of the largest.
  private func shareLargest(_ members: inout [[UInt32]]) {
    for list in members.indices where members[list].isEmpty {
      guard let largest = members.indices.max(by: { (members[$0].count, $1) < (members[$1].count, $0) }) else { return }
      let all = members[largest]
      guard all.count > 1 else { return }
      members[list] = all.indices.filter { $0 % 2 == 1 }.map { all[$0] }
      members[largest] = all.indices.filter { $0 % 2 == 0 }.map { all[$0] }
    }
  }

  /// The mean of rows, summed from the first to the last.
  private func middle(_ x: [Float]) -> [Float] {
    let scale = 1 / Float(x.count / dimensions)
    return columnSums(x, columns: dimensions).map { $0 * scale }
  }
}
