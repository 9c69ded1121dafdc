/// What the words of GPT-2's pattern are made of.
enum CharacterClass: UInt8 {
  case letter, number, space, other

  /// The class of a character of ASCII.
  static let ascii: [CharacterClass] = (UInt8(0)..<128).map { of(Unicode.Scalar($0)) }

  /// Letters are the general categories L*, numbers N*, space is White_Space.
  static func of(_ scalar: Unicode.Scalar) -> CharacterClass {
    let properties = scalar.properties
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return .letter
    case .decimalNumber, .letterNumber, .otherNumber: return .number
    default: return properties.isWhitespace ? .space : .other
    }
  }
}
