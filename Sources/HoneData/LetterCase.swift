/// Letter case by Unicode's own tables, as `str.lower`, `isupper` and `islower` of Python apply them.
extension [UInt8] {
  /// The text in lower case. A Greek capital sigma at the end of a word becomes the final form.
  func lowercasedText() -> [UInt8] {
    if allSatisfy({ $0 < 0x80 }) { return map { $0 >= 0x41 && $0 <= 0x5a ? $0 | 0x20 : $0 } }
    let scalars = Array<Unicode.Scalar>(String(decoding: self, as: UTF8.self).unicodeScalars)
    var lower = ""
    lower.reserveCapacity(count)
    for (index, scalar) in scalars.enumerated() {
      if scalar == "\u{3a3}" {
        lower.unicodeScalars.append(endsWord(at: index, in: scalars) ? "\u{3c2}" : "\u{3c3}")
      } else {
        lower.unicodeScalars.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
      }
    }
    return Array(lower.utf8)
  }

  /// How many letters are upper case and how many lower case.
  func letterCases() -> (upper: Int, lower: Int) {
    var upper = 0
    var lower = 0
    for scalar in String(decoding: self, as: UTF8.self).unicodeScalars {
      if scalar.isASCII {
        if scalar.value >= 0x41 && scalar.value <= 0x5a { upper += 1 }
        if scalar.value >= 0x61 && scalar.value <= 0x7a { lower += 1 }
      } else if scalar.isLetter {
        if scalar.properties.isUppercase { upper += 1 }
        if scalar.properties.isLowercase { lower += 1 }
      }
    }
    return (upper, lower)
  }
}

extension Unicode.Scalar {
  /// Whether the general category is one of the letters.
  var isLetter: Bool {
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }
}

/// Whether the sigma at `index` follows a cased letter and precedes none (Unicode 3.13, Final_Sigma).
private func endsWord(at index: Int, in scalars: [Unicode.Scalar]) -> Bool {
  let before = scalars[..<index].last { !$0.properties.isCaseIgnorable }
  let after = scalars[(index + 1)...].first { !$0.properties.isCaseIgnorable }
  return before?.properties.isCased ?? false && !(after?.properties.isCased ?? false)
}
