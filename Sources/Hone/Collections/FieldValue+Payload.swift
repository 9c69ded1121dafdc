internal import Foundation
internal import HoneFiles

extension FieldValue {
  /// The fields of a row as they are kept: JSON with sorted keys, byte for byte as `JSONEncoder` writes it, which takes
  /// longer and is left what is unusual.
  package static func payload(_ fields: [String: FieldValue]) throws -> String {
    let members = fields.sorted { $0.key < $1.key }.compactMap { key, value in
      // The order of other keys is Foundation's own.
      key.utf8.allSatisfy { $0 < 0x80 } && isPlain(key) ? value.json.map { (key: key, value: $0) } : nil
    }
    if members.count == fields.count { return JSONValue.object(members).text }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(fields), as: UTF8.self)
  }

  /// nil: what `JSONEncoder` may spell otherwise, or refuse.
  private var json: JSONValue? {
    switch self {
    case .null: return .null
    case .bool(let flag): return .bool(flag)
    case .text(let text): return Self.isPlain(text) ? .string(text) : nil
    case .number(let number):
      let text = description
      return number.isFinite && !text.utf8.contains(UInt8(ascii: "e")) ? .number(text) : nil
    case .list(let values):
      let all = values.compactMap(\.json)
      return all.count == values.count ? .array(all) : nil
    }
  }

  /// Whether it holds no control characters but line ends and tabs.
  private static func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 >= 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
  }
}
