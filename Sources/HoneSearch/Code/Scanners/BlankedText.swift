/// Program text of the C family in which comments and strings are spaces; every line and byte keeps its place.
struct BlankedText {
  private var text: [UInt8]
  private var place = 0
  private let hasLifetimes: Bool

  static func blank(_ text: [UInt8], hasLifetimes: Bool) -> [UInt8] {
    var blanked = BlankedText(text: text, hasLifetimes: hasLifetimes)
    while blanked.place < text.count { blanked.step() }
    return blanked.text
  }

  private init(text: [UInt8], hasLifetimes: Bool) {
    self.text = text
    self.hasLifetimes = hasLifetimes
  }

  private func isAt(_ word: String) -> Bool { text[place...].starts(with: word.utf8) }

  private mutating func step() {
    switch text[place] {
    case UInt8(ascii: "/") where isAt("//"): blank(until: { $0 == 0x0A })
    case UInt8(ascii: "/") where isAt("/*"): blockComment()
    case UInt8(ascii: "\""), UInt8(ascii: "`"): string(text[place])
    case UInt8(ascii: "'") where !hasLifetimes || isCharacter: string(text[place])
    default: place += 1
    }
  }

  private mutating func blank(until isEnd: (UInt8) -> Bool) {
    while place < text.count, !isEnd(text[place]) { blankOne() }
  }

  private mutating func blankOne() {
    guard place < text.count else { return }
    if text[place] != 0x0A { text[place] = 0x20 }
    place += 1
  }

  private mutating func blockComment() {
    blankOne()
    blankOne()
    while place < text.count, !isAt("*/") { blankOne() }
    blankOne()
    blankOne()
  }

  /// Those in double and single quotes end with the line at the latest.
  private mutating func string(_ quote: UInt8) {
    blankOne()
    while place < text.count, text[place] != quote {
      if text[place] == 0x0A, quote != UInt8(ascii: "`") { return }
      if text[place] == UInt8(ascii: "\\") { blankOne() }
      blankOne()
    }
    blankOne()
  }

  /// Whether a quote begins a character of Rust, not the name of a lifetime.
  private var isCharacter: Bool {
    guard place + 1 < text.count else { return false }
    if text[place + 1] == UInt8(ascii: "\\") { return true }
    return text[(place + 1)...].prefix(5).dropFirst().contains(UInt8(ascii: "'")) && !isWordThenMore
  }

  private var isWordThenMore: Bool {
    let rest = text[(place + 1)...].prefix(5)
    let word = rest.prefix { isSwiftWord($0) && $0 < 0x80 }
    return word.count > 1 || rest.dropFirst(word.count).first != UInt8(ascii: "'") && !word.isEmpty
  }
}
