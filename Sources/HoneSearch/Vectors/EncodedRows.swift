internal import Foundation
internal import HoneKernels

/// Rows of numbers in memory or in a mapped file; the first change of mapped rows copies them.
struct EncodedRows: Sendable {
  let layout: RowLayout
  private(set) var scales: [Float]
  private(set) var bytes: StoredBytes

  init(_ layout: RowLayout) {
    (self.layout, scales, bytes) = (layout, [], .owned([]))
  }

  /// Shapes: values (rows, dimensions) in the layout's encoding; scales (rows) with int8, else empty.
  init(_ layout: RowLayout, mapped values: Data, scales: [Float]) {
    (self.layout, self.scales, bytes) = (layout, scales, .mapped(values))
  }

  var count: Int { bytes.count / layout.rowBytes }

  func withValues<Result>(_ body: (RawSpan) -> Result) -> Result { bytes.withBytes(body) }

  /// Adds rows at the end. Shapes: x (rows, dimensions), finite.
  mutating func append(_ x: [Float]) {
    let (values, scales) = encodedRows(x, layout)
    self.scales += scales
    append(bytes: values)
  }

  /// Room for so many rows in all.
  mutating func reserve(_ rows: Int) {
    guard case .owned(var values) = bytes else { return }
    bytes = .owned([])
    values.reserveCapacity(rows * layout.rowBytes)
    bytes = .owned(values)
  }

  private mutating func append(bytes more: [UInt8]) {
    var values: [UInt8] =
      switch bytes {
      case .owned(let values): values
      case .mapped(let values): [UInt8](values)
      }
    bytes = .owned([])  // so that nobody else holds the array while it grows
    values += more
    bytes = .owned(values)
  }

  /// Some rows, as they are stored, in another order.
  func selecting(_ places: [UInt32]) -> EncodedRows {
    var result = EncodedRows(layout)
    result.scales = layout.encoding == .int8 ? places.map { scales[Int($0)] } : []
    let size = layout.rowBytes
    var selected: [UInt8] = []
    selected.reserveCapacity(places.count * size)
    withValues { values in
      for place in places.lazy.map({ Int($0) }) {
        unsafe values.extracting(place * size..<(place + 1) * size).withUnsafeBytes { row in
          unsafe selected.append(contentsOf: row)
        }
      }
    }
    result.bytes = .owned(selected)
    return result
  }

  func floats(_ rows: Range<Int>) -> [Float] {
    withValues { decodedRows($0, scales: scales, layout, rows: rows) }
  }

  func floats(at places: some Collection<UInt32>) -> [Float] {
    withValues { decodedRows($0, scales: scales, layout, places: places) }
  }

  func compare(_ out: inout [Float], _ query: [Float], rows: Range<Int>, by comparison: RowComparison) {
    withValues { compareRows(&out, query, $0, scales: scales, layout, rows: rows, by: comparison) }
  }

  func compare(_ query: [Float], places: [UInt32], by comparison: RowComparison) -> [Float] {
    withValues { compareRows(query, $0, scales: scales, layout, places: places, by: comparison) }
  }
}
