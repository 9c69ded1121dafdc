internal import Foundation
package import HoneKernels

/// The nearest rows by comparing the query with every row: the truth that an index is measured by.
///
/// Rows are compared as they are stored. Complexity: O(rows · dimensions) a query; one query reads every byte once.
package struct ExactScan: Sendable {
  private let table: VectorTable
  private let bytes: ByteRows?

  /// Rows 0 ..< n in order.
  ///
  /// `withBytes` also keeps every row in 8-bit numbers, for `searchByBytes`. Shapes: vectors (rows, dimensions).
  package init(
    _ vectors: [Float], dimensions: Int, metric: VectorMetric, encoding: RowEncoding = .float32,
    withBytes: Bool = false
  ) throws(VectorError) {
    guard (1...65_536).contains(dimensions) else {
      throw .badSetting(name: "dimensions", found: dimensions, allowed: 1...65_536)
    }
    var table = VectorTable(metric: metric, layout: RowLayout(dimensions: dimensions, encoding: encoding))
    let prepared = try table.prepared(vectors)
    table.append(prepared, rows: (0..<prepared.count / dimensions).map { UInt32($0) })
    self.table = table
    bytes = withBytes ? ByteRows(prepared, dimensions: dimensions, metric: metric) : nil
  }

  package var count: Int { table.count }

  /// The `topK` nearest of the allowed rows; fewer only where fewer are allowed. Threads share the rows.
  package func search(_ query: [Float], topK: Int, allowed: RowSet? = nil) throws(VectorError) -> [Neighbour] {
    try checkTopK(topK)
    return table.nearest(try table.preparedQuery(query), topK: topK, allowed: allowed)
  }

  /// The same for many queries at once, by one product with all rows. Shapes: queries (queries, dimensions).
  package func search(queries: [Float], topK: Int, allowed: RowSet? = nil) throws(VectorError) -> [[Neighbour]] {
    try checkTopK(topK)
    return table.nearest(queries: try table.prepared(queries), topK: topK, allowed: allowed)
  }

  /// The `topK` nearest among the `rerank` rows that 8-bit numbers put first: a quarter of the bytes.
  package func searchByBytes(
    _ query: [Float], topK: Int, rerank: Int, allowed: RowSet? = nil
  ) throws(VectorError) -> [Neighbour] {
    let query = try table.preparedQuery(query)
    try checkTopK(max(topK, rerank))
    guard let bytes else { return table.nearest(query, topK: topK, allowed: allowed) }
    let places = bytes.nearest(query, count: max(topK, rerank)) { table.isThere($0, allowed) }
    return table.ranked(query, places: places, topK: topK)
  }
}

/// Rows that a piece of a scan takes before it looks at what they gave: their results stay in the first-level cache.
private let scanRows = 1024

extension VectorTable {
  /// The nearest rows of all that are there and allowed. Shapes: query (dimensions), prepared.
  func nearest(_ query: [Float], topK: Int, allowed: RowSet?) -> [Neighbour] {
    guard topK > 0, count > 0 else { return [] }
    // Only the allowed rows are read where they are few.
    if let allowed, allowed.count < count / 4 { return ranked(query, places: placesOf(allowed), topK: topK) }
    let pieces = max(1, min(Engine.current.threads * 2, rows.count / 8192))
    let rankings = parallelMap(pieces) { piece in
      var ranking = Ranking(keep: topK)
      var compared = [Float](repeating: 0, count: scanRows)
      let end = rows.count * (piece + 1) / pieces
      for first in stride(from: rows.count * piece / pieces, to: end, by: scanRows) {
        let part = first..<min(end, first + scanRows)
        vectors.compare(&compared, query, rows: part, by: comparison)
        for (index, place) in part.enumerated() {
          let score = score(compared[index])
          if score >= ranking.least, isThere(place, allowed) {
            ranking.offer(Neighbour(row: rows[place], score: score))
          }
        }
      }
      return ranking
    }
    var ranking = Ranking(keep: topK)
    for other in rankings { ranking.merge(other) }
    return ranking.best()
  }

  private func placesOf(_ allowed: RowSet) -> [UInt32] {
    rows.indices.filter { isThere($0, allowed) }.map { UInt32($0) }
  }

  /// Shapes: queries (queries, dimensions), prepared; result (queries).
  func nearest(queries: [Float], topK: Int, allowed: RowSet?) -> [[Neighbour]] {
    let (total, most) = (queries.count / dimensions, 256)
    guard topK > 0, count > 0 else { return [[Neighbour]](repeating: [], count: total) }
    if let allowed, allowed.count < count / 16 {
      let places = placesOf(allowed)
      return parallelMap(total) {
        ranked(Array(queries[$0 * dimensions..<($0 + 1) * dimensions]), places: places, topK: topK)
      }
    }
    return stride(from: 0, to: total, by: most).flatMap { first in
      let part = first..<min(total, first + most)
      return nearestOfBatch(
        Array(queries[part.lowerBound * dimensions..<part.upperBound * dimensions]), topK: topK, allowed: allowed)
    }
  }

  /// A product finds candidates, a few more than are asked for; these are compared as a single query does it.
  private func nearestOfBatch(_ queries: [Float], topK: Int, allowed: RowSet?) -> [[Neighbour]] {
    let total = queries.count / dimensions
    let packed = PackedMatrix(queries, inputs: dimensions, outputs: total, transposed: true, precision: .float32)
    let pieces = max(1, min(Engine.current.threads * 2, rows.count / 4096))
    let found = parallelMap(pieces) { piece in
      scanned(packed, rows.count * piece / pieces..<rows.count * (piece + 1) / pieces, keep: topK + 16, allowed)
    }
    return parallelMap(total) { index in
      var ranking = Ranking(keep: topK + 16)
      for piece in found { ranking.merge(piece[index]) }
      let query = Array(queries[index * dimensions..<(index + 1) * dimensions])
      return ranked(query, places: ranking.bestPlaces(), topK: topK)
    }
  }

  private func scanned(_ queries: PackedMatrix, _ part: Range<Int>, keep: Int, _ allowed: RowSet?) -> [Ranking] {
    let (total, together) = (queries.outputs, 256)
    var rankings = [Ranking](repeating: Ranking(keep: keep), count: total)
    var products = [Float](repeating: 0, count: together * total)
    for first in stride(from: part.lowerBound, to: part.upperBound, by: together) {
      let block = first..<min(part.upperBound, first + together)
      let floats = vectors.floats(block)
      linear(&products, floats, queries, [], rows: block.count)
      for (index, place) in block.enumerated() where isThere(place, allowed) {
        let half = metric == .l2 ? halfSquare(floats[index * dimensions..<(index + 1) * dimensions]) : 0
        for query in 0..<total {
          let score = products[index * total + query] - half
          if score >= rankings[query].least {
            rankings[query].offer(Neighbour(row: rows[place], score: score), place: UInt32(place))
          }
        }
      }
    }
    return rankings
  }
}

/// Half the square of a vector's length: what makes the order of products that of distances.
func halfSquare(_ x: ArraySlice<Float>) -> Float { x.reduce(0) { $0 + $1 * $1 } / 2 }
