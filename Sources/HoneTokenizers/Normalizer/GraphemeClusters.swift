/// How a character joins its neighbours to one grapheme cluster.
enum GraphemeClass: UInt8 {
  case other, extend, spacing, prepend, control, regional, picture, consonant, linker
  /// Joins what stands before it, but ends a conjunct of consonants.
  case plainExtend
  case leadingJamo, vowelJamo, trailingJamo, openSyllable, joiner, closedSyllable

  /// The class of every character, made when text beyond ASCII is first met.
  private static let table: [UInt8] = {
    var table = [UInt8](repeating: 0, count: 0x110000)
    for (index, change) in graphemeClassChanges.enumerated() {
      let end = index + 1 < graphemeClassChanges.count ? Int(graphemeClassChanges[index + 1] >> 4) : table.count
      for value in Int(change >> 4)..<end { table[value] = UInt8(change & 15) }
    }
    for value in 0xAC00...0xD7A3 where (value - 0xAC00) % 28 != 0 { table[value] = Self.closedSyllable.rawValue }
    return table
  }()

  static func of(_ scalar: Unicode.Scalar) -> GraphemeClass {
    GraphemeClass(rawValue: table[Int(scalar.value)]) ?? .other
  }
}

/// Finds where grapheme clusters end.
///
/// Source: Unicode Standard Annex 29, extended clusters, rules GB3 to GB13.
struct GraphemeCluster {
  private var last: GraphemeClass
  private var lastIsReturn: Bool
  private var regionals = 0
  private var picture = Picture.none
  private var conjunct = Conjunct.none

  private enum Picture { case none, open, joined }
  private enum Conjunct { case none, consonant, linked }

  /// A cluster that begins with a character.
  init(_ first: Unicode.Scalar) {
    last = GraphemeClass.of(first)
    lastIsReturn = first == "\r"
    note(last)
  }

  /// Takes the next character where it belongs to the cluster, and says whether it does.
  mutating func take(_ next: Unicode.Scalar) -> Bool {
    let kind = GraphemeClass.of(next)
    guard joins(kind, next) else { return false }
    note(kind)
    last = kind
    lastIsReturn = next == "\r"
    return true
  }

  private func joins(_ next: GraphemeClass, _ scalar: Unicode.Scalar) -> Bool {
    if last == .control || next == .control { return lastIsReturn && scalar == "\n" }
    switch next {
    case .extend, .plainExtend, .linker, .joiner, .spacing: return true
    default: if last == .prepend { return true }
    }
    switch (last, next) {
    case (.leadingJamo, .leadingJamo), (.leadingJamo, .vowelJamo), (.leadingJamo, .openSyllable),
      (.leadingJamo, .closedSyllable):
      return true
    case (.openSyllable, .vowelJamo), (.openSyllable, .trailingJamo), (.vowelJamo, .vowelJamo),
      (.vowelJamo, .trailingJamo), (.closedSyllable, .trailingJamo), (.trailingJamo, .trailingJamo):
      return true
    case (_, .consonant): return conjunct == .linked
    case (.joiner, .picture): return picture == .joined
    case (.regional, .regional): return regionals % 2 == 1
    default: return false
    }
  }

  private mutating func note(_ kind: GraphemeClass) {
    regionals = kind == .regional ? regionals + 1 : 0
    switch kind {
    case .picture: picture = .open
    case .extend, .plainExtend, .linker: if picture == .joined { picture = .none }
    case .joiner: picture = picture == .open ? .joined : .none
    default: picture = .none
    }
    switch kind {
    case .consonant: conjunct = .consonant
    case .linker: if conjunct == .consonant { conjunct = .linked }
    case .extend, .joiner: break
    default: conjunct = .none
    }
  }
}
