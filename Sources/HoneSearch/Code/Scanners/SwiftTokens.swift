/// One word, sign or literal of Swift, comments and white space left out.
struct SwiftToken {
  enum Kind { case word, sign, literal }

  let kind: Kind
  let range: Range<Int>
  /// Whether it is the first on its line.
  let startsLine: Bool
  /// The lines of the doc comment before it, without their marks.
  let doc: String
}

/// Divides Swift source into tokens exactly as far as names and braces need it: nested comments, raw and multi-line
/// strings with interpolations, regular expressions, names in backticks. It knows no grammar.
struct SwiftTokens {
  private let text: [UInt8]
  private var place = 0
  private var tokens: [SwiftToken] = []
  private var docs: [String] = []
  private var startsLine = true

  static func tokens(of text: [UInt8]) -> [SwiftToken] {
    var lexer = SwiftTokens(text)
    while lexer.place < text.count { lexer.step() }
    return lexer.tokens
  }

  private init(_ text: [UInt8]) { self.text = text }

  private func byte(_ offset: Int = 0) -> UInt8? {
    place + offset < text.count ? text[place + offset] : nil
  }

  private func isAt(_ word: String) -> Bool { text[place...].starts(with: word.utf8) }

  private mutating func step() {
    let byte = text[place]
    if byte == 0x0A {
      startsLine = true
      place += 1
    } else if byte <= 0x20 {
      place += 1
    } else if isAt("//") {
      lineComment()
    } else if isAt("/*") {
      blockComment()
    } else if let hashes = stringStart() {
      emit(.literal) { $0.string(hashes: hashes) }
    } else if let end = regexEnd() {
      emit(.literal) { $0.place = end }
    } else if isSwiftWord(byte) || [0x40, 0x23, 0x60].contains(byte) {  // @ # `
      emit(isSwiftDigit(byte) ? .literal : .word) { $0.word() }
    } else {
      emit(.sign) { $0.place += 1 }
    }
  }

  private mutating func emit(_ kind: SwiftToken.Kind, _ advance: (inout SwiftTokens) -> Void) {
    let start = place
    advance(&self)
    place = min(max(place, start + 1), text.count)
    tokens.append(
      SwiftToken(
        kind: kind, range: start..<place, startsLine: startsLine, doc: docs.joined(separator: "\n")))
    docs = []
    startsLine = false
  }

  private mutating func word() {
    let quoted = byte() == 0x60
    place += 1
    while let byte = byte(), isSwiftWord(byte) { place += 1 }
    if quoted, byte() == 0x60 { place += 1 }
  }

  private mutating func lineComment() {
    let start = place
    while let byte = byte(), byte != 0x0A { place += 1 }
    guard text[start..<place].starts(with: "///".utf8), !text[start..<place].starts(with: "////".utf8) else { return }
    docs.append(trimmed(text[(start + 3)..<place]))
  }

  private mutating func blockComment() {
    let start = place
    var depth = 0
    repeat {
      if isAt("/*") {
        depth += 1
        place += 2
      } else if isAt("*/") {
        depth -= 1
        place += 2
      } else {
        place += 1
      }
    } while depth > 0 && place < text.count
    guard text[start..<place].starts(with: "/**".utf8), place - start > 4 else { return }
    for line in text[(start + 3)..<max(start + 3, place - 2)].split(separator: 0x0A, omittingEmptySubsequences: false) {
      let content = line.drop { $0 <= 0x20 }
      docs.append(trimmed(content.first == UInt8(ascii: "*") ? content.dropFirst() : content))
    }
  }

  private func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
    let text = String(decoding: bytes, as: UTF8.self)
    return text.drop(while: \.isWhitespace).description
  }
}

// Strings and regular expressions.
extension SwiftTokens {
  /// The number signs before the quote of a string that begins here.
  private func stringStart() -> Int? {
    var count = 0
    while byte(count) == UInt8(ascii: "#") { count += 1 }
    return byte(count) == UInt8(ascii: "\"") ? count : nil
  }

