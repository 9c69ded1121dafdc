/// What a `tokenizer.json` does to a text before it divides it, step after step.
struct TextNormalizer: Sendable {
  enum Step: Sendable {
    case map(CharacterMap)
    case replace([UInt8], with: [UInt8])
    /// Two and more spaces become one text.
    case squeezeSpaces(to: [UInt8])
    case lowercase
    case strip(left: Bool, right: Bool)
    case stripAccents
    /// What SentencePiece does for translation: control characters go, rare kinds of space become a space.
    case cleanForTranslation
    case prepend([UInt8])
  }

  let steps: [Step]

  /// Whether what a text begins with always comes from where the text begins.
  var keepsFirst: Bool {
    steps.allSatisfy { step in
      switch step {
      case .map, .lowercase: true
      default: false
      }
    }
  }

  /// Turns a text into what it becomes.
  ///
  /// Complexity: O(bytes) for each step.
  func normalize(_ text: inout [UInt8], scratch: inout [UInt8]) {
    for step in steps {
      scratch.removeAll(keepingCapacity: true)
      Self.apply(step, to: text.span, into: &scratch)
      swap(&text, &scratch)
    }
  }

  /// Adds what a text becomes.
  private static func apply(_ step: Step, to text: Span<UInt8>, into result: inout [UInt8]) {
    switch step {
    case .map(let map): map.map(text, to: &result)
    case .replace(let old, let new): replace(old, with: new, in: text, into: &result)
    case .squeezeSpaces(let new): squeezeSpaces(to: new, in: text, into: &result)
    case .lowercase: forEachScalar(text) { result += $0.properties.lowercaseMapping.utf8 }
    case .strip(let left, let right): strip(left, right, text, into: &result)
    case .stripAccents: forEachScalar(text) { if !isMark($0) { result += $0.utf8 } }
    case .cleanForTranslation: forEachScalar(text) { if let kept = cleaned($0) { result += kept.utf8 } }
    case .prepend(let prefix): if !text.isEmpty { result += prefix + bytes(text, 0..<text.count) }
    }
  }

  private static func bytes(_ text: Span<UInt8>, _ range: Range<Int>) -> [UInt8] { range.map { text[$0] } }

  private static func forEachScalar(_ text: Span<UInt8>, _ body: (Unicode.Scalar) -> Void) {
    var place = 0
    while place < text.count {
      let (scalar, length) = decodedScalar(text, place, text.count)
      body(scalar)
      place += length
    }
  }

  private static func replace(
    _ old: [UInt8], with new: [UInt8], in text: Span<UInt8>, into result: inout [UInt8]
  ) {
    var place = 0
    while place < text.count {
      if place + old.count <= text.count, old.indices.allSatisfy({ text[place + $0] == old[$0] }) {
        result += new
        place += old.count
      } else {
        result.append(text[place])
        place += 1
      }
    }
  }

  private static func squeezeSpaces(to new: [UInt8], in text: Span<UInt8>, into result: inout [UInt8]) {
    var place = 0
    while place < text.count {
      let start = place
      while place < text.count, text[place] == 0x20 { place += 1 }
      if place - start > 1 {
        result += new
      } else if place > start {
        result.append(0x20)
      } else {
        result.append(text[place])
        place += 1
      }
    }
  }

  private static func strip(_ left: Bool, _ right: Bool, _ text: Span<UInt8>, into result: inout [UInt8]) {
    var (start, end) = (0, text.count)
    if left { start = spaceEnd(text, 0) }
    if right { end = spaceStart(text, text.count, from: start) }
    for index in start..<end { result.append(text[index]) }
  }

  /// Marks as the reference knows them, whose tables are those of Unicode 9.
  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x300, 0x111C9: return false
    case 0x1CF2, 0x1CF3: return true
    default: break
    }
    guard let age = scalar.properties.age, age.major <= 9 else { return false }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: return true
    default: return false
    }
  }

  private static func cleaned(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    switch scalar.value {
    case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x8F, 0x9F: nil
    case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD: " "
    default: scalar
    }
  }
}
