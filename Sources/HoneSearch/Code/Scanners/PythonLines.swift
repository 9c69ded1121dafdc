/// A statement of Python: what stands between two ends of lines that count.
struct PythonStatement {
  let range: Range<Int>  // in the text, from its first sign on
  let indent: Int  // columns, tabs to the next multiple of 8
  /// The colon that ends the head of a compound statement; nil: there is none outside brackets and strings.
  let colon: Int?
  /// The text literal that it begins with, without prefix and quotes.
  let leadingString: Range<Int>?
}

/// Divides Python into statements: strings of all kinds, brackets and backslashes keep lines together; comments and
/// blank lines are left out.
struct PythonLines {
  private let text: [UInt8]
  private var place = 0
  private var result: [PythonStatement] = []

  static func statements(of text: [UInt8]) -> [PythonStatement] {
    var lines = PythonLines(text: text)
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { lines.place = 3 }
    while lines.place < text.count { lines.statement() }
    return lines.result
  }

  private init(text: [UInt8]) { self.text = text }

  private var byte: UInt8? { place < text.count ? text[place] : nil }

  private mutating func statement() {
    let indent = indentation()
    guard let first = byte else { return }
    if first == newline {
      place += 1
      return
    }
    if first == hash { return skipComment() }
    let start = place
    let leading = leadingString()
    var (colon, end, depth): (Int?, Int, Int) = (nil, place, 0)
    while let byte = byte {
      if byte == newline, depth == 0 { break }
      switch byte {
      case hash:
        skipComment()
        continue
      case UInt8(ascii: "\\") where place + 1 < text.count: place += text[place + 1] == 0x0D ? 3 : 2
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
        depth += 1
        place += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
        depth = max(0, depth - 1)
        place += 1
      case UInt8(ascii: "\""), UInt8(ascii: "'"): skipString(formatted: isFormatted)
      case UInt8(ascii: ":"):
        if depth == 0, colon == nil { colon = place }
        place += 1
      default: place += 1
      }
      place = min(place, text.count)
      if byte > 0x20 { end = place }
    }
    place = min(place + 1, text.count)
    result.append(
      PythonStatement(
        range: start..<max(end, start + 1), indent: indent, colon: colon, leadingString: leading))
  }

  private mutating func indentation() -> Int {
    var columns = 0
    while let byte = byte {
      switch byte {
      case 0x20: columns += 1
      case 0x09: columns = (columns / 8 + 1) * 8
      case 0x0C: columns = 0
      case 0x0D: break
      default: return columns
      }
      place += 1
    }
    return columns
  }

  private mutating func skipComment() {
    while let byte = byte, byte != newline { place += 1 }
  }

  /// The content of a string that the statement begins with; the place stays after it.
  private mutating func leadingString() -> Range<Int>? {
    var quote = place
    while quote < text.count, quote - place < 2, "rRuUbB".utf8.contains(text[quote]) { quote += 1 }
    guard quote < text.count, text[quote] == UInt8(ascii: "\"") || text[quote] == UInt8(ascii: "'") else { return nil }
    place = quote
    let size = isTriple ? 3 : 1
    skipString(formatted: false)
    return quote + size..<max(quote + size, place - size)
  }

  private var isTriple: Bool {
    place + 2 < text.count && text[place + 1] == text[place] && text[place + 2] == text[place]
  }

  /// Whether the letters before the quote at hand make it a formatted string.
  private var isFormatted: Bool {
    var index = place - 1
    while index >= 0, place - index <= 2, "rRbBuU".utf8.contains(text[index]) { index -= 1 }
    guard index >= 0, "fFtT".utf8.contains(text[index]) else { return false }
    if index > 0, "rRbBuU".utf8.contains(text[index - 1]) { index -= 1 }
    return index == 0 || !isSwiftWord(text[index - 1])
  }

  /// Goes past a string; one of a single line ends with the line at the latest.
  private mutating func skipString(formatted: Bool, depth: Int = 0) {
    guard let quote = byte else { return }
    let triple = isTriple
    place += triple ? 3 : 1
    while let byte = byte {
      if byte == UInt8(ascii: "\\") {
        place = min(place + 2, text.count)
      } else if byte == quote, !triple || isTriple {
        place += triple ? 3 : 1
        return
      } else if byte == newline, !triple {
        return
      } else if byte == UInt8(ascii: "{"), formatted, depth < 16 {
        place += 1
        if self.byte == byte { place += 1 } else { skipField(outer: quote, triple: triple, depth: depth) }
      } else {
        place += 1
      }
    }
  }

  /// Goes past an expression inside a formatted string, which may hold strings with the same quotes.
  private mutating func skipField(outer quote: UInt8, triple: Bool, depth: Int) {
    var open = 1
    while let byte = byte, open > 0 {
      if byte == newline, !triple { return }
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        if triple, byte == quote, isTriple { return }
        skipString(formatted: isFormatted, depth: depth + 1)
        continue
      }
      if byte == UInt8(ascii: "{") { open += 1 }
      if byte == UInt8(ascii: "}") { open -= 1 }
      place += 1
    }
  }
}

private let newline = UInt8(ascii: "\n")
private let hash = UInt8(ascii: "#")
