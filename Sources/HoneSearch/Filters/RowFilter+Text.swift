extension RowFilter {
  /// Bytes and levels of nesting that a filter may have.
  package static let longest = 1 << 16
  package static let deepest = 100

  /// Reads a filter such as `Score >= 4 and (lang in ('en', 'de') or not title contains 'beta')`.
  ///
  ///     filter      all ("or" all)*          all   one ("and" one)*          one   "not" one | "(" filter ")" | test
  ///     test        name ("==" | "=" | "!=" | "<" | "<=" | ">" | ">=") value
  ///                 name ["not"] "in" "(" value ("," value)* ")" | name ["not"] "contains" value | name "is" ["not"] "null"
  ///     name        letters, digits, _ and . and - inside, or anything in `backticks`
  ///     value       'text' or "text" (a quote inside is doubled), a number, true, false, null
  ///
  /// Words of the language are the same in upper and lower case.
  package init(parsing text: String) throws(FilterError) {
    guard text.utf8.count <= Self.longest else { throw .tooLong(limit: Self.longest) }
    var parser = FilterParser(tokens: try FilterTokens.tokens(of: text))
    self = try parser.whole()
  }

  /// The same filter, if it speaks of known fields alone.
  package func checked(against known: [String]) throws(FilterError) -> RowFilter {
    if let stranger = fields.sorted().first(where: { !known.contains($0) }) {
      throw .unknownField(stranger, known: known)
    }
    return self
  }
}

struct FilterToken {
  enum Kind: Equatable {
    case name(String)
    /// A name that stood in backticks: never a word of the language.
    case quotedName(String)
    case text(String)
    case number(Double)
    case sign(String)
    case end
  }

  let kind: Kind
  let column: Int
  let source: String

  var word: String? { if case .name(let name) = kind { name.lowercased() } else { nil } }

  func `is`(_ text: String) -> Bool { word == text || kind == .sign(text) }
}

/// Divides a filter into words, signs and values.
struct FilterTokens {
  private let text: [Character]
  private var place = 0

  static func tokens(of text: String) throws(FilterError) -> [FilterToken] {
    var lexer = FilterTokens(text: Array(text))
    var tokens: [FilterToken] = []
    while let token = try lexer.next() { tokens.append(token) }
    tokens.append(FilterToken(kind: .end, column: lexer.text.count + 1, source: "the end"))
    return tokens
  }

  private init(text: [Character]) { self.text = text }

  private mutating func next() throws(FilterError) -> FilterToken? {
    while place < text.count, text[place].isWhitespace { place += 1 }
    guard place < text.count else { return nil }
    let start = place
    let kind = try kind(text[place])
    return FilterToken(kind: kind, column: start + 1, source: "'\(String(text[start..<place]).prefix(40))'")
  }

  private mutating func kind(_ first: Character) throws(FilterError) -> FilterToken.Kind {
    if first == "'" || first == "\"" { return .text(try quoted(first)) }
    if first == "`" { return .quotedName(try quoted(first)) }
    if first.isLetter || first == "_" { return .name(run { $0.isLetter || $0.isNumber || "_.-".contains($0) }) }
    if first.isNumber || first == "-" || first == "+" || first == "." { return try number() }
    for sign in ["==", "!=", "<=", ">=", "<>", "(", ")", ",", "<", ">", "="] where text[place...].starts(with: sign) {
      place += sign.count
      return .sign(sign)
    }
    throw .syntax(column: place + 1, expected: "a name, a value or a comparison", found: "'\(first)'")
  }

  private mutating func run(_ belongs: (Character) -> Bool) -> String {
    let start = place
    while place < text.count, belongs(text[place]) { place += 1 }
    return String(text[start..<place])
  }

  private mutating func number() throws(FilterError) -> FilterToken.Kind {
    let column = place + 1
    var digits = ""
    while place < text.count {
      let character = text[place]
      let isSign = (character == "-" || character == "+") && (digits.isEmpty || "eE".contains(digits.last ?? " "))
      guard character.isLetter || character.isNumber || character == "." || character == "_" || isSign else { break }
      digits.append(character)
      place += 1
    }
    guard let value = Double(digits), value.isFinite else {
      throw .syntax(column: column, expected: "a number", found: "'\(digits.prefix(40))'")
    }
    return .number(value)
  }

