internal import HoneFiles

/// What happens to a text before it is split into words. Field names as in `tokenizer.json`'s `BertNormalizer`.
package struct BertNormalizer: Sendable, Equatable {
  /// Control characters go, and every kind of space becomes a space.
  package var cleansText = true
  /// Chinese characters are words by themselves.
  package var splitsChinese = true
  /// Accents go: canonical decomposition, and then what has no width by itself is left out.
  package var stripsAccents = true
  package var lowercases = true

  package init(cleansText: Bool = true, splitsChinese: Bool = true, stripsAccents: Bool = true, lowercases: Bool = true)
  {
    self.cleansText = cleansText
    self.splitsChinese = splitsChinese
    self.stripsAccents = stripsAccents
    self.lowercases = lowercases
  }

  /// What one character becomes.
  func parts(of scalar: Unicode.Scalar) -> [BertCharacter] {
    if cleansText {
      if Self.isRemoved(scalar) { return [] }
      if scalar.properties.isWhitespace { return [.space] }
    }
    let result = normalized(scalar).map { scalar in
      if scalar.properties.isWhitespace { return BertCharacter.space }
      return Self.isPunctuation(scalar) ? .alone(Array(scalar.utf8)) : .letter(Array(scalar.utf8))
    }
    return splitsChinese && Self.isChinese(scalar) ? [.space] + result + [.space] : result
  }

  private func normalized(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    var scalars = [scalar]
    if stripsAccents {
      scalars = canonicalDecomposition(of: scalar).filter { Self.category(of: $0) != .nonspacingMark }
    }
    return lowercases ? scalars.flatMap { Array($0.properties.lowercaseMapping.unicodeScalars) } : scalars
  }

  /// Characters whose category changed after Unicode 8.
  private static let olderCategories: [UInt32: Unicode.GeneralCategory] = [
    0x166D: .otherPunctuation, 0x1734: .nonspacingMark, 0x1885: .otherLetter, 0x1886: .otherLetter,
    0xA9BD: .spacingMark, 0x111C9: .otherPunctuation, 0x1171E: .nonspacingMark,
  ]

  /// The category of a character as the reference knows it, whose tables are those of Unicode 8: what came later is
  /// unassigned there, which makes it a letter.
  private static func category(of scalar: Unicode.Scalar) -> Unicode.GeneralCategory {
    guard scalar.value > 0x7F else { return scalar.properties.generalCategory }
    guard let age = scalar.properties.age, age.major <= 8 else { return .unassigned }
    if let older = olderCategories[scalar.value] { return older }
    return scalar.properties.generalCategory
  }

  /// Control, format and private characters, and the replacement character.
  private static func isRemoved(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\t", "\n", "\r": return false
    case "\0", "\u{FFFD}": return true
    default: break
    }
    switch category(of: scalar) {
    case .control, .format, .privateUse, .surrogate: return true
    default: return false
    }
  }

  private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 33...47, 58...64, 91...96, 123...126: return true
    default: break
    }
    switch category(of: scalar) {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
      .finalPunctuation, .otherPunctuation:
      return true
    default: return false
    }
  }

  /// The blocks of Chinese characters that BERT knows.
  private static func isChinese(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
      0x2B920...0x2CEAF, 0xF900...0xFAFF, 0x2F800...0x2FA1F:
      return true
    default: return false
    }
  }
}

/// What a character is to the words of a text.
enum BertCharacter: Sendable, Equatable {
  case space
  /// A word of its own.
  case alone([UInt8])
  /// A part of a word.
  case letter([UInt8])
}

/// Splits a text into words while it normalises it.
struct BertWords {
  private let normalizer: BertNormalizer
  private let ascii: [UInt8]  // (128) what each byte becomes; classes below
  private var known: [UInt32: [BertCharacter]] = [:]
  private var range = 0..<0
  private var waiting: [BertCharacter] = []  // of the character that is being taken apart, the last first

  private static let space: UInt8 = 0x80
  private static let removed: UInt8 = 0x81
  private static let alone: UInt8 = 0xC0  // and above: the lower six bits say nothing

  init(_ normalizer: BertNormalizer) {
    self.normalizer = normalizer
    ascii = (UInt8(0)..<128).map { byte in
      switch normalizer.parts(of: Unicode.Scalar(byte)).first {
      case nil: Self.removed
      case .space: Self.space
      case .alone: Self.alone
      case .letter(let bytes): bytes[0]
      }
    }
  }

  mutating func start(_ range: Range<Int>) {
    self.range = range
    waiting.removeAll(keepingCapacity: true)
  }

  /// Adds the next word to `word` and gives its characters; nil at the end.
  mutating func next(_ text: Span<UInt8>, into word: inout [UInt8]) -> Int? {
    var characters = 0
    var place = range.lowerBound
    let end = range.upperBound
    defer { range = place..<end }
    while true {
      if let part = waiting.popLast() {
        switch part {
        case .space: if characters > 0 { return characters }
        case .letter(let bytes):
          word += bytes
          characters += 1
        case .alone(let bytes):
          if characters > 0 {
            waiting.append(part)
            return characters
          }
          word += bytes
          return 1
        }
        continue
      }
      guard place < end else { return characters > 0 ? characters : nil }
      let byte = text[place]
      guard byte < 0x80 else {
        let (scalar, length) = decodedScalar(text, place, end)
        place += length
        waiting += parts(of: scalar).reversed()
        continue
      }
      switch ascii[Int(byte)] {
      case Self.space:
        place += 1
        if characters > 0 { return characters }
      case Self.removed: place += 1
      case Self.alone:
        if characters > 0 { return characters }
        word.append(byte)
        place += 1
        return 1
      case let letter:
        word.append(letter)
        characters += 1
        place += 1
      }
    }
  }

  /// Adds a part of a text as it is after normalisation, every white space as a space.
  mutating func normalize(_ text: Span<UInt8>, _ range: Range<Int>, into result: inout [UInt8]) {
    var place = range.lowerBound
    while place < range.upperBound {
      let (scalar, length) = decodedScalar(text, place, range.upperBound)
      place += length
      for part in parts(of: scalar) {
        switch part {
        case .space: result.append(0x20)
        case .letter(let bytes), .alone(let bytes): result += bytes
        }
      }
    }
  }

  private mutating func parts(of scalar: Unicode.Scalar) -> [BertCharacter] {
    if let parts = known[scalar.value] { return parts }
    let parts = normalizer.parts(of: scalar)
    known[scalar.value] = parts
    return parts
  }
}
