/// A value of a field, as a row has it or a filter names it.
package enum FilterValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case text(String)
  case list([FilterValue])

  /// Text compared with a number counts as the number that it spells, and with true or false as that word; so the cells
  /// of a table need no types of their own.
  private func matched(to other: FilterValue) -> FilterValue {
    guard case .text(let text) = self else { return self }
    switch other {
    case .number: return Double(text).map { .number($0) } ?? self
    case .bool: return ["true": .bool(true), "false": .bool(false)][text.lowercased()] ?? self
    default: return self
    }
  }

  /// Whether both are the same; values of different kinds are not, and null is only null.
  func equals(_ other: FilterValue) -> Bool { matched(to: other) == other.matched(to: self) }

  /// Whether this comes before the other; nil for values that have no order. Text is ordered by its Unicode scalars.
  func precedes(_ other: FilterValue) -> Bool? {
    switch (matched(to: other), other.matched(to: self)) {
    case (.number(let a), .number(let b)): a.isNaN || b.isNaN ? nil : a < b
    case (.text(let a), .text(let b)): a.unicodeScalars.lexicographicallyPrecedes(b.unicodeScalars)
    default: nil
    }
  }
}

/// Which rows are wanted.
///
/// A field that a row lacks is null. There are two answers, no third: `!=` and `not in` say the contrary of `==` and
/// `in`, so they hold for rows that lack the field; an order (`<`, `>=`, …) holds only between two numbers or two texts.
package indirect enum RowFilter: Sendable, Equatable {
  package enum Comparison: String, Sendable, CaseIterable {
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
  }

  case compare(field: String, Comparison, FilterValue)
  case among(field: String, [FilterValue])
  /// A text has a part, or a list an element.
  case contains(field: String, FilterValue)
  case isNull(field: String)
  case not(RowFilter)
  /// Of none: every row.
  case all([RowFilter])
  /// Of none: no row.
  case some([RowFilter])

  /// Whether a row is wanted.
  package func matches(_ row: [String: FilterValue]) -> Bool { matches { row[$0] ?? .null } }

  /// Whether the row is wanted whose fields `value` gives.
  package func matches(_ value: (String) -> FilterValue) -> Bool {
    switch self {
    case .compare(let field, let comparison, let wanted): Self.holds(value(field), comparison, wanted)
    case .among(let field, let wanted): wanted.contains { value(field).equals($0) }
    case .contains(let field, let wanted): Self.has(value(field), wanted)
    case .isNull(let field): value(field) == .null
    case .not(let filter): !filter.matches(value)
    case .all(let filters): filters.allSatisfy { $0.matches(value) }
    case .some(let filters): filters.contains { $0.matches(value) }
    }
  }

  private static func holds(_ a: FilterValue, _ comparison: Comparison, _ b: FilterValue) -> Bool {
    switch comparison {
    case .equal: a.equals(b)
    case .notEqual: !a.equals(b)
    case .less: a.precedes(b) == true
    case .greaterOrEqual: a.precedes(b) == false
    case .greater: b.precedes(a) == true
    case .lessOrEqual: b.precedes(a) == false
    }
  }

  private static func has(_ value: FilterValue, _ wanted: FilterValue) -> Bool {
    switch (value, wanted) {
    case (.text(let text), .text(let part)):
      part.isEmpty || !Array(text.utf8).ranges(of: Array(part.utf8)).isEmpty
    case (.list(let values), _): values.contains { $0.equals(wanted) }
    default: false
    }
  }

  /// The fields it speaks of.
  package var fields: Set<String> {
    switch self {
    case .compare(let field, _, _), .among(let field, _), .contains(let field, _), .isNull(let field): [field]
    case .not(let filter): filter.fields
    case .all(let filters), .some(let filters): filters.reduce(into: []) { $0.formUnion($1.fields) }
    }
  }
}

/// Why a filter cannot be read, as facts.
package enum FilterError: Error, Equatable, Sendable {
  /// `column` counts characters from 1.
  case syntax(column: Int, expected: String, found: String)
  case tooDeep(limit: Int)
  case tooLong(limit: Int)
  case unknownField(String, known: [String])
  /// `place` is a way into the document, such as `filters[1].value`.
  case json(place: String, expected: String, found: String)
}

extension FilterError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .syntax(let column, let expected, let found):
      "where, column \(column): expected \(expected), found \(found); "
        + "write as in: Score >= 4 and (lang in ('en', 'de') or not title contains 'beta')"
    case .tooDeep(let limit): "where: expected at most \(limit) levels of nesting, found more; write it flatter"
    case .tooLong(let limit): "where: expected at most \(limit) bytes, found more; write it shorter"
    case .unknownField(let field, let known):
      "where: expected one of the columns \(known.prefix(30).joined(separator: ", ")), found '\(field)'; "
        + "put names with spaces in `backticks`, and texts in 'quotes'"
    case .json(let place, let expected, let found): "\(place): expected \(expected), found \(found); mend the filter"
    }
  }
}
