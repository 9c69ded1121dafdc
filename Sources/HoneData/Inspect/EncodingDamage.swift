/// Marks that a text took on the way through a wrong encoding or an unfinished conversion.
package enum EncodingDamage: String, Sendable, Codable, CaseIterable {
  /// UTF-8 that was read as Windows-1252, such as `Ã©` for `é`.
  case mojibake
  /// The replacement character U+FFFD: bytes were lost.
  case replacementCharacter
  case nul
  /// Control characters other than tab, line feed and carriage return.
  case controlCharacter
  /// A byte order mark, at the start or inside.
  case byteOrderMark
  /// `&amp;`, `&#39;`, `&nbsp;` and their like.
  case htmlEntity
}

extension EncodingDamage {
  /// The kinds of damage in a text, none for a sound one.
  package static func found(in text: [UInt8]) -> [EncodingDamage] {
    guard text.contains(where: { $0 >= 0x7f || $0 < 0x20 || $0 == UInt8(ascii: "&") }) else { return [] }
    let scalars = Array<Unicode.Scalar>(String(decoding: text, as: UTF8.self).unicodeScalars)
    return allCases.filter { $0.isFound(in: scalars) }
  }

  private func isFound(in scalars: [Unicode.Scalar]) -> Bool {
    switch self {
    case .mojibake: hasMojibake(scalars)
    case .replacementCharacter: scalars.contains("\u{fffd}")
    case .nul: scalars.contains("\0")
    case .controlCharacter: scalars.contains { $0.isStrayControl }
    case .byteOrderMark: scalars.contains("\u{feff}")
    case .htmlEntity: hasEntity(scalars)
    }
  }
}

extension Unicode.Scalar {
  fileprivate var isStrayControl: Bool {
    switch value {
    case 0x09, 0x0a, 0x0d, 0: false
    case 0x01..<0x20, 0x7f..<0xa0: true
    default: false
    }
  }

  /// The byte that Windows-1252 writes this character with; bytes without one stand for themselves.
  fileprivate var windows1252: UInt8? {
    if value < 0x100 { return UInt8(value) }
    return windows1252Specials[value]
  }
}

/// Whether characters read as bytes of Windows-1252 form UTF-8 sequences.
///
/// Sequences led by Ã, Â or a three- or four-byte lead count at once; the other two-byte leads are letters that
/// may well stand before a quotation mark (`CAFÉ»`), so two sequences in a row are needed.
private func hasMojibake(_ scalars: [Unicode.Scalar]) -> Bool {
  var index = 0
  var chain = 0
  while index < scalars.count {
    guard let length = sequenceLength(scalars, at: index) else {
      chain = 0
      index += 1
      continue
    }
    chain += 1
    let isSure = length > 2 || scalars[index] == "\u{c3}" || scalars[index] == "\u{c2}"
    if isSure || chain > 1 { return true }
    index += length
  }
  return false
}

/// The length of the UTF-8 sequence that the characters from `start` would be as bytes, nil when they are none.
private func sequenceLength(_ scalars: [Unicode.Scalar], at start: Int) -> Int? {
  let length: Int
  switch scalars[start].windows1252 ?? 0 {
  case 0xc2...0xdf: length = 2
  case 0xe0...0xef: length = 3
  case 0xf0...0xf4: length = 4
  default: return nil
  }
  guard start + length <= scalars.count else { return nil }
  let rest = scalars[(start + 1)..<(start + length)]
  return rest.allSatisfy { $0.windows1252?.isContinuation ?? false } ? length : nil
}

/// Whether `&name;`, `&#123;` or `&#x1f;` stands somewhere.
private func hasEntity(_ scalars: [Unicode.Scalar]) -> Bool {
  for start in scalars.indices where scalars[start] == "&" {
    let body = scalars[(start + 1)...].prefix(10)
    guard let end = body.firstIndex(of: ";"), end > start + 1 else { continue }
    if isEntityName(scalars[(start + 1)..<end]) { return true }
  }
  return false
}

private func isEntityName(_ name: ArraySlice<Unicode.Scalar>) -> Bool {
  guard name.first == "#" else {
    return entityNames.contains(name.reduce(into: "") { $0.unicodeScalars.append($1) })
  }
  let digits = name.dropFirst()
  guard let mark = digits.first else { return false }
  guard mark == "x" || mark == "X" else { return digits.allSatisfy { ("0"..."9").contains($0) } }
  return digits.count > 1 && digits.dropFirst().allSatisfy { $0.properties.isASCIIHexDigit }
}

private let entityNames: Set<String> = [
  "amp", "lt", "gt", "quot", "apos", "nbsp", "copy", "reg", "trade", "hellip", "mdash", "ndash", "lsquo", "rsquo",
  "ldquo", "rdquo", "laquo", "raquo", "bull", "middot", "deg", "euro", "pound", "yen", "cent", "sect", "para",
  "times", "divide", "plusmn", "frac12", "auml", "ouml", "uuml", "Auml", "Ouml", "Uuml", "szlig", "eacute", "egrave",
  "agrave", "aacute", "ccedil", "ntilde", "oacute", "iacute", "uacute", "ecirc", "acirc", "aring", "oslash",
]

/// Characters of Windows-1252 at 0x80 to 0x9f.
private let windows1252Specials: [UInt32: UInt8] = [
  0x20ac: 0x80, 0x201a: 0x82, 0x0192: 0x83, 0x201e: 0x84, 0x2026: 0x85, 0x2020: 0x86, 0x2021: 0x87, 0x02c6: 0x88,
  0x2030: 0x89, 0x0160: 0x8a, 0x2039: 0x8b, 0x0152: 0x8c, 0x017d: 0x8e, 0x2018: 0x91, 0x2019: 0x92, 0x201c: 0x93,
  0x201d: 0x94, 0x2022: 0x95, 0x2013: 0x96, 0x2014: 0x97, 0x02dc: 0x98, 0x2122: 0x99, 0x0161: 0x9a, 0x203a: 0x9b,
  0x0153: 0x9c, 0x017e: 0x9e, 0x0178: 0x9f,
]
