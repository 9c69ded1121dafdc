internal import HoneKernels

/// Rows in 8-bit numbers for a first look at all of them.
struct ByteRows: Sendable {
  private let dimensions: Int
  private let values: [UInt8]  // (rows, dimensions) of Int8
  private let scales: [Float]  // (rows)
  private let halves: [Float]  // (rows) half the square of the length, with l2

  /// Shapes: x (rows, dimensions).
  init(_ x: [Float], dimensions: Int, metric: VectorMetric) {
    self.dimensions = dimensions
    (values, scales) = encodedRows(x, RowLayout(dimensions: dimensions, encoding: .int8))
    halves =
      metric == .l2
      ? (0..<scales.count).map { halfSquare(x[$0 * dimensions..<($0 + 1) * dimensions]) } : []
  }

  /// The places that come first, of those that `isThere` admits. Shapes: query (dimensions).
  func nearest(_ query: [Float], count: Int, isThere: (Int) -> Bool) -> [UInt32] {
    let (numbers, unit) = wholeNumbers(query)
    let pieces = max(1, min(Engine.current.threads * 2, scales.count / 8192))
    let rankings = parallelMap(pieces) { piece in
      var ranking = Ranking(keep: count)
      var sums = [Int32](repeating: 0, count: 2048)
      let end = scales.count * (piece + 1) / pieces
      for first in stride(from: scales.count * piece / pieces, to: end, by: sums.count) {
        let part = first..<min(end, first + sums.count)
        unsafe multiplyByteRows(&sums, numbers, values.span.bytes, rows: part)
        for (index, place) in part.enumerated() {
          let score = Float(sums[index]) * unit * scales[place] - (halves.isEmpty ? 0 : halves[place])
          if score >= ranking.least, isThere(place) {
            ranking.offer(Neighbour(row: UInt32(place), score: score), place: UInt32(place))
          }
        }
      }
      return ranking
    }
    var ranking = Ranking(keep: count)
    for other in rankings { ranking.merge(other) }
    return ranking.bestPlaces()
  }
}
