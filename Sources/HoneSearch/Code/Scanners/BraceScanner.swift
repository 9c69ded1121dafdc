// Functions and types of languages with braces, found by the head before an opening brace. Not exact, and documented so:
// a grammar for each language would be.

func braceUnits(_ source: SourceLines, hasLifetimes: Bool) -> [CodeUnit] {
  var scanner = BraceScanner(source, blanked: BlankedText.blank(source.text, hasLifetimes: hasLifetimes))
  return scanner.units()
}

private struct BraceScanner {
  private struct Open {
    var unit: Int?
    let parentheses: Int
  }

  private let source: SourceLines
  private let text: [UInt8]  // comments and strings as spaces
  private var found: [(kind: CodeUnit.Kind, name: String, container: String, head: Range<Int>, end: Int)] = []
  private var open: [Open] = []
  private var parentheses = 0

  init(_ source: SourceLines, blanked: [UInt8]) {
    self.source = source
    text = blanked
  }

  mutating func units() -> [CodeUnit] {
    var head = 0
    for (place, byte) in text.enumerated() {
      switch byte {
      case UInt8(ascii: "("), UInt8(ascii: "["): parentheses += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"): parentheses = max(0, parentheses - 1)
      case UInt8(ascii: ";") where parentheses == 0: head = place + 1
      case UInt8(ascii: "\n") where isNoHead(head..<place): head = place + 1
      case UInt8(ascii: "{"):
        let unit = parentheses == 0 && !isDirective(head..<place) ? unit(head..<place) : nil
        open.append(Open(unit: unit, parentheses: parentheses))
        (parentheses, head) = (0, place + 1)
      case UInt8(ascii: "}"):
        if let last = open.popLast() {
          if let unit = last.unit { found[unit].end = place }
          parentheses = last.parentheses
        }
        head = place + 1
      default: break
      }
    }
    for last in open { if let unit = last.unit { found[unit].end = text.count - 1 } }
    return found.map { found in
      let first = source.line(of: found.head.lowerBound)
      let lines = first...max(first, min(source.line(of: found.end), source.count))
      return CodeUnit(
        kind: found.kind, name: found.name, container: found.container,
        signature: source.oneLine(found.head), doc: doc(above: first), lines: lines,
        source: source.string(lines))
    }
  }

  /// Whether a line so far is blank, or one of the preprocessor.
  private func isNoHead(_ range: Range<Int>) -> Bool {
    isDirective(range) || text[range].allSatisfy { $0 <= 0x20 }
  }

  private func isDirective(_ range: Range<Int>) -> Bool {
    text[range].first { $0 > 0x20 } == UInt8(ascii: "#")
  }

  /// Notes what a head declares, if anything.
  private mutating func unit(_ range: Range<Int>) -> Int? {
    guard let start = text[range].firstIndex(where: { $0 > 0x20 }), range.upperBound - start < 2000,
      let (kind, name) = HeadReader(text[start..<range.upperBound]).declared
    else { return nil }
    var end = range.upperBound
    while end > start, text[end - 1] <= 0x20 { end -= 1 }
    let names = open.suffix(64).compactMap { $0.unit.map { found[$0].name } }.suffix(8)
    found.append((kind, name, names.joined(separator: "."), start..<end, end))
    return found.count - 1
  }

  /// The comment that ends in the line above.
  private func doc(above first: Int) -> String {
    var lines: [String] = []
    var line = first - 1
    while line > 0, first - line < 60 {
      let content = source.bytes(line...line).drop { $0 <= 0x20 }
      let marks = ["///", "//!", "//", "/**", "/*", "*/", "*"]
      guard let mark = marks.first(where: { content.starts(with: $0.utf8) }) else { break }
      let text = String(decoding: content.dropFirst(mark.utf8.count), as: UTF8.self)
      lines.append(text.replacing("*/", with: "").trimmingPrefix(while: \.isWhitespace).description)
      if mark.hasPrefix("/*") { break }

      line -= 1
    }
    return lines.reversed().joined(separator: "\n").trimmingPrefix(while: \.isNewline).description
  }
}

/// What the text before an opening brace declares.
private struct HeadReader {
  private let words: [(text: String, before: UInt8, after: UInt8)]  // with the signs around
  private let isArrow: Bool

  init(_ head: ArraySlice<UInt8>) {
    var words: [(text: String, before: UInt8, after: UInt8)] = []
    var place = head.startIndex
    var sign = UInt8(ascii: " ")
    var depth = 0
    while place < head.endIndex {
      let byte = head[place]
      if isSwiftWord(byte), depth == 0 {
        let end = head[place...].firstIndex { !isSwiftWord($0) } ?? head.endIndex
        let next = head[end...].first { $0 > 0x20 } ?? 0
        words.append((String(decoding: head[place..<end], as: UTF8.self), sign, next))
        place = end
        sign = UInt8(ascii: " ")
        continue
      }
      if byte == UInt8(ascii: "(") || byte == UInt8(ascii: "[") { depth += 1 }
      if byte == UInt8(ascii: ")") || byte == UInt8(ascii: "]") { depth -= 1 }
      if byte > 0x20 { sign = byte }
      place += 1
    }
    self.words = words
    let tail = String(decoding: head.suffix(80), as: UTF8.self)
    isArrow = tail.split(whereSeparator: \.isWhitespace).last?.hasSuffix("=>") == true
  }

  var declared: (CodeUnit.Kind, String)? {
    guard let first = words.first, !controls.contains(first.text) else { return nil }
    for (index, word) in words.enumerated() where index + 1 < words.count {
      let next = words[index + 1].text
      if types.contains(word.text), word.before != UInt8(ascii: "."), word.after != UInt8(ascii: "(") {
        return (.type, word.text == "impl" ? words.last?.text ?? next : next)
      }
      if functions.contains(word.text) { return (.function, next) }
    }
    if let call = words.first(where: { $0.after == UInt8(ascii: "(") && !functions.contains($0.text) }),
      !controls.contains(call.text), call.before != UInt8(ascii: "@"), call.before != UInt8(ascii: "=")
    {
      return (.function, call.text)
    }
    let assigned = words.first { $0.after == UInt8(ascii: "=") || $0.after == UInt8(ascii: ":") }
    if let assigned, isArrow || words.contains(where: { $0.text == "function" }) { return (.function, assigned.text) }
    return nil
  }
}

private let types: Set<String> = [
  "class", "struct", "interface", "enum", "trait", "impl", "object", "record", "union", "protocol", "message",
]
private let functions: Set<String> = ["fn", "func", "fun", "function", "def"]
private let controls: Set<String> = [
  "if", "else", "for", "foreach", "while", "do", "switch", "catch", "try", "return", "match", "when", "loop", "unsafe",
  "select", "defer", "go", "case", "guard", "with", "lock", "using", "synchronized", "new", "throw", "await", "finally",
]
