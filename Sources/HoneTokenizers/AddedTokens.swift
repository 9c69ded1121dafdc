/// Tokens that are found in a text before it is divided into words, such as `[MASK]`.
struct AddedTokens: Sendable {
  struct Token: Sendable {
    let text: [UInt8]
    let id: Int32
    /// Whether white space beside it belongs to it.
    let takesLeft, takesRight: Bool
    /// Whether it counts only where no letter, digit or underscore touches it.
    let standsAlone: Bool
  }

  enum Part {
    case text(Range<Int>)
    case token(Int32)
  }

  private let tokens: [Token]  // longest first
  private let begins: [Bool]  // (256) whether some token begins with the byte

  var isEmpty: Bool { tokens.isEmpty }

  init(_ tokens: [Token]) {
    // Of equal texts the first counts: the order among tokens of one length stays.
    self.tokens = tokens.filter { !$0.text.isEmpty }.enumerated().sorted {
      ($1.element.text.count, $0.offset) < ($0.element.text.count, $1.offset)
    }.map(\.element)
    var begins = [Bool](repeating: false, count: 256)
    for token in self.tokens { begins[Int(token.text[0])] = true }
    self.begins = begins
  }

  /// The parts of a text in their order; empty ones are left out.
  ///
  /// The longest token at a place is the only one there: where it should stand alone and does not, none is found in it.
  func forEachPart(of text: Span<UInt8>, _ body: (Part) -> Void) {
    var (start, place) = (0, 0)
    while place < text.count {
      guard begins[Int(text[place])], let token = token(in: text, at: place) else {
        place += 1
        continue
      }
      var (left, right) = (place, place + token.text.count)
      place = right
      if token.standsAlone, !standsAlone(text, left..<right) { continue }
      if token.takesLeft { left = max(start, spaceStart(text, left, from: start)) }
      if token.takesRight { right = spaceEnd(text, right) }
      if start < left { body(.text(start..<left)) }
      body(.token(token.id))
      start = right
    }
    if start < text.count { body(.text(start..<text.count)) }
  }

  private func token(in text: Span<UInt8>, at place: Int) -> Token? {
    tokens.first { token in
      let end = place + token.text.count
      guard end <= text.count else { return false }
      for offset in token.text.indices where token.text[offset] != text[place + offset] { return false }
      return true
    }
  }

  private func standsAlone(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    let before = range.lowerBound > 0 ? scalar(text, before: range.lowerBound) : nil
    let after = range.upperBound < text.count ? decodedScalar(text, range.upperBound, text.count).scalar : nil
    return !isWord(before) && !isWord(after)
  }

  private func isWord(_ scalar: Unicode.Scalar?) -> Bool {
    guard let scalar else { return false }
    let properties = scalar.properties
    switch properties.generalCategory {
    case .decimalNumber, .connectorPunctuation, .nonspacingMark, .spacingMark, .enclosingMark: return true
    default: return properties.isAlphabetic || scalar.value == 0x200C || scalar.value == 0x200D
    }
  }
}

private func scalar(_ text: Span<UInt8>, before end: Int) -> Unicode.Scalar {
  var start = end - 1
  while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
  return decodedScalar(text, start, end).scalar
}

/// Where the white space begins that ends at `end`, at `first` or later.
func spaceStart(_ text: Span<UInt8>, _ end: Int, from first: Int) -> Int {
  var place = end
  while place > first {
    let before = scalar(text, before: place)
    guard before.properties.isWhitespace else { break }
    place -= before.utf8.count
  }
  return place
}

/// Where the white space ends that begins at `start`.
func spaceEnd(_ text: Span<UInt8>, _ start: Int) -> Int {
  var place = start
  while place < text.count {
    let (scalar, length) = decodedScalar(text, place, text.count)
    guard scalar.properties.isWhitespace else { break }
    place += length
  }
  return place
}

/// The character of valid UTF-8 at `place`, and its bytes. What is cut off at `end` gives U+FFFD of one byte.
func decodedScalar(_ text: Span<UInt8>, _ place: Int, _ end: Int) -> (scalar: Unicode.Scalar, length: Int) {
  let lead = text[place]
  let length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
  guard place + length <= end else { return ("\u{FFFD}", 1) }
  var value = UInt32(lead)
  if length > 1 {
    value &= 0xFF >> UInt32(length + 1)
    for offset in 1..<length { value = value << 6 | UInt32(text[place + offset] & 0x3F) }
  }
  return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
}
