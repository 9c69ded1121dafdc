/// A JSON document as it stands: objects keep the order of their keys, numbers their digits.
package enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  /// The number as it is written.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([(key: String, value: JSONValue)])

  package static func == (a: JSONValue, b: JSONValue) -> Bool {
    switch (a, b) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.string(let a), .string(let b)): a == b
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)): a.elementsEqual(b) { $0.key == $1.key && $0.value == $1.value }
    default: false
    }
  }

  /// The last value under a key, as most readers see a key given twice.
  package subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.key == key }?.value
  }

  package var string: String? { if case .string(let text) = self { text } else { nil } }
  package var integer: Int? { if case .number(let text) = self { Int(text) } else { nil } }
  package var array: [JSONValue]? { if case .array(let values) = self { values } else { nil } }
}

/// Why bytes are not JSON, and where.
package struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  package let offset: Int
  package let expected: String

  package var description: String { "expected \(expected) at byte \(offset)" }
}

extension JSONValue {
  /// Nesting that a document may have.
  package static let depthLimit = 512

  /// Reads one document that fills `bytes`. Source: RFC 8259.
  package init(parsing bytes: [UInt8]) throws(JSONError) {
    var parser = JSONParser(bytes: bytes)
    self = try parser.document()
  }
}

private struct JSONParser {
  let bytes: [UInt8]
  var place = 0

  mutating func document() throws(JSONError) -> JSONValue {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
    let value = try value(depth: 0)
    skipSpace()
    guard place == bytes.count else { throw fail("the end of the document") }
    return value
  }

  private func fail(_ expected: String) -> JSONError { JSONError(offset: place, expected: expected) }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { place += 1 }
  }

  private mutating func take(_ byte: UInt8, _ name: String) throws(JSONError) {
    guard next == byte else { throw fail(name) }
    place += 1
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    guard depth < JSONValue.depthLimit else { throw fail("at most \(JSONValue.depthLimit) levels of nesting") }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try text())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
    let end = place + word.utf8.count
    guard end <= bytes.count, bytes[place..<end].elementsEqual(word.utf8) else { throw fail("a value") }
    place = end
    return value
  }

  private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
    place += 1
    var members: [(key: String, value: JSONValue)] = []
    skipSpace()
    if next == UInt8(ascii: "}") {
      place += 1
      return .object([])
    }
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw fail("a key in quotes") }
      let key = try text()
      skipSpace()
      try take(UInt8(ascii: ":"), "a colon")
      members.append((key, try value(depth: depth + 1)))
      skipSpace()
      if next == UInt8(ascii: ",") {
        place += 1
        continue
      }
      try take(UInt8(ascii: "}"), "a comma or the end of an object")
      return .object(members)
    }
  }

  private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
    place += 1
    var values: [JSONValue] = []
    skipSpace()
    if next == UInt8(ascii: "]") {
      place += 1
      return .array([])
    }
    while true {
      values.append(try value(depth: depth + 1))
      skipSpace()
      if next == UInt8(ascii: ",") {
        place += 1
        continue
      }
      try take(UInt8(ascii: "]"), "a comma or the end of an array")
      return .array(values)
    }
  }

  private mutating func number() throws(JSONError) -> String {
    let start = place
    func isDigit(_ byte: UInt8?) -> Bool { byte.map { $0 >= 0x30 && $0 <= 0x39 } ?? false }
    if next == UInt8(ascii: "-") { place += 1 }
    guard isDigit(next) else { throw fail("a value") }
    if next == UInt8(ascii: "0") { place += 1 } else { while isDigit(next) { place += 1 } }
    if next == UInt8(ascii: ".") {
      place += 1
      guard isDigit(next) else { throw fail("a digit") }
      while isDigit(next) { place += 1 }
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      place += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { place += 1 }
      guard isDigit(next) else { throw fail("a digit") }
      while isDigit(next) { place += 1 }
    }
    return String(decoding: bytes[start..<place], as: UTF8.self)
  }

  private mutating func text() throws(JSONError) -> String {
    place += 1
    var result: [UInt8] = []
    var start = place
    while let byte = next {
      if byte == UInt8(ascii: "\"") {
        result += bytes[start..<place]
        place += 1
        guard let text = String(validating: result, as: UTF8.self) else { throw fail("text in UTF-8") }
        return text
      }
      guard byte >= 0x20 else { throw fail("no control character inside a text") }
      if byte == UInt8(ascii: "\\") {
        result += bytes[start..<place]
        place += 1
        try escape(&result)
        start = place
      } else {
        place += 1
      }
    }
    throw fail("the closing quote of a text")
  }

  private mutating func escape(_ result: inout [UInt8]) throws(JSONError) {
    guard let byte = next else { throw fail("an escaped character") }
    place += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(byte)
    case UInt8(ascii: "b"): result.append(0x08)
    case UInt8(ascii: "f"): result.append(0x0C)
    case UInt8(ascii: "n"): result.append(0x0A)
    case UInt8(ascii: "r"): result.append(0x0D)
    case UInt8(ascii: "t"): result.append(0x09)
    case UInt8(ascii: "u"): result += Array(String(Character(try escapedScalar())).utf8)
    default: throw fail("a known escape after a backslash")
    }
  }

  /// A character of four hexadecimal digits, or of two such escapes; half of a pair becomes U+FFFD.
  private mutating func escapedScalar() throws(JSONError) -> Unicode.Scalar {
    let high = try fourDigits()
    if high & 0xFC00 == 0xD800, place + 1 < bytes.count, bytes[place] == UInt8(ascii: "\\"),
      bytes[place + 1] == UInt8(ascii: "u")
    {
      let start = place
      place += 2
      let low = try fourDigits()
      if low & 0xFC00 == 0xDC00 {
        return Unicode.Scalar(0x10000 + ((high & 0x3FF) << 10) + (low & 0x3FF)) ?? "\u{FFFD}"
      }
      place = start
    }
    return Unicode.Scalar(high) ?? "\u{FFFD}"
  }

  private mutating func fourDigits() throws(JSONError) -> UInt32 {
    guard place + 4 <= bytes.count else { throw fail("four hexadecimal digits") }
    var value: UInt32 = 0
    for byte in bytes[place..<place + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw fail("four hexadecimal digits") }
      value = value << 4 | UInt32(digit)
    }
    place += 4
    return value
  }
}
