internal import CHoneKernels

// dimensions: numbers of a row    place: where a row lies, counted in rows

/// How the numbers of stored rows are kept.
///
/// - `float32`: as they are.
/// - `bfloat16`: rounded to 8 binary digits.
/// - `int8`: whole numbers from -127 to 127 times one scale a row.
package enum RowEncoding: String, Sendable, CaseIterable, Codable {
  case float32, bfloat16, int8

  fileprivate var kernel: hone_row_encoding {
    switch self {
    case .float32: HONE_ROWS_FLOAT32
    case .bfloat16: HONE_ROWS_BFLOAT16
    case .int8: HONE_ROWS_INT8
    }
  }
}

/// What stored rows look like: values (rows, dimensions), end to end, of any alignment.
package struct RowLayout: Sendable, Equatable {
  package let dimensions: Int
  package let encoding: RowEncoding

  package init(dimensions: Int, encoding: RowEncoding) {
    precondition(dimensions > 0 && dimensions <= 1 << 20, "rows of \(dimensions) numbers")
    (self.dimensions, self.encoding) = (dimensions, encoding)
  }

  /// Bytes of a row without its scale.
  package var rowBytes: Int {
    switch encoding {
    case .float32: dimensions * 4
    case .bfloat16: dimensions * 2
    case .int8: dimensions
    }
  }

  /// How many rows there are; traps where scales are missing.
  fileprivate func count(_ values: RawSpan, _ scales: [Float]) -> Int {
    let rows = values.byteCount / rowBytes
    precondition(encoding != .int8 || scales.count >= rows, "\(scales.count) scales for \(rows) rows")
    return rows
  }

  fileprivate func rows(_ values: UnsafeRawPointer?, _ scales: UnsafePointer<Float>?) -> hone_rows {
    unsafe hone_rows(values: values, scales: scales, dimensions: dimensions, encoding: encoding.kernel)
  }
}

/// What of a query and a row is computed.
package enum RowComparison: Sendable {
  /// Σ query · row; larger is nearer.
  case product
  /// Σ (query − row)²; smaller is nearer.
  case squaredDistance
}

/// Compares a query with rows that lie together, on the calling thread.
///
/// A row's result depends on nothing but the query, the row and the choice of kernels. Sums are float32.
/// Shapes: out (rows.count or more), overwritten from its start; query (dimensions); scales (all rows) with `int8`.
package func compareRows(
  _ out: inout [Float], _ query: [Float], _ values: RawSpan, scales: [Float], _ layout: RowLayout, rows: Range<Int>,
  by comparison: RowComparison
) {
  precondition(query.count == layout.dimensions, "a query of \(query.count) for rows of \(layout.dimensions)")
  precondition(rows.lowerBound >= 0 && rows.upperBound <= layout.count(values, scales), "rows \(rows)")
  precondition(out.count >= rows.count, "compareRows: out \(out.count) for \(rows)")
  unsafe withRows(values, scales, layout) { stored in
    unsafe withPointers(&out, reading: query) { out, query in
      unsafe hone_row_products(
        out, query, stored, nil, rows.lowerBound, rows.count, comparison == .squaredDistance ? 1 : 0)
    }
  }
}

/// Compares a query with the rows at some places, which are fetched ahead, on the calling thread.
///
/// Shapes: result (places); query (dimensions).
package func compareRows(
  _ query: [Float], _ values: RawSpan, scales: [Float], _ layout: RowLayout, places: [UInt32],
  by comparison: RowComparison
) -> [Float] {
  precondition(query.count == layout.dimensions, "a query of \(query.count) for rows of \(layout.dimensions)")
  let count = layout.count(values, scales)
  precondition(places.allSatisfy { Int($0) < count }, "a place outside \(count) rows")
  return unsafe withRows(values, scales, layout) { stored in
    unsafe [Float](unsafeUninitializedCapacity: places.count) { out, filled in
      let out = out.baseAddress
      unsafe withPointers(query, places) { query, at in
        unsafe hone_row_products(
          out, query, stored, at, 0, places.count, comparison == .squaredDistance ? 1 : 0)
      }
      filled = places.count
    }
  }
}

/// Sums of products of a query with rows of bytes, exact, on the calling thread.
///
/// Shapes: out (rows.count or more); query (dimensions), with |query| · 127 · dimensions below 2³¹; values (all rows,
/// dimensions).
package func multiplyByteRows(
  _ out: inout [Int32], _ query: [Int16], _ values: RawSpan, rows: Range<Int>
) {
  precondition(rows.lowerBound >= 0 && rows.upperBound * query.count <= values.byteCount, "rows \(rows)")
  precondition(out.count >= rows.count, "multiplyByteRows: out \(out.count) for \(rows)")
  unsafe values.withUnsafeBytes { values in
    let bytes = unsafe values.baseAddress?.assumingMemoryBound(to: Int8.self)
    unsafe withPointers(&out, reading: query) { out, numbers in
      unsafe hone_byte_products(out, numbers, bytes, query.count, rows.lowerBound, rows.count)
    }
  }
}

