/// One value of a document that is being written; objects keep the order in which their members came.
final class JSONNode {
  enum Content {
    case null
    /// A number or a word as it is written.
    case literal(String)
    case text(String)
    case array([JSONNode])
    case object([(key: String, value: JSONNode)])
  }

  private(set) var content: Content

  init(_ content: Content = .null) { self.content = content }

  func set(_ content: Content) { self.content = content }

  /// Makes the node an object, unless it is one already.
  func becomeObject() { if case .object = content {} else { content = .object([]) } }

  /// Makes the node an array, unless it is one already.
  func becomeArray() { if case .array = content {} else { content = .array([]) } }

  /// A new member at the end of an object.
  func member(_ key: String) -> JSONNode {
    let value = JSONNode()
    if case .object(var members) = content {
      content = .null
      members.append((key, value))
      content = .object(members)
    }
    return value
  }

  /// A new element at the end of an array.
  func element() -> JSONNode {
    let value = JSONNode()
    if case .array(var elements) = content {
      content = .null
      elements.append(value)
      content = .array(elements)
    }
    return value
  }

  var count: Int {
    switch content {
    case .array(let elements): elements.count
    case .object(let members): members.count
    default: 0
    }
  }
}

extension JSONNode {
  /// Appends the value on one line, without spaces.
  func write(to bytes: inout [UInt8]) {
    switch content {
    case .null: bytes += "null".utf8
    case .literal(let text): bytes += text.utf8
    case .text(let text): Self.write(text, to: &bytes)
    case .array(let elements):
      bytes.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        element.write(to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        Self.write(member.key, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        member.value.write(to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  /// Appends a text in quotes.
  ///
  /// Besides what must be escaped, so are U+0085, U+2028 and U+2029: readers of event streams that divide text at every
  /// Unicode line end would break a frame there.
  private static func write(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    var (last, secondLast): (UInt8, UInt8) = (0, 0)
    for byte in text.utf8 {
      switch (secondLast, last, byte) {
      case (_, _, UInt8(ascii: "\"")), (_, _, UInt8(ascii: "\\")): bytes += [UInt8(ascii: "\\"), byte]
      case (_, _, UInt8(ascii: "\n")): bytes += "\\n".utf8
      case (_, _, UInt8(ascii: "\r")): bytes += "\\r".utf8
      case (_, _, UInt8(ascii: "\t")): bytes += "\\t".utf8
      case (_, _, ..<0x20):
        let digits = String(byte, radix: 16)
        bytes += (digits.utf8.count == 1 ? "\\u000" : "\\u00").utf8
        bytes += digits.utf8
      case (_, 0xC2, 0x85):
        bytes.removeLast()
        bytes += "\\u0085".utf8
      case (0xE2, 0x80, 0xA8), (0xE2, 0x80, 0xA9):
        bytes.removeLast(2)
        bytes += (byte == 0xA8 ? "\\u2028" : "\\u2029").utf8
      default: bytes.append(byte)
      }
      (secondLast, last) = (last, byte)
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
