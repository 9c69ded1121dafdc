// Functions, initialisers, subscripts, computed properties and types of Swift, found in its tokens. A scanner of our
// own, since the compiler's parser as a package takes longer to build than all of Hone.

func swiftUnits(_ source: SourceLines) -> [CodeUnit] {
  var scanner = SwiftScanner(source)
  return scanner.units()
}

private struct SwiftScanner {
  private struct Found {
    let kind: CodeUnit.Kind
    let name: String
    let container: String
    let doc: String
    let head: Range<Int>  // in the text
    var end: Int  // the last byte
  }

  /// An open brace, and what opened it.
  private struct Brace {
    var parentheses = 0
    var unit: Int?
  }

  private let source: SourceLines
  private let tokens: [SwiftToken]
  private var found: [Found] = []
  private var braces = [Brace()]
  private var bodies: [Int: Int] = [:]  // the token of an opening brace: the unit
  private var conditions: [Int] = []  // open braces at each open #if
  private var head: Int?  // the first of the modifiers and attributes before the token at hand

  init(_ source: SourceLines) {
    self.source = source
    tokens = SwiftTokens.tokens(of: source.text)
  }

  private func word(_ index: Int) -> String {
    index < tokens.count ? String(decoding: source.text[tokens[index].range], as: UTF8.self) : ""
  }

  mutating func units() -> [CodeUnit] {
    var index = 0
    while index < tokens.count { index = step(index) }
    for brace in braces { close(brace, at: source.text.count - 1) }
    return found.map { found in
      let last = max(source.line(of: found.head.lowerBound), min(source.line(of: found.end), source.count))
      let lines = source.line(of: found.head.lowerBound)...last
      return CodeUnit(
        kind: found.kind, name: found.name, container: found.container,
        signature: source.oneLine(found.head), doc: found.doc, lines: lines,
        source: source.string(lines))
    }
  }

  /// Takes one token, or a modifier with its arguments; gives the next one.
  private mutating func step(_ index: Int) -> Int {
    switch tokens[index].kind {
    case .literal: head = nil
    case .sign:
      sign(source.text[tokens[index].range.lowerBound], index)
      head = nil
    case .word:
      let text = word(index)
      if text.hasPrefix("#") {
        condition(text, index)
      } else if braces.last?.parentheses == 0 {
        if isModifier(text, index) {
          head = head ?? index
          return word(index + 1) == "(" ? afterParentheses(index + 1) : index + 1
        }
        declaration(text, index)
      }
      head = nil
    }
    return index + 1
  }

  private mutating func sign(_ byte: UInt8, _ index: Int) {
    let top = braces.count - 1
    switch byte {
    case UInt8(ascii: "("), UInt8(ascii: "["): braces[top].parentheses += 1
    case UInt8(ascii: ")"), UInt8(ascii: "]"): braces[top].parentheses = max(0, braces[top].parentheses - 1)
    case UInt8(ascii: "{"): braces.append(Brace(unit: bodies[index]))
    case UInt8(ascii: "}"):
      guard braces.count > 1, let brace = braces.popLast() else { return }
      close(brace, at: tokens[index].range.lowerBound)
    default: break
    }
  }

  private mutating func close(_ brace: Brace, at place: Int) {
    if let unit = brace.unit { found[unit].end = max(place, found[unit].end) }
  }

  /// The branches of `#if` may each open the same brace: at the next branch those of the one before are closed.
  private mutating func condition(_ text: String, _ index: Int) {
    switch text {
    case "#if": conditions.append(braces.count)
    case "#else", "#elseif":
      guard let count = conditions.last else { return }
      while braces.count > count, let brace = braces.popLast() { close(brace, at: tokens[index].range.lowerBound - 1) }
    case "#endif": _ = conditions.popLast()
    default: break
    }
  }

  private func isModifier(_ text: String, _ index: Int) -> Bool {
    if text.hasPrefix("@") { return true }
    if text == "class" {
      return ["func", "var", "let", "subscript"].contains(word(index + 1)) || modifiers.contains(word(index + 1))
    }
    return modifiers.contains(text)
  }

