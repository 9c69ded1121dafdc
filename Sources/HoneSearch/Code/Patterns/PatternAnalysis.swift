extension TrigramQuery {
  /// Trigrams without which a pattern in PCRE's syntax cannot match, so that texts without them need not be searched.
  ///
  /// Errs on one side only: what the analysis does not understand it takes to match anything. The pattern must be one
  /// that PCRE has accepted.
  package init(pattern: String, ignoresCase: Bool) {
    var parser = PatternParser(Array(pattern.unicodeScalars), ignoresCase: ignoresCase)
    self = (try? parser.whole().query) ?? .any
  }
}

/// A construct that the analysis gives up on.
private struct NotAnalysed: Error {}

private struct PatternParser {
  private let scalars: [Unicode.Scalar]
  private var place = 0
  private var ignoresCase: Bool
  private var depth = 0

  init(_ scalars: [Unicode.Scalar], ignoresCase: Bool) {
    self.scalars = scalars
    self.ignoresCase = ignoresCase
  }

  private var next: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

  private func isNext(_ text: String) -> Bool { scalars[place...].starts(with: text.unicodeScalars) }

  private mutating func take(_ text: String) -> Bool {
    guard isNext(text) else { return false }
    place += text.unicodeScalars.count
    return true
  }

  private mutating func skip(past end: Unicode.Scalar) throws(NotAnalysed) {
    guard let found = scalars[place...].firstIndex(of: end) else { throw NotAnalysed() }
    place = found + 1
  }

  private mutating func skip(while condition: (Unicode.Scalar) -> Bool, most: Int = .max) {
    var count = 0
    while let scalar = next, count < most, condition(scalar) {
      place += 1
      count += 1
    }
  }

  mutating func whole() throws(NotAnalysed) -> PatternFragment {
    let result = try alternatives()
    guard next == nil else { throw NotAnalysed() }
    return result
  }

  private mutating func alternatives() throws(NotAnalysed) -> PatternFragment {
    depth += 1
    guard depth < 300 else { throw NotAnalysed() }
    defer { depth -= 1 }
    var result = try sequence()
    while take("|") { result = result.or(try sequence()) }
    return result
  }

  /// Parts one after the other, each with what repeats it. An empty part before a quantifier that does not belong to it
  /// (a comment, an option) is none.
  private mutating func sequence() throws(NotAnalysed) -> PatternFragment {
    var parts: [PatternFragment] = []
    while let scalar = next, scalar != "|", scalar != ")" {
      if let (least, most) = try quantifier() {
        guard let last = parts.popLast() else { throw NotAnalysed() }
        parts.append(last.repeated(least, most))
      } else {
        parts += try atoms()
      }
    }
    return parts.reduce(.empty) { $0.followed(by: $1) }
  }

  private mutating func quantifier() throws(NotAnalysed) -> (Int, Int?)? {
    var result: (Int, Int?)
    switch next {
    case "*": result = (0, nil)
    case "+": result = (1, nil)
    case "?": result = (0, 1)
    case "{":
      guard let braced = try bracedQuantifier() else { return nil }
      result = braced
      place -= 1
    default: return nil
    }
    place += 1
    if next == "+" || next == "?" { place += 1 }
    return result
  }

  /// `{n}`, `{n,}` or `{n,m}`; nil for a brace that stands for itself.
  private mutating func bracedQuantifier() throws(NotAnalysed) -> (Int, Int?)? {
    let start = place
    place += 1
    // Whether these are quantifiers depends on PCRE's version.
    if next == "," || next == " " { throw NotAnalysed() }
    let least = number()
    var most = least
    if take(",") { most = number() }
    if next == " " { throw NotAnalysed() }
    guard let least, take("}") else {
      place = start
      return nil
    }
    return (least, most)
  }

  private mutating func number() -> Int? {
    let start = place
    skip(while: isDigit, most: 6)
    return Int(String(String.UnicodeScalarView(scalars[start..<place])))
  }

  private mutating func atoms() throws(NotAnalysed) -> [PatternFragment] {
    guard let scalar = next else { return [] }
    place += 1
    switch scalar {
    case "(": return try group()
    case "[": return [try characterClass()]
    case "\\": return try escape()
    case ".": return [.unknown]
    case "^", "$": return [.empty]
    default: return [literal(scalar)]
    }
  }

  private func literal(_ scalar: Unicode.Scalar) -> PatternFragment {
    if scalar == "\n" || ignoresCase && !scalar.isASCII { return .unknown }
    return PatternFragment(texts: [foldedForTrigrams(String(scalar).utf8)])
  }
}

// Groups.
extension PatternParser {
  private mutating func group() throws(NotAnalysed) -> [PatternFragment] {
    if next == "*" { throw NotAnalysed() }
    guard take("?") else { return [try groupBody()] }
    if take("#") {
      try skip(past: ")")
      return []
    }
    for mark in [":", "|", ">"] where take(mark) { return [try groupBody()] }
    for mark in ["=", "!", "<=", "<!"] where take(mark) {
      _ = try groupBody()
      return [.empty]
    }
    if isNext("P=") || isNext("P>") || isNext("&") || isNext("R") || isCall {
      try skip(past: ")")
      return [.unknown]
    }
    if take("P<") || take("<") {
      try skip(past: ">")
      return [try groupBody()]
    }
    if take("'") {
      try skip(past: "'")
      return [try groupBody()]
    }
    return try options()
  }

  /// A call of a numbered group: `(?1)`, `(?+1)`, `(?-1)`.
  private var isCall: Bool {
    guard let scalar = next else { return false }
    let follows = place + 1 < scalars.count && isDigit(scalars[place + 1])
    return isDigit(scalar) || (scalar == "+" || scalar == "-") && follows
  }

