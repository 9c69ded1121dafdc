internal import Foundation
internal import HoneKernels

// place: where a row is stored    row: its number, chosen by the caller

/// Rows with numbers of their own, stored in any order.
struct VectorTable: Sendable {
  let metric: VectorMetric
  var vectors: EncodedRows
  /// The row at each place; `none` where it was removed.
  private(set) var rows: [UInt32] = []
  /// How many rows are there.
  private(set) var count = 0

  /// The number that no row has.
  static let none = UInt32.max

  /// Vectors longer than this would overflow sums of float32.
  static let mostSquare: Float = 1e30

  init(metric: VectorMetric, layout: RowLayout) {
    (self.metric, vectors) = (metric, EncodedRows(layout))
  }

  init(metric: VectorMetric, vectors: EncodedRows, rows: [UInt32]) {
    (self.metric, self.vectors, self.rows, count) = (metric, vectors, rows, rows.count)
  }

  var dimensions: Int { vectors.layout.dimensions }

  /// How a query and a row are compared.
  var comparison: RowComparison { metric == .l2 ? .squaredDistance : .product }

  /// The metric's score of what a comparison gave.
  func score(_ compared: Float) -> Float { metric == .l2 ? -compared : compared }

  /// Vectors as they are compared: checked, and of length 1 for cosine.
  ///
  /// Shapes: x (rows, dimensions). A vector of zeros stays so.
  func prepared(_ x: [Float]) throws(VectorError) -> [Float] {
    guard x.count % dimensions == 0 else {
      throw .wrongCount(expected: (x.count / dimensions + 1) * dimensions, found: x.count)
    }
    if let index = VectorIndex.firstUnusable(x, dimensions: dimensions) { throw .notUsable(index: index) }
    guard metric == .cosine else { return x }
    var x = x
    normalizeRows(&x, dimensions: dimensions)
    return x
  }

  /// One query as it is compared.
  func preparedQuery(_ query: [Float]) throws(VectorError) -> [Float] {
    guard query.count == dimensions else { throw .wrongCount(expected: dimensions, found: query.count) }
    return try prepared(query)
  }

  /// Adds rows at the end. Shapes: x (rows, dimensions), prepared.
  mutating func append(_ x: [Float], rows: [UInt32]) {
    vectors.append(x)
    self.rows += rows
    count += rows.count
  }

  mutating func remove(place: Int) {
    guard rows[place] != Self.none else { return }
    rows[place] = Self.none
    count -= 1
  }

  /// Whether the row at a place is there and allowed.
  func isThere(_ place: Int, _ allowed: RowSet?) -> Bool {
    let row = rows[place]
    return row != Self.none && allowed?.contains(row) != false
  }

  /// The rows at places, with their scores. Shapes: query (dimensions), prepared.
  func ranked(_ query: [Float], places: [UInt32], topK: Int) -> [Neighbour] {
    let compared = vectors.compare(query, places: places, by: comparison)
    var ranking = Ranking(keep: topK)
    for (place, value) in zip(places, compared) {
      ranking.offer(Neighbour(row: rows[Int(place)], score: score(value)))
    }
    return ranking.best()
  }
}

extension VectorTable {
  /// The rows at some places, in their order, as they are stored.
  func selecting(_ places: [UInt32]) -> VectorTable {
    VectorTable(metric: metric, vectors: vectors.selecting(places), rows: places.map { rows[Int($0)] })
  }
}
