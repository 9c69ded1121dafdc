internal import Foundation

/// The first part of a safetensors file, checked against the rest.
struct SafetensorsHeader {
  private(set) var tensors: [(name: String, entry: (dtype: String, shape: [Int], range: Range<Int>))] = []
  private(set) var metadata: [String: String] = [:]

  /// The longest header that is read.
  private static let limit = 100_000_000

  init(_ data: Data, file: String) throws(SafetensorsError) {
    guard data.count >= 8 else { throw .truncated(file: file, expected: 8, found: data.count) }
    let length = data.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= Self.limit else {
      throw .badHeader(file: file, reason: "a length of \(length) bytes, more than \(Self.limit)")
    }
    let start = 8 + Int(length)
    guard start <= data.count else { throw .truncated(file: file, expected: start, found: data.count) }
    let value: JSONValue
    do {
      value = try JSONValue(parsing: [UInt8](data[data.startIndex + 8..<data.startIndex + start]))
    } catch {
      throw .badHeader(file: file, reason: "text that is not JSON (\(error.description))")
    }
    guard case .object(let members) = value else { throw .badHeader(file: file, reason: "no JSON object") }
    for (name, member) in members {
      if name == "__metadata__" {
        metadata = try Self.metadata(member, file)
      } else {
        tensors.append((name, try Self.entry(member, name, file, start: start, end: data.count)))
      }
    }
    try checkLayout(file, start: start, end: data.count)
  }

  private static func metadata(_ value: JSONValue, _ file: String) throws(SafetensorsError) -> [String: String] {
    guard case .object(let members) = value else { throw .badHeader(file: file, reason: "metadata of another kind") }
    var result: [String: String] = [:]
    for (key, value) in members {
      guard let text = value.string else { throw .badHeader(file: file, reason: "metadata that is not text") }
      result[key] = text
    }
    return result
  }

  private static func entry(
    _ value: JSONValue, _ name: String, _ file: String, start: Int, end: Int
  ) throws(SafetensorsError) -> (dtype: String, shape: [Int], range: Range<Int>) {
    func fail(_ reason: String) -> SafetensorsError { .badTensor(file: file, tensor: name, reason: reason) }
    guard let dtype = value["dtype"]?.string, let shapeValues = value["shape"]?.array,
      let offsets = value["data_offsets"]?.array, offsets.count == 2, let first = offsets[0].integer,
      let last = offsets[1].integer
    else { throw fail("expected dtype, shape and two data_offsets, found something else") }
    guard let bits = bitWidths[dtype] else { throw fail("expected a known dtype, found \(dtype)") }
    var shape: [Int] = []
    var count = 1
    for value in shapeValues {
      guard let size = value.integer, size >= 0 else { throw fail("expected sizes of 0 or more in shape") }
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow else { throw fail("a shape larger than any memory") }
      count = product
      shape.append(size)
    }
    let (totalBits, overflow) = count.multipliedReportingOverflow(by: bits)
    guard !overflow else { throw fail("a shape larger than any memory") }
    guard first >= 0, last >= first else { throw fail("expected data_offsets in order, found \(first) and \(last)") }
    guard last <= end - start else { throw .truncated(file: file, expected: saturated(start, last), found: end) }
    guard (last - first) * 8 == totalBits else {
      throw fail("expected \(totalBits / 8) bytes for shape \(shape) of \(dtype), found \(last - first)")
    }
    return (dtype, shape, start + first..<start + last)
  }

  private static func saturated(_ a: Int, _ b: Int) -> Int {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? Int.max : sum
  }

  /// The arrays must fill the rest of the file without gap or overlap.
  private func checkLayout(_ file: String, start: Int, end: Int) throws(SafetensorsError) {
    guard Set(tensors.map(\.name)).count == tensors.count else {
      throw .badHeader(file: file, reason: "the same tensor twice")
    }
    var place = start
    for (name, entry) in tensors.sorted(by: {
      ($0.entry.range.lowerBound, $0.entry.range.upperBound) < ($1.entry.range.lowerBound, $1.entry.range.upperBound)
    }) {
      guard entry.range.lowerBound == place else {
        throw .badTensor(
          file: file, tensor: name, reason: "begins at byte \(entry.range.lowerBound), expected \(place)")
      }
      place = entry.range.upperBound
    }
    guard place == end else { throw .truncated(file: file, expected: place, found: end) }
  }

  private static let bitWidths = [
    "F64": 64, "F32": 32, "F16": 16, "BF16": 16, "I64": 64, "I32": 32, "I16": 16, "I8": 8, "U64": 64, "U32": 32,
    "U16": 16, "U8": 8, "BOOL": 8, "F8_E4M3": 8, "F8_E5M2": 8,
  ]
}