  private mutating func groupBody() throws(NotAnalysed) -> PatternFragment {
    let outer = ignoresCase
    let result = try alternatives()
    guard take(")") else { throw NotAnalysed() }
    ignoresCase = outer
    return result
  }

  /// `(?i)` for the rest of the group, `(?i:…)` for a group.
  private mutating func options() throws(NotAnalysed) -> [PatternFragment] {
    let outer = ignoresCase
    var turnsOn = true
    while let scalar = next, scalar != ")", scalar != ":" {
      switch scalar {
      case "^": ignoresCase = false
      case "-": turnsOn = false
      case "i": ignoresCase = turnsOn
      case "m", "s", "n", "J", "U": break
      default: throw NotAnalysed()
      }
      place += 1
    }
    if take(":") {
      let inner = ignoresCase
      ignoresCase = outer
      return [try optionBody(inner)]
    }
    guard take(")") else { throw NotAnalysed() }
    if let scalar = next, "*+?{".unicodeScalars.contains(scalar) { throw NotAnalysed() }
    return []
  }

  private mutating func optionBody(_ inner: Bool) throws(NotAnalysed) -> PatternFragment {
    let outer = ignoresCase
    ignoresCase = inner
    let result = try groupBody()
    ignoresCase = outer
    return result
  }
}

// Escapes and classes.
extension PatternParser {
  private mutating func escape() throws(NotAnalysed) -> [PatternFragment] {
    guard let scalar = next else { throw NotAnalysed() }
    place += 1
    switch scalar {
    case "Q": return quoted()
    case "E": return []
    case "b", "B", "A", "Z", "z", "G", "K": return [.empty]
    case "d", "D", "s", "S", "w", "W", "h", "H", "v", "V", "R", "X", "n": return [.unknown]
    case "t": return [literal("\t")]
    case "r": return [literal("\r")]
    case "f": return [literal("\u{C}")]
    case "a": return [literal("\u{7}")]
    case "e": return [literal("\u{1B}")]
    case "x", "o", "p", "P":
      if take("{") { try skip(past: "}") } else { skip(while: isHexDigit, most: scalar == "x" ? 2 : 0) }
      if scalar == "p" || scalar == "P", scalars[place - 1] != "}" { place += 1 }
    case "c": place += 1
    case "g", "k": try reference()
    case _ where isDigit(scalar): skip(while: isDigit)
    case _ where scalar.isASCII && scalar.properties.isAlphabetic: throw NotAnalysed()
    default: return [literal(scalar)]
    }
    guard place <= scalars.count else { throw NotAnalysed() }
    return [.unknown]
  }

  private mutating func quoted() -> [PatternFragment] {
    var result: [PatternFragment] = []
    while let scalar = next, !take("\\E") {
      place += 1
      result.append(literal(scalar))
    }
    return result
  }

  private mutating func reference() throws(NotAnalysed) {
    for (open, close) in [("{", "}"), ("<", ">"), ("'", "'")] as [(String, Unicode.Scalar)] where take(open) {
      return try skip(past: close)
    }
    if next == "+" || next == "-" { place += 1 }
    skip(while: isDigit)
  }

  /// A class of characters, known where it names few.
  private mutating func characterClass() throws(NotAnalysed) -> PatternFragment {
    var isKnown = !take("^")
    var members: [Unicode.Scalar] = []
    var isFirst = true
    while let scalar = next, isFirst || scalar != "]" {
      isFirst = false
      if scalar == "[", try posixClass() {
        isKnown = false
        continue
      }
      let start = try classMember(&isKnown)
      if next == "-", place + 1 < scalars.count, scalars[place + 1] != "]" {
        place += 1
        let end = try classMember(&isKnown)
        if start.value <= end.value, end.value - start.value < 16, end.isASCII {
          members += (start.value...end.value).compactMap(Unicode.Scalar.init)
        } else {
          isKnown = false
        }
      } else {
        members.append(start)
      }
    }
    guard take("]") else { throw NotAnalysed() }
    let isFoldable = members.allSatisfy { $0 != "\n" && ($0.isASCII || !ignoresCase) }
    guard isKnown, isFoldable, members.count <= 16 else { return .unknown }
    return PatternFragment(texts: Set(members.map { foldedForTrigrams(String($0).utf8) }))
  }

  /// Whether a class such as `[:alpha:]` stood here.
  private mutating func posixClass() throws(NotAnalysed) -> Bool {
    guard place + 1 < scalars.count, [":", ".", "="].contains(scalars[place + 1]) else { return false }
    guard let end = scalars[(place + 2)...].firstIndex(where: { $0 != "^" && !("a"..."z").contains($0) }),
      end > place + 2, scalars[place + 1] == ":", scalars[end] == ":", end + 1 < scalars.count, scalars[end + 1] == "]"
    else { throw NotAnalysed() }
    place = end + 2
    return true
  }

  private mutating func classMember(_ isKnown: inout Bool) throws(NotAnalysed) -> Unicode.Scalar {
    guard let scalar = next else { throw NotAnalysed() }
    place += 1
    guard scalar == "\\" else { return scalar }
    guard let escaped = next else { throw NotAnalysed() }
    place += 1
    if ["Q", "E", "c"].contains(escaped) { throw NotAnalysed() }
    if escaped == "t" { return "\t" }
    if escaped.isASCII, escaped.properties.isAlphabetic || isDigit(escaped) { isKnown = false }
    return escaped
  }
}

private func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

private func isHexDigit(_ scalar: Unicode.Scalar) -> Bool { Character(scalar).isHexDigit && scalar.isASCII }