/// A query in whole numbers, as fine as exact 32-bit sums with bytes allow, and what one unit is worth.
package func wholeNumbers(_ query: [Float]) -> (numbers: [Int16], unit: Float) {
  let most = query.reduce(0) { max($0, abs($1)) }
  let units = Float(min(32_767, Int(Int32.max) / (127 * max(1, query.count))))
  guard most > 1e-30 else { return ([Int16](repeating: 0, count: query.count), 0) }
  return (query.map { Int16(($0 * (units / most)).rounded()) }, most / units)
}

/// Rows of floats as they are stored, with their scales, which are empty but for `int8`.
///
/// Shapes: x (rows, dimensions), finite.
package func encodedRows(_ x: [Float], _ layout: RowLayout) -> (values: [UInt8], scales: [Float]) {
  precondition(x.count % layout.dimensions == 0, "\(x.count) numbers in rows of \(layout.dimensions)")
  let rows = x.count / layout.dimensions
  var scales = [Float](repeating: 0, count: layout.encoding == .int8 ? rows : 0)
  let values = unsafe [UInt8](unsafeUninitializedCapacity: rows * layout.rowBytes) { bytes, filled in
    let start = UnsafeMutableRawPointer(bytes.baseAddress)
    unsafe withPointers(&scales, reading: x) { scales, x in
      guard let start = unsafe start, let x = unsafe x else { return }
      switch layout.encoding {
      case .float32: unsafe start.copyMemory(from: x, byteCount: rows * layout.rowBytes)
      case .bfloat16:
        unsafe hone_encode_bfloat16(start.assumingMemoryBound(to: UInt16.self), x, rows * layout.dimensions)
      case .int8:
        unsafe hone_encode_int8(start.assumingMemoryBound(to: Int8.self), scales, x, rows, layout.dimensions)
      }
    }
    filled = rows * layout.rowBytes
  }
  return (values, scales)
}

/// Some stored rows as floats. Shapes: result (rows.count, dimensions).
package func decodedRows(
  _ values: RawSpan, scales: [Float], _ layout: RowLayout, rows: Range<Int>
) -> [Float] {
  precondition(rows.lowerBound >= 0 && rows.upperBound <= layout.count(values, scales), "rows \(rows)")
  return unsafe withRows(values, scales, layout) { stored in
    unsafe [Float](unsafeUninitializedCapacity: rows.count * layout.dimensions) { out, filled in
      unsafe hone_decode_rows(out.baseAddress, stored, rows.lowerBound, rows.count)
      filled = rows.count * layout.dimensions
    }
  }
}

/// The stored rows at some places as floats. Shapes: result (places, dimensions).
package func decodedRows(
  _ values: RawSpan, scales: [Float], _ layout: RowLayout, places: some Collection<UInt32>
) -> [Float] {
  let count = layout.count(values, scales)
  precondition(places.allSatisfy { Int($0) < count }, "a place outside \(count) rows")
  return unsafe withRows(values, scales, layout) { stored in
    unsafe [Float](unsafeUninitializedCapacity: places.count * layout.dimensions) { out, filled in
      guard let start = out.baseAddress else { return }
      for (index, place) in places.enumerated() {
        unsafe hone_decode_rows(start + index * layout.dimensions, stored, Int(place), 1)
      }
      filled = places.count * layout.dimensions
    }
  }
}

/// The column with the largest value + bias of each row, the first among equals.
///
/// Shapes: result (rows); x (rows, columns); bias (columns) or empty.
package func largestColumns(_ x: [Float], bias: [Float] = [], rows: Int, columns: Int) -> [UInt32] {
  requireCount(x.count, atLeast: rows, columns, "x")
  precondition(columns > 0 && (bias.isEmpty || bias.count >= columns), "\(bias.count) biases of \(columns)")
  return unsafe [UInt32](unsafeUninitializedCapacity: rows) { out, filled in
    let out = out.baseAddress
    unsafe withPointers(x, bias) { x, numbers in
      unsafe hone_largest_columns(out, x, bias.isEmpty ? nil : numbers, rows, columns)
    }
    filled = rows
  }
}

/// The sum of the rows, from the first to the last, on the calling thread. Shapes: x (rows, columns); result (columns).
package func columnSums(_ x: [Float], columns: Int) -> [Float] {
  precondition(columns > 0 && x.count % columns == 0, "\(x.count) numbers in rows of \(columns)")
  var sums = [Float](repeating: 0, count: columns)
  unsafe withPointers(&sums, reading: x) { sums, values in
    unsafe hone_add_rows(sums, values, x.count / columns, columns, 0, columns)
  }
  return sums
}

/// CRC-32C (Castagnoli) of bytes.
package func crc32c(_ bytes: RawSpan) -> UInt32 {
  unsafe bytes.withUnsafeBytes { unsafe hone_crc32c(0, $0.baseAddress, $0.count) }
}

private func withRows<Result>(
  _ values: RawSpan, _ scales: [Float], _ layout: RowLayout, _ body: (hone_rows) -> Result
) -> Result {
  unsafe values.withUnsafeBytes { values in
    unsafe scales.withUnsafeBufferPointer { scales in
      unsafe body(layout.rows(values.baseAddress, scales.baseAddress))
    }
  }
}
