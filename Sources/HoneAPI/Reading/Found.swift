/// What stands in a body where something else was expected; it holds as little of the caller's text as helps.
enum Found: Decodable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  /// How many elements, and the only one if it is one text.
  case array(Int, only: String?)
  /// With its `type`, if that is a text.
  case object(type: String?)
  case unreadable

  init(from decoder: any Decoder) {
    if let object = try? decoder.container(keyedBy: WireKey.self) {
      self = .object(type: try? object.decode(String.self, forKey: WireKey(stringValue: "type")))
    } else if var list = try? decoder.unkeyedContainer() {
      let count = list.count ?? 0
      self = .array(count, only: count == 1 ? try? list.decode(String.self) : nil)
    } else if let value = try? decoder.singleValueContainer() {
      self = Self.single(value)
    } else {
      self = .unreadable
    }
  }

  private static func single(_ value: any SingleValueDecodingContainer) -> Found {
    if value.decodeNil() { return .null }
    if let bool = try? value.decode(Bool.self) { return .bool(bool) }
    if let number = try? value.decode(Double.self) { return .number(number) }
    if let text = try? value.decode(String.self) { return .string(text) }
    return .unreadable
  }
}

extension Found: CustomStringConvertible {
  var description: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(let value):
      if let whole = Int(exactly: value) { "the number \(whole)" } else { "the number \(value)" }
    case .string(""): "an empty string"
    case .string(let text): Self.isWord(text) ? "the string \"\(text)\"" : "a string"
    case .array(0, _): "an empty list"
    case .array: "a list"
    case .object: "an object"
    case .unreadable: "a value that cannot be read"
    }
  }

  /// A text short and plain enough to be repeated in a message: a mistyped word or number, no document and no key.
  private static func isWord(_ text: String) -> Bool {
    text.utf8.count <= 16
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "-_.".utf8.contains(byte)
        }
      }
  }
}

/// Any name in a JSON object.
struct WireKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

extension [any CodingKey] {
  /// The place in the API's words: `messages[0].content`; nil for the whole body.
  var parameter: String? {
    var text = ""
    for key in self {
      if let index = key.intValue {
        text += "[\(index)]"
      } else {
        text += text.isEmpty ? key.stringValue : ".\(key.stringValue)"
      }
    }
    return text.isEmpty ? nil : text
  }
}

extension Decoder {
  /// The value of this decoder as a wrong one.
  func wrong(_ expected: String) -> RequestError {
    .wrong(parameter: codingPath.parameter, expected: expected, found: Found(from: self).description)
  }
}