  /// The token after the parenthesis that closes the one at `index`.
  private func afterParentheses(_ index: Int) -> Int {
    var depth = 0
    for place in index..<min(index + longestHead, tokens.count) where tokens[place].kind == .sign {
      let byte = source.text[tokens[place].range.lowerBound]
      if byte == UInt8(ascii: "(") { depth += 1 }
      if byte == UInt8(ascii: ")") { depth -= 1 }
      if depth == 0 { return place + 1 }
      if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}") { return index + 1 }
    }
    return index + 1
  }

  private mutating func declaration(_ keyword: String, _ index: Int) {
    let before = index > 0 ? word(index - 1) : ""
    guard before != ".", before != "import", let (kind, name, after) = named(keyword, index) else { return }
    let end = headEnd(from: after, property: keyword == "var")
    guard end.hasBody || keyword != "var" else { return }
    let start = head ?? index
    let first = tokens[start].range.lowerBound
    let last = end.hasBody ? tokens[end.token].range.lowerBound : tokens[max(index, end.token - 1)].range.upperBound
    if end.hasBody { bodies[end.token] = found.count }
    let names = braces.suffix(64).compactMap { $0.unit.map { found[$0].name } }.suffix(8)
    found.append(
      Found(
        kind: kind, name: name, container: names.joined(separator: "."),
        doc: [tokens[start].doc, start == index ? "" : tokens[index].doc].joined(separator: "\n").trimmed,
        head: first..<last, end: last - 1))
  }

  /// What a keyword declares, and the token after the name.
  private func named(_ keyword: String, _ index: Int) -> (CodeUnit.Kind, String, Int)? {
    let next = word(index + 1)
    switch keyword {
    case "func":
      guard index + 1 < tokens.count else { return nil }
      if tokens[index + 1].kind == .word { return (.function, next.plainName, index + 2) }
      var end = index + 1
      while end < tokens.count, tokens[end].kind == .sign, word(end) != "(",
        end == index + 1 || tokens[end].range.lowerBound == tokens[end - 1].range.upperBound
      {
        end += 1
      }
      return end > index + 1 ? (.function, (index + 1..<end).map { word($0) }.joined(), end) : nil
    case "init": return ["(", "<", "?", "!"].contains(next) ? (.function, keyword, index + 1) : nil
    case "deinit": return next == "{" ? (.function, keyword, index + 1) : nil
    case "subscript": return ["(", "<"].contains(next) ? (.function, keyword, index + 1) : nil
    case "var": return isWord(index + 1) ? (.function, next.plainName, index + 2) : nil
    case "struct", "class", "enum", "actor", "protocol", "extension":
      guard isWord(index + 1), !tokens[index + 1].startsLine else { return nil }
      var (name, end) = (next.plainName, index + 2)
      while word(end) == ".", isWord(end + 1) {
        name += "." + word(end + 1).plainName
        end += 2
      }
      return (.type, name, end)
    default: return nil
    }
  }

  private func isWord(_ index: Int) -> Bool { index < tokens.count && tokens[index].kind == .word }

  /// The brace that opens the body, or the token before which a declaration without one ends.
  private func headEnd(from start: Int, property: Bool) -> (token: Int, hasBody: Bool) {
    var depth = 0
    let limit = min(start + longestHead, tokens.count)
    for index in start..<max(start, limit) {
      let text = word(index)
      if depth == 0 {
        if text == "{" { return (index, true) }
        if text == "}" || text == ";" || property && text == "=" || text.hasPrefix("#") { return (index, false) }
        if tokens[index].startsLine, !continues(text), !isOpen(index - 1) { return (index, false) }
      }
      if tokens[index].kind == .sign {
        if text == "(" || text == "[" { depth += 1 }
        if text == ")" || text == "]" { depth -= 1 }
        if depth < 0 { return (index, false) }
      }
    }
    return (max(start, limit), false)
  }

  /// Whether a line that begins so goes on with the head above it.
  private func continues(_ text: String) -> Bool {
    ["-", "where", "throws", "rethrows", "async", "(", ")", ":", ",", "&", ".", ">", "="].contains(text)
  }

  /// Whether a head whose line ends with this token goes on in the next.
  private func isOpen(_ last: Int) -> Bool {
    if word(last) == ">" { return last > 0 && word(last - 1) == "-" }
    return [":", ",", "&", "where", "=", ".", "<"].contains(word(last))
  }
}

/// Tokens that a declaration's head has at most.
private let longestHead = 4000

private let modifiers: Set<String> = [
  "public", "private", "fileprivate", "internal", "package", "open", "static", "final", "override", "mutating",
  "nonmutating", "isolated", "nonisolated", "lazy", "weak", "unowned", "dynamic", "required", "convenience", "indirect",
  "prefix", "postfix", "infix", "consuming", "borrowing", "distributed", "optional", "sending",
]

extension String {
  /// A name without the backticks around it.
  fileprivate var plainName: String { hasPrefix("`") && hasSuffix("`") ? String(dropFirst().dropLast()) : self }

  fileprivate var trimmed: String {
    var text = self[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
