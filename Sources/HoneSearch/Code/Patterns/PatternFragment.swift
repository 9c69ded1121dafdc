/// What is known of the folded texts that a part of a pattern matches.
///
/// Source: the idea of Cox, "Regular Expression Matching with a Trigram Index" (2012), worked out anew.
struct PatternFragment {
  /// All of them, where they are few.
  private(set) var exact: Set<[UInt8]>?
  /// Each begins with one of these, and ends with one of those.
  private(set) var prefixes: Set<[UInt8]>
  private(set) var suffixes: Set<[UInt8]>
  /// The trigrams that each has within itself.
  private var inner: TrigramQuery

  /// Sets of more texts than this are given up.
  private static let mostTexts = 16
  private static let longestText = 256

  static let empty = PatternFragment(texts: [[]])
  /// Any text whatever.
  static let unknown = PatternFragment(exact: nil, prefixes: [[]], suffixes: [[]], inner: .any)

  /// One of few texts.
  init(texts: Set<[UInt8]>) { self.init(exact: texts, prefixes: [], suffixes: [], inner: .any) }

  private init(exact: Set<[UInt8]>?, prefixes: Set<[UInt8]>, suffixes: Set<[UInt8]>, inner: TrigramQuery) {
    (self.exact, self.prefixes, self.suffixes, self.inner) = (exact, prefixes, suffixes, inner)
  }

  /// What a text must have in which this matches.
  var query: TrigramQuery { exact.map { TrigramQuery(containingOneOf: $0.sorted(by: isBefore)) } ?? inner }

  private var starts: Set<[UInt8]> { exact ?? prefixes }
  private var ends: Set<[UInt8]> { exact ?? suffixes }

  func followed(by next: PatternFragment) -> PatternFragment {
    let joined = Self.product(ends, next.starts)
    if exact != nil, next.exact != nil, let joined, joined.allSatisfy({ $0.count <= Self.longestText }) {
      return PatternFragment(texts: joined)
    }
    let across = joined.map { TrigramQuery(containingOneOf: $0.sorted(by: isBefore)) } ?? .any
    return PatternFragment(
      exact: nil,
      prefixes: Self.rim(exact == nil ? prefixes : joined ?? starts, suffix: false),
      suffixes: Self.rim(next.exact == nil ? next.suffixes : joined ?? next.ends, suffix: true),
      inner: .and(.and(query, next.query), across))
  }

  func or(_ other: PatternFragment) -> PatternFragment {
    if let exact, let others = other.exact, exact.union(others).count <= Self.mostTexts {
      return PatternFragment(texts: exact.union(others))
    }
    return PatternFragment(
      exact: nil, prefixes: Self.rim(starts.union(other.starts), suffix: false),
      suffixes: Self.rim(ends.union(other.ends), suffix: true), inner: .or(query, other.query))
  }

  /// Repeated `least` times or more; `most` nil: any number of times.
  func repeated(_ least: Int, _ most: Int?) -> PatternFragment {
    if least == 0 { return most == 0 ? .empty : most == 1 && exact != nil ? or(.empty) : .unknown }
    if least == 1, most == 1 { return self }
    if least == 1 {
      return PatternFragment(
        exact: nil, prefixes: Self.rim(starts, suffix: false), suffixes: Self.rim(ends, suffix: true), inner: query)
    }
    let copies = (1..<min(least, 4)).reduce(self) { result, _ in result.followed(by: self) }
    return least == most && least <= 4 ? copies : copies.followed(by: .unknown)
  }

  /// All texts of `a` followed by all of `b`; nil where these are many.
  private static func product(_ a: Set<[UInt8]>, _ b: Set<[UInt8]>) -> Set<[UInt8]>? {
    guard a.count * b.count <= mostTexts else { return nil }
    return Set(a.flatMap { first in b.map { first + $0 } })
  }

  /// The two bytes at one end of each text: more is not needed to look across the border to the next part.
  private static func rim(_ texts: Set<[UInt8]>, suffix: Bool) -> Set<[UInt8]> {
    for length in [2, 1] {
      let cut = Set(texts.map { Array(suffix ? $0.suffix(length) : $0.prefix(length)) })
      if cut.count <= mostTexts { return cut }
    }
    return [[]]
  }
}

private func isBefore(_ a: [UInt8], _ b: [UInt8]) -> Bool { a.lexicographicallyPrecedes(b) }