  /// What is open inside a string: strings in interpolations in strings, as deep as they come.
  private enum Level {
    case string(hashes: Int, lines: Bool)
    case interpolation(parentheses: Int)
  }

  private mutating func string(hashes: Int) {
    var levels = [openString(hashes)]
    while let level = levels.popLast(), place < text.count {
      switch level {
      case .string(let hashes, let lines): stringPart(hashes, lines, &levels)
      case .interpolation(let parentheses): interpolationPart(parentheses, &levels)
      }
    }
  }

  private mutating func openString(_ hashes: Int) -> Level {
    place += hashes
    let lines = isAt("\"\"\"")
    place += lines ? 3 : 1
    return .string(hashes: hashes, lines: lines)
  }

  /// Goes on to the string's end, an interpolation or the end of its line; what stays open is put back.
  private mutating func stringPart(_ hashes: Int, _ lines: Bool, _ levels: inout [Level]) {
    let quote = lines ? "\"\"\"" : "\""
    while let byte = byte() {
      if byte == UInt8(ascii: "\\"), hasHashes(hashes, at: 1) {
        let opens = self.byte(hashes + 1) == UInt8(ascii: "(")
        place += hashes + 2
        guard opens else { continue }
        levels += [.string(hashes: hashes, lines: lines), .interpolation(parentheses: 1)]
        return
      }
      if byte == UInt8(ascii: "\""), isAt(quote), hasHashes(hashes, at: lines ? 3 : 1) {
        place += (lines ? 3 : 1) + hashes
        return
      }
      if byte == 0x0A, !lines { return }
      place += 1
    }
  }

  private mutating func interpolationPart(_ open: Int, _ levels: inout [Level]) {
    var depth = open
    while let byte = byte() {
      if let hashes = stringStart() {
        levels.append(.interpolation(parentheses: depth))
        levels.append(openString(hashes))
        return
      }
      place += 1
      if byte == UInt8(ascii: "(") { depth += 1 }
      if byte == UInt8(ascii: ")") { depth -= 1 }
      if depth == 0 { return }
    }
  }

  private func hasHashes(_ count: Int, at offset: Int) -> Bool {
    (0..<count).allSatisfy { byte(offset + $0) == UInt8(ascii: "#") }
  }

  private static let longestRegex = 4096

  /// Where a regular expression ends that begins here; nil: none does.
  private func regexEnd() -> Int? {
    var hashes = 0
    while byte(hashes) == UInt8(ascii: "#") { hashes += 1 }
    guard byte(hashes) == UInt8(ascii: "/") else { return nil }
    if hashes == 0 {
      guard let first = byte(1), first > 0x20, !isAfterOperand else { return nil }
    }
    var index = place + hashes + 1
    let limit = min(index + Self.longestRegex, text.count)
    while index < limit {
      if text[index] == UInt8(ascii: "\\") {
        index += 1
      } else if text[index] == 0x0A, hashes == 0 {
        return nil
      } else if text[index] == UInt8(ascii: "/"),
        text[(index + 1)...].prefix(hashes).elementsEqual(repeatElement(UInt8(ascii: "#"), count: hashes))
      {
        return index + 1 + hashes
      }
      index += 1
    }
    return nil
  }

  /// Whether a slash here divides what is before it.
  private var isAfterOperand: Bool {
    guard let last = tokens.last, let end = text[last.range].last else { return false }
    switch last.kind {
    case .literal: return true
    case .word:
      return !["return", "in", "case", "where", "try", "await", "throw", "else", "if", "while", "guard", "switch"]
        .contains(String(decoding: text[last.range], as: UTF8.self))
    case .sign: return [UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ">")].contains(end)
    }
  }
}

func isSwiftDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

func isSwiftWord(_ byte: UInt8) -> Bool {
  byte >= 0x80 || byte == 0x5F || byte == 0x24 || isSwiftDigit(byte) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
}
