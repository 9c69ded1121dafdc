package import Foundation

extension Safetensors {
  /// Writes arrays in the given order, one after the other, and forces them to disk.
  ///
  /// bfloat16 rounds to the nearest, ties to even.
  package static func write(
    _ tensors: [(name: String, shape: [Int], values: [Float])], dtype: DType = .float32,
    metadata: [String: String] = [:], to url: URL
  ) throws(FileError) {
    precondition(dtype == .float32 || dtype == .bfloat16, "safetensors are written as float32 or bfloat16")
    let file = try FileWriter(url)
    let header = header(tensors, dtype, metadata)
    try unsafe file.write(header.span.bytes)
    for tensor in tensors {
      precondition(tensor.shape.reduce(1, *) == tensor.values.count, "\(tensor.name): \(tensor.values.count) values")
      if dtype == .float32 {
        try unsafe file.write(tensor.values.span.bytes)
      } else {
        let rounded = tensor.values.map(bfloat16Bits)
        try unsafe file.write(rounded.span.bytes)
      }
    }
    try file.finish()
  }

  /// Writes one array of bytes, and arrays of float32 behind it.
  package static func write(
    bytes: (name: String, shape: [Int], values: [Int8]), floats: [(name: String, shape: [Int], values: [Float])],
    to url: URL
  ) throws(FileError) {
    var place = 0
    func member(_ name: String, _ type: String, _ shape: [Int], _ size: Int) -> (key: String, value: JSONValue) {
      defer { place += size }
      return (
        name,
        .object([
          ("dtype", .string(type)), ("shape", .array(shape.map { .number("\($0)") })),
          ("data_offsets", .array([.number("\(place)"), .number("\(place + size)")])),
        ])
      )
    }
    // Bytes that are no multiple of four would leave the floats where no processor likes them.
    let ordered = floats.map { member($0.name, "F32", $0.shape, $0.values.count * 4) }
    let members = ordered + [member(bytes.name, "I8", bytes.shape, bytes.values.count)]
    var text = Array(JSONValue.object(members).text.utf8)
    while text.count % 8 != 0 { text.append(0x20) }
    let file = try FileWriter(url)
    try unsafe file.write(
      ((0..<8).map { UInt8(truncatingIfNeeded: UInt64(text.count) >> UInt64($0 * 8)) } + text).span.bytes)
    for tensor in floats { try unsafe file.write(tensor.values.span.bytes) }
    try unsafe file.write(bytes.values.span.bytes)
    try file.finish()
  }

  private static func header(
    _ tensors: [(name: String, shape: [Int], values: [Float])], _ dtype: DType, _ metadata: [String: String]
  ) -> [UInt8] {
    var members: [(key: String, value: JSONValue)] = []
    if !metadata.isEmpty {
      members.append(
        ("__metadata__", .object(metadata.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })))
    }
    var place = 0
    for tensor in tensors {
      let end = place + tensor.values.count * dtype.bytes
      members.append(
        (
          tensor.name,
          .object([
            ("dtype", .string(dtype.rawValue)), ("shape", .array(tensor.shape.map { .number("\($0)") })),
            ("data_offsets", .array([.number("\(place)"), .number("\(end)")])),
          ])
        ))
      place = end
    }
    var text = Array(JSONValue.object(members).text.utf8)
    while text.count % 8 != 0 { text.append(0x20) }
    let length = UInt64(text.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> UInt64($0 * 8)) } + text
  }
}

/// The upper half of a float32, rounded to the nearest, ties to even.
package func bfloat16Bits(_ value: Float) -> UInt16 {
  let bits = value.bitPattern
  guard value.isFinite else { return UInt16(bits >> 16) | (value.isNaN ? 0x40 : 0) }
  return UInt16((bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
}

extension JSONValue {
  /// The document on one line without spaces; text is escaped only where JSON demands it.
  package var text: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number(let text): text
    case .string(let text): Self.quoted(text)
    case .array(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
    case .object(let members):
      "{" + members.map { Self.quoted($0.key) + ":" + $0.value.text }.joined(separator: ",") + "}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
