// Functions and classes of Python, found by indentation. Heads that only tell type checkers of an overload are left out.

func pythonUnits(_ source: SourceLines) -> [CodeUnit] {
  var scanner = PythonScanner(source: source)
  return scanner.units()
}

private struct PythonScanner {
  private struct Open {
    let kind: CodeUnit.Kind
    let name: String
    let indent: Int
    let first: Int  // the first byte, decorators included
    let head: PythonStatement
    var docstring: Range<Int>?
    var end: Int
    var hasBody = false
    let index: Int
  }

  let source: SourceLines
  private var open: [Open] = []
  private var done: [(index: Int, unit: CodeUnit)] = []
  private var decorator: Int?
  private var isOverload = false
  private var count = 0

  init(source: SourceLines) { self.source = source }

  mutating func units() -> [CodeUnit] {
    for statement in PythonLines.statements(of: source.text) { take(statement) }
    close(above: -1)
    return done.sorted { $0.index < $1.index }.map(\.unit)
  }

  private mutating func take(_ statement: PythonStatement) {
    close(above: statement.indent - 1)
    for index in open.indices {
      if index == open.count - 1, !open[index].hasBody {
        open[index].docstring = statement.leadingString
      }
      open[index].hasBody = true
      open[index].end = statement.range.upperBound
    }
    if source.text[statement.range.lowerBound] == UInt8(ascii: "@") {
      decorator = decorator ?? statement.range.lowerBound
      isOverload = isOverload || source.text[statement.range].suffix(8).elementsEqual("overload".utf8)
      return
    }
    if !isOverload, let (kind, name) = declared(statement) {
      open.append(
        Open(
          kind: kind, name: name, indent: statement.indent, first: decorator ?? statement.range.lowerBound,
          head: statement, end: statement.range.upperBound, index: count))
      count += 1
    }
    decorator = nil
    isOverload = false
  }

  /// What `def`, `async def` and `class` declare.
  private func declared(_ statement: PythonStatement) -> (CodeUnit.Kind, String)? {
    let head = source.text[statement.range].prefix(512)
    var words = head.split(whereSeparator: { !isSwiftWord($0) }).prefix(3).map { String(decoding: $0, as: UTF8.self) }
    guard let word = words.first, head.starts(with: word.utf8) else { return nil }
    if word == "async" { words.removeFirst() }
    guard words.count >= 2, statement.colon != nil else { return nil }
    switch words[0] {
    case "def": return (.function, words[1])
    case "class" where word == "class": return (.type, words[1])
    default: return nil
    }
  }

  /// Ends everything that is indented by more than `indent`.
  private mutating func close(above indent: Int) {
    while let last = open.last, last.indent > indent {
      open.removeLast()
      let first = source.line(of: last.first)
      let lines = first...max(first, source.line(of: max(last.first, last.end - 1)))
      let colon = last.head.colon ?? last.head.range.upperBound
      done.append(
        (
          last.index,
          CodeUnit(
            kind: last.kind, name: last.name, container: open.suffix(8).map(\.name).joined(separator: "."),
            signature: source.oneLine(last.head.range.lowerBound..<colon), doc: doc(of: last),
            lines: lines, source: source.string(lines))
        ))
    }
  }

  /// The docstring; without one, the comment right above.
  private func doc(of unit: Open) -> String {
    if let docstring = unit.docstring {
      let text = String(decoding: source.text[docstring].prefix(8000), as: UTF8.self)
      return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        .map { $0.drop(while: \.isWhitespace) }.joined(separator: "\n").trimmingPrefix(while: \.isWhitespace)
        .description
    }
    var lines: [String] = []
    var line = source.line(of: unit.first) - 1
    while line > 0, lines.count < 60 {
      let text = source.bytes(line...line).drop { $0 <= 0x20 }
      guard text.first == UInt8(ascii: "#") else { break }
      lines.append(String(decoding: text.drop { $0 == UInt8(ascii: "#") || $0 == 0x20 }, as: UTF8.self))
      line -= 1
    }
    return lines.reversed().joined(separator: "\n")
  }
}