  private mutating func quoted(_ quote: Character) throws(FilterError) -> String {
    let column = place + 1
    var result = ""
    place += 1
    while place < text.count {
      let character = text[place]
      place += 1
      if character == quote {
        guard place < text.count, text[place] == quote else { return result }
        place += 1
      }
      result.append(character)
    }
    throw .syntax(column: column, expected: "a closing \(quote)", found: "the end")
  }
}

private struct FilterParser {
  let tokens: [FilterToken]
  private var place = 0
  private var depth = 0

  init(tokens: [FilterToken]) { self.tokens = tokens }

  private var token: FilterToken { tokens[min(place, tokens.count - 1)] }

  private func fail(_ expected: String) -> FilterError {
    .syntax(column: token.column, expected: expected, found: token.source)
  }

  private mutating func take(_ text: String) -> Bool {
    guard token.is(text) else { return false }
    place += 1
    return true
  }

  private mutating func require(_ text: String) throws(FilterError) {
    guard take(text) else { throw fail("'\(text)'") }
  }

  mutating func whole() throws(FilterError) -> RowFilter {
    let filter = try alternatives()
    guard token.kind == .end else { throw fail("'and', 'or' or the end") }
    return filter
  }

  private mutating func alternatives() throws(FilterError) -> RowFilter {
    var filters = [try conjunction()]
    while take("or") { filters.append(try conjunction()) }
    return filters.count == 1 ? filters[0] : .some(filters)
  }

  private mutating func conjunction() throws(FilterError) -> RowFilter {
    var filters = [try one()]
    while take("and") { filters.append(try one()) }
    return filters.count == 1 ? filters[0] : .all(filters)
  }

  private mutating func one() throws(FilterError) -> RowFilter {
    depth += 1
    defer { depth -= 1 }
    guard depth <= RowFilter.deepest else { throw .tooDeep(limit: RowFilter.deepest) }
    if take("not") { return .not(try one()) }
    if take("(") {
      let filter = try alternatives()
      try require(")")
      return filter
    }
    return try test()
  }

  private mutating func test() throws(FilterError) -> RowFilter {
    let field: String
    switch token.kind {
    case .name(let name) where !["and", "or", "in", "is", "contains", "not"].contains(name.lowercased()): field = name
    case .quotedName(let name): field = name
    default: throw fail("a column's name")
    }
    place += 1
    if take("is") {
      let isNegated = take("not")
      try require("null")
      return isNegated ? .not(.isNull(field: field)) : .isNull(field: field)
    }
    let isNegated = take("not")
    if take("in") { return Self.negated(.among(field: field, try list()), isNegated) }
    if take("contains") { return Self.negated(.contains(field: field, try value()), isNegated) }
    guard !isNegated else { throw fail("'in' or 'contains'") }
    guard case .sign(let sign) = token.kind, let comparison = Self.comparison(sign) else {
      throw fail("a comparison (==, !=, <, <=, >, >=, in, contains, is null)")
    }
    place += 1
    return .compare(field: field, comparison, try value())
  }

  private static func negated(_ filter: RowFilter, _ isNegated: Bool) -> RowFilter { isNegated ? .not(filter) : filter }

  private static func comparison(_ sign: String) -> RowFilter.Comparison? {
    switch sign {
    case "=": .equal
    case "<>": .notEqual
    default: RowFilter.Comparison(rawValue: sign)
    }
  }

  private mutating func list() throws(FilterError) -> [FilterValue] {
    try require("(")
    if take(")") { return [] }
    var values = [try value()]
    while take(",") { values.append(try value()) }
    guard take(")") else { throw fail("',' or ')'") }
    return values
  }

  private mutating func value() throws(FilterError) -> FilterValue {
    let value: FilterValue
    switch token.kind {
    case .text(let text): value = .text(text)
    case .number(let number): value = .number(number)
    case .name(let name):
      guard let word = ["true": FilterValue.bool(true), "false": .bool(false), "null": .null][name.lowercased()] else {
        throw fail("a value ('text' in quotes, a number, true, false, null)")
      }
      value = word
    default: throw fail("a value ('text' in quotes, a number, true, false, null)")
    }
    place += 1
    return value
  }
}
