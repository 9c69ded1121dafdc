internal import Foundation

extension FieldValue {
  /// The fields of a row as they are kept: JSON with sorted keys, byte for byte as `JSONEncoder` writes it, which takes
  /// ten times as long.
  package static func payload(_ fields: [String: FieldValue]) throws -> String {
    var writer = PayloadWriter()
    if writer.write(fields) { return String(decoding: writer.bytes, as: UTF8.self) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(fields), as: UTF8.self)
  }
}

/// Writes what is usual. Each function tells whether it did; what is not is left to `JSONEncoder`.
private struct PayloadWriter {
  var bytes: [UInt8] = []

  mutating func write(_ fields: [String: FieldValue]) -> Bool {
    bytes.append(UInt8(ascii: "{"))
    for (index, (key, value)) in fields.sorted(by: { $0.key < $1.key }).enumerated() {
      // The order of other keys is Foundation's own.
      guard key.utf8.allSatisfy({ $0 < 0x80 }) else { return false }
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      guard write(key) else { return false }
      bytes.append(UInt8(ascii: ":"))
      guard write(value) else { return false }
    }
    bytes.append(UInt8(ascii: "}"))
    return true
  }

  private mutating func write(_ value: FieldValue) -> Bool {
    switch value {
    case .null: bytes += "null".utf8
    case .bool(let flag): bytes += (flag ? "true" : "false").utf8
    case .text(let text): return write(text)
    case .number(let number): return write(number)
    case .list(let values):
      bytes.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        guard write(value) else { return false }
      }
      bytes.append(UInt8(ascii: "]"))
    }
    return true
  }

  private mutating func write(_ number: Double) -> Bool {
    if let whole = Int(exactly: number) {
      bytes += String(whole).utf8
      return true
    }
    let text = number.description
    bytes += text.utf8
    return number.isFinite && !text.utf8.contains(UInt8(ascii: "e"))
  }

  private mutating func write(_ text: String) -> Bool {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case UInt8(ascii: "\n"): bytes += #"\n"#.utf8
      case UInt8(ascii: "\r"): bytes += #"\r"#.utf8
      case UInt8(ascii: "\t"): bytes += #"\t"#.utf8
      case 0..<0x20: return false
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
    return true
  }
}
