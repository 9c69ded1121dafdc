/// Three bytes in a row of folded text, as one number below 2²⁴.
package typealias Trigram = UInt32

/// Text as the trigram index sees it, so that one index serves patterns of either case.
///
/// A–Z become a–z; so do the two letters beyond ASCII whose lower case is in it: the Kelvin sign and the long s.
/// A part of a text that consists of whole characters folds to a part of the folded text.
package func foldedForTrigrams(_ bytes: some Sequence<UInt8>) -> [UInt8] {
  var result: [UInt8] = []
  for byte in bytes {
    result.append(byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte)
    if byte == 0xAA, result.suffix(3).elementsEqual([0xE2, 0x84, 0xAA]) {
      result.replaceSubrange(result.count - 3..<result.count, with: [UInt8(ascii: "k")])
    } else if byte == 0xBF, result.suffix(2).elementsEqual([0xC5, 0xBF]) {
      result.replaceSubrange(result.count - 2..<result.count, with: [UInt8(ascii: "s")])
    }
  }
  return result
}

/// The trigrams of folded bytes in which there is no line's end, in order, some of them repeatedly.
package func trigrams(ofFolded bytes: [UInt8]) -> [Trigram] {
  guard bytes.count >= 3 else { return [] }
  var result: [Trigram] = []
  var window = Trigram(bytes[0]) << 8 | Trigram(bytes[1])
  for index in 2..<bytes.count {
    window = (window << 8 | Trigram(bytes[index])) & 0xFF_FFFF
    if bytes[index] != 0x0A, bytes[index - 1] != 0x0A, bytes[index - 2] != 0x0A { result.append(window) }
  }
  return result
}

/// Gathers the different trigrams of one text after the other.
struct TrigramSet {
  private var seen = [UInt64](repeating: 0, count: 1 << 18)  // a bit for each trigram

  /// Rising, each once.
  mutating func distinct(in text: [UInt8]) -> [Trigram] {
    var result: [Trigram] = []
    for trigram in trigrams(ofFolded: foldedForTrigrams(text)) {
      let (word, bit) = (Int(trigram >> 6), UInt64(1) << UInt64(trigram & 63))
      if seen[word] & bit == 0 {
        seen[word] |= bit
        result.append(trigram)
      }
    }
    for trigram in result { seen[Int(trigram >> 6)] = 0 }
    return result.sorted()
  }
}

/// Which trigrams a text must have, so that a pattern can match in it.
package indirect enum TrigramQuery: Equatable, Sendable {
  /// Every text may match.
  case any
  case trigram(Trigram)
  case all([TrigramQuery])
  case some([TrigramQuery])

  static func and(_ a: TrigramQuery, _ b: TrigramQuery) -> TrigramQuery {
    switch (a, b) {
    case (.any, let other), (let other, .any): other
    case (.all(let a), .all(let b)): .all(Array(union(a, b).prefix(mostParts)))
    case (.all(let a), let b): .all(Array(union(a, [b]).prefix(mostParts)))
    case (let a, .all(let b)): .all(Array(union([a], b).prefix(mostParts)))
    default: a == b ? a : .all([a, b])
    }
  }

  static func or(_ a: TrigramQuery, _ b: TrigramQuery) -> TrigramQuery {
    switch (a, b) {
    case (.any, _), (_, .any): .any
    case (.some(let a), .some(let b)): a.count + b.count > mostParts ? .any : .some(union(a, b))
    case (.some(let a), let b): a.count >= mostParts ? .any : .some(union(a, [b]))
    case (let a, .some(let b)): b.count >= mostParts ? .any : .some(union([a], b))
    default: a == b ? a : .some([a, b])
    }
  }

  /// Parts that one query has at most: what is more makes it no narrower in practice.
  private static let mostParts = 256

  private static func union(_ a: [TrigramQuery], _ b: [TrigramQuery]) -> [TrigramQuery] {
    a + b.filter { !a.contains($0) }
  }

  /// That a folded text stands somewhere.
  init(containing folded: [UInt8]) {
    self = trigrams(ofFolded: folded).reduce(.any) { .and($0, .trigram($1)) }
  }

  /// That one of several folded texts stands somewhere.
  init(containingOneOf texts: some Collection<[UInt8]>) {
    guard let first = texts.first else {
      self = .any
      return
    }
    self = texts.dropFirst().reduce(TrigramQuery(containing: first)) { .or($0, TrigramQuery(containing: $1)) }
  }

  /// Whether a text with these trigrams may match.
  package func admits(_ has: (Trigram) -> Bool) -> Bool {
    switch self {
    case .any: true
    case .trigram(let trigram): has(trigram)
    case .all(let parts): parts.allSatisfy { $0.admits(has) }
    case .some(let parts): parts.contains { $0.admits(has) }
    }
  }
}

extension TrigramQuery {
  /// The numbers of the texts that may match, rising; nil: all of them.
  func candidates(in lists: PostingLists) throws(CodeIndexError) -> [Int]? {
    switch self {
    case .any: return nil
    case .trigram(let trigram): return try lists.numbers(of: UInt64(trigram))
    case .all(let parts):
      var result: [Int]?
      for part in parts {
        guard let found = try part.candidates(in: lists) else { continue }
        result = result.map { common($0, found) } ?? found
        if result?.isEmpty == true { return [] }
      }
      return result
    case .some(let parts):
      var result: Set<Int> = []
      for part in parts {
        guard let found = try part.candidates(in: lists) else { return nil }
        result.formUnion(found)
      }
      return result.sorted()
    }
  }
}

/// The numbers of two rising lists that both have.
private func common(_ a: [Int], _ b: [Int]) -> [Int] {
  var result: [Int] = []
  var (i, j) = (0, 0)
  while i < a.count, j < b.count {
    if a[i] == b[j] { result.append(a[i]) }
    (i, j) = (a[i] <= b[j] ? i + 1 : i, b[j] <= a[i] ? j + 1 : j)
  }
  return result
}
