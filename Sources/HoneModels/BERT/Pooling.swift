// rows: tokens of all sequences    dimensions: numbers of a vector

/// How the rows of a sequence become one vector.
package enum Pooling: String, Sendable, Codable {
  /// The mean of all rows, those of special tokens included.
  case mean
  /// The first row.
  case cls
  /// The largest value of each column.
  case max

  /// The vector of each sequence.
  ///
  /// Shapes: x (rows, dimensions), sequence s is rows offsets[s] ..< offsets[s + 1]; result (sequences, dimensions).
  func pool(_ x: [Float], offsets: [Int], dimensions: Int) -> [Float] {
    var result = zeros((offsets.count - 1) * dimensions)
    for sequence in 0..<offsets.count - 1 {
      poolRows(
        &result, x, sequence: sequence, rows: offsets[sequence]..<offsets[sequence + 1], dimensions: dimensions)
    }
    return result
  }

  private func poolRows(_ result: inout [Float], _ x: [Float], sequence: Int, rows: Range<Int>, dimensions: Int) {
    guard let first = rows.first else { return }
    var out = result.mutableSpan
    let x = x.span
    let place = sequence * dimensions
    for i in 0..<dimensions { out[place + i] = x[first * dimensions + i] }
    guard self != .cls else { return }
    for row in rows.dropFirst() {
      let start = row * dimensions
      if self == .mean {
        for i in 0..<dimensions { out[place + i] += x[start + i] }
      } else {
        for i in 0..<dimensions { out[place + i] = Swift.max(out[place + i], x[start + i]) }
      }
    }
    if self == .mean {
      let share = 1 / Float(rows.count)
      for i in 0..<dimensions { out[place + i] *= share }
    }
  }
}

extension Pooling {
  /// The vector of each sequence of a batch. Shapes: states (rows, dimensions); result (sequences, dimensions).
  package func pool(_ states: [Float], _ batch: BERTBatch, dimensions: Int) -> [Float] {
    pool(states, offsets: batch.offsets, dimensions: dimensions)
  }

  /// The gradient of the rows, given that of the pooled vectors.
  ///
  /// Shapes: dVectors (sequences, dimensions); states, result (rows, dimensions).
  package func backward(_ dVectors: [Float], _ states: [Float], _ batch: BERTBatch, dimensions: Int) -> [Float] {
    var result = zeros(batch.tokens.count * dimensions)
    for sequence in 0..<batch.offsets.count - 1 {
      let rows = batch.offsets[sequence]..<batch.offsets[sequence + 1]
      for i in 0..<dimensions {
        let d = dVectors[sequence * dimensions + i]
        switch self {
        case .cls: result[rows.lowerBound * dimensions + i] = d
        case .mean: for row in rows { result[row * dimensions + i] = d / Float(rows.count) }
        case .max:
          let best = rows.max { states[$0 * dimensions + i] < states[$1 * dimensions + i] } ?? rows.lowerBound
          // The first of equals, as the forward pass keeps it.
          let first = rows.first { states[$0 * dimensions + i] == states[best * dimensions + i] } ?? best
          result[first * dimensions + i] = d
        }
      }
    }
    return result
  }
}
