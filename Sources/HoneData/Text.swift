/// Text questions answered on UTF-8 bytes, counted in characters (Unicode scalars).
///
/// Bytes are taken as they are: nothing is normalised, and a composed letter differs from a decomposed one.
extension [UInt8] {
  /// The number of Unicode scalars.
  var characterCount: Int {
    reduce(0) { $0 + ($1.isContinuation ? 0 : 1) }
  }

  /// The bytes without the first `count` characters.
  func droppingCharacters(_ count: Int) -> [UInt8] {
    guard count > 0 else { return self }
    var left = count
    for (index, byte) in enumerated() where !byte.isContinuation {
      if left == 0 { return Array(self[index...]) }
      left -= 1
    }
    return []
  }

  /// Whether `needle` occurs anywhere; the empty needle always does.
  func contains(text needle: [UInt8]) -> Bool {
    guard let first = needle.first else { return true }
    guard count >= needle.count else { return false }
    let lastStart = count - needle.count
    var start = 0
    while start <= lastStart {
      guard let hit = self[start...lastStart].firstIndex(of: first) else { return false }
      if self[hit..<(hit + needle.count)] == needle[...] { return true }
      start = hit + 1
    }
    return false
  }

  /// The text with `\n` written out, for showing on one line.
  var shownOnOneLine: String {
    String(decoding: self, as: UTF8.self).replacingLineBreaks()
  }
}

extension String {
  /// The text with every line break written `\n`.
  func replacingLineBreaks() -> String {
    var shown = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      if scalar == "\n" { shown.append(contentsOf: "\\n".unicodeScalars) } else { shown.append(scalar) }
    }
    return String(shown)
  }
}

extension UInt8 {
  /// Whether this byte continues a UTF-8 character.
  var isContinuation: Bool { self & 0xc0 == 0x80 }
}

/// The longest whole-character beginning that all texts share; empty for no texts.
func commonPrefix(_ texts: some Sequence<[UInt8]>) -> [UInt8] {
  var shared: [UInt8]?
  for text in texts {
    guard let known = shared else {
      shared = text
      continue
    }
    let length = zip(known, text).prefix { $0 == $1 }.count
    let boundary = boundaryBefore(length, in: known)
    shared = Array(known[..<boundary])
    if boundary == 0 { break }
  }
  return shared ?? []
}

/// The longest whole-character ending that all texts share; empty for no texts.
func commonSuffix(_ texts: some Sequence<[UInt8]>) -> [UInt8] {
  var shared: [UInt8]?
  for text in texts {
    guard let known = shared else {
      shared = text
      continue
    }
    let length = zip(known.reversed(), text.reversed()).prefix { $0 == $1 }.count
    shared = Array(known.suffix(length).drop { $0.isContinuation })
    if shared?.isEmpty ?? true { break }
  }
  return shared ?? []
}

/// The last character boundary at or before `position`.
private func boundaryBefore(_ position: Int, in text: [UInt8]) -> Int {
  var position = position
  while position > 0, position < text.count, text[position].isContinuation { position -= 1 }
  return position
}
