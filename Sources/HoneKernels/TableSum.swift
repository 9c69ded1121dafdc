internal import CHoneKernels

// vocab: rows of the table    dimensions: numbers of a row

/// A table of vectors with a scale for each; either bytes or floats.
package enum ScaledTable: Sendable {
  case int8([Int8])  // (vocab, dimensions)
  case float32([Float])  // (vocab, dimensions)

  package var count: Int {
    switch self {
    case .int8(let values): values.count
    case .float32(let values): values.count
    }
  }
}

/// The scaled sum of some rows of a table.
///
/// Formula: out = Σ scales[token] · table[token], in the order of the tokens. Shapes: result (dimensions);
/// scales (vocab).
package func sumOfRows(_ table: ScaledTable, scales: [Float], tokens: [Int32], dimensions: Int) -> [Float] {
  let vocab = scales.count
  precondition(
    dimensions > 0 && table.count == vocab * dimensions, "sumOfRows: table \(table.count) for \(vocab) · \(dimensions)")
  precondition(tokens.allSatisfy { $0 >= 0 && Int($0) < vocab }, "a token outside a table of \(vocab) rows")
  return unsafe [Float](unsafeUninitializedCapacity: dimensions) { out, count in
    let out = out.baseAddress
    unsafe withPointers(scales, tokens) { scales, tokens_ in
      switch table {
      case .int8(let values):
        unsafe values.withUnsafeBufferPointer {
          unsafe hone_sum_table_int8(out, $0.baseAddress, scales, tokens_, tokens.count, dimensions)
        }
      case .float32(let values):
        unsafe values.withUnsafeBufferPointer {
          unsafe hone_sum_table(out, $0.baseAddress, scales, tokens_, tokens.count, dimensions)
        }
      }
    }
    count = dimensions
  }
}

/// Scales every row to length 1; rows of zeros stay. Sums are Float64. Shapes: x (rows, dimensions).
package func normalizeRows(_ x: inout [Float], dimensions: Int) {
  precondition(dimensions > 0 && x.count % dimensions == 0, "normalizeRows: \(x.count) values of \(dimensions)")
  let rows = x.count / dimensions
  unsafe x.withUnsafeMutableBufferPointer { x in
    let x = x.baseAddress
    parallelRows(rows, grain: rowGrain(dimensions)) {
      unsafe hone_normalize_rows(x, $0.lowerBound, $0.upperBound, dimensions)
    }
  }
}
