/// Walks over a body once and refuses what is not JSON to the letter, before anything reads it.
///
/// Foundation's reader passes over a comma too many and over nonsense in fields that nobody asks for, takes other
/// encodings than UTF-8, and nests deeper than a small stack allows. Source: RFC 8259.
struct JSONCheck {
  /// Nesting that a body may have.
  static let depthLimit = 64

  private let bytes: [UInt8]
  private var place = 0
  /// Where the first number stands that no `Double` holds.
  private(set) var tooLarge: Int?

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Checks a document that fills `bytes`, a byte order mark before it included.
  ///
  /// Returns: the place of the first number that is too large, so that a reader which knows its name may report it.
  static func run(_ bytes: [UInt8]) throws(RequestError) -> Int? {
    guard UTF8.isValid(bytes) else { throw .notUTF8 }
    var check = JSONCheck(bytes)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { check.place = 3 }
    try check.value(depth: 0)
    check.skipSpace()
    guard check.place == bytes.count else { throw check.fail("the end") }
    return check.tooLarge
  }

  private func fail(_ expected: String) -> RequestError { .notJSON(offset: place, expected: expected) }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { place += 1 }
  }

  /// Steps over the byte if it stands next.
  private mutating func take(_ byte: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: byte) else { return false }
    place += 1
    return true
  }

  private mutating func value(depth: Int) throws(RequestError) {
    skipSpace()
    switch next {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      guard depth < Self.depthLimit else { throw .tooDeep(limit: Self.depthLimit) }
      try next == UInt8(ascii: "{") ? object(depth: depth + 1) : array(depth: depth + 1)
    case UInt8(ascii: "\""): try text()
    case UInt8(ascii: "t"): try word("true")
    case UInt8(ascii: "f"): try word("false")
    case UInt8(ascii: "n"): try word("null")
    default: try number()
    }
  }

  private mutating func word(_ word: StaticString) throws(RequestError) {
    let end = place + word.utf8CodeUnitCount
    guard end <= bytes.count, bytes[place..<end].elementsEqual(word.description.utf8) else { throw fail("a value") }
    place = end
  }

  private mutating func object(depth: Int) throws(RequestError) {
    place += 1
    skipSpace()
    if take("}") { return }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw fail("a name in quotes") }
      try text()
      skipSpace()
      guard take(":") else { throw fail("a colon") }
      try value(depth: depth)
      skipSpace()
    } while take(",")
    guard take("}") else { throw fail("a comma or a closing brace") }
  }

  private mutating func array(depth: Int) throws(RequestError) {
    place += 1
    skipSpace()
    if take("]") { return }
    repeat {
      try value(depth: depth)
      skipSpace()
    } while take(",")
    guard take("]") else { throw fail("a comma or a closing bracket") }
  }
}

extension JSONCheck {
  private mutating func digits() throws(RequestError) {
    guard let first = next, (0x30...0x39).contains(first) else { throw fail("a digit") }
    while let byte = next, (0x30...0x39).contains(byte) { place += 1 }
  }

  private mutating func number() throws(RequestError) {
    let start = place
    let isNegative = take("-")
    guard let first = next, (0x30...0x39).contains(first) else { throw fail(isNegative ? "a digit" : "a value") }
    if !take("0") { try digits() }
    if take(".") { try digits() }
    if take("e") || take("E") {
      _ = take("+") || take("-")
      try digits()
    }
    // Up to twenty characters can only overflow with an exponent; most numbers are shorter and have none.
    let token = bytes[start..<place]
    guard tooLarge == nil, token.count > 20 || token.contains(where: { $0 | 0x20 == UInt8(ascii: "e") }) else { return }
    if let value = Double(String(decoding: token, as: UTF8.self)), !value.isFinite { tooLarge = start }
  }

  private mutating func text() throws(RequestError) {
    place += 1
    while let byte = next {
      place += 1
      switch byte {
      case UInt8(ascii: "\""): return
      case UInt8(ascii: "\\"): try escape()
      case ..<0x20:
        place -= 1
        throw fail("no control character")
      default: continue
      }
    }
    throw fail("a closing quote")
  }

  private mutating func escape() throws(RequestError) {
    guard let byte = next, "\"\\/bfnrtu".utf8.contains(byte) else { throw fail("a known escape") }
    place += 1
    guard byte == UInt8(ascii: "u") else { return }
    for _ in 0..<4 {
      guard let digit = next, Character(Unicode.Scalar(digit)).isHexDigit, digit < 0x80 else {
        throw fail("a hexadecimal digit")
      }
      place += 1
    }
  }
}

extension UTF8 {
  /// Whether the bytes are whole characters throughout.
  static func isValid(_ bytes: [UInt8]) -> Bool {
    bytes.allSatisfy { $0 < 0x80 } || String(validating: bytes, as: UTF8.self) != nil
  }
}
