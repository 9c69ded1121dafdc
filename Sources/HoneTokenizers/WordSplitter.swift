/// Divides UTF-8 bytes into the words of GPT-2's pattern:
/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
///
/// Bytes that are not UTF-8 count as characters of class "other", one each.
/// Complexity: O(bytes).
struct WordSplitter {
  private let bytes: [UInt8]
  private var place = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The next word, or nil at the end.
  mutating func next() -> Range<Int>? {
    guard place < bytes.count else { return nil }
    let start = place
    place = wordEnd(start)
    return start..<place
  }

  private func wordEnd(_ start: Int) -> Int {
    if bytes[start] == UInt8(ascii: "'"), let end = contractionEnd(start) { return end }
    let (first, length) = character(start)
    if first != .space { return runEnd(start + length, first) }
    if bytes[start] == 0x20, start + 1 < bytes.count {
      let (second, secondLength) = character(start + 1)
      if second != .space { return runEnd(start + 1 + secondLength, second) }
    }
    return spaceEnd(start, firstLength: length)
  }

  /// The end of a run of one class.
  private func runEnd(_ from: Int, _ kind: CharacterClass) -> Int {
    var end = from
    while end < bytes.count {
      let (next, length) = character(end)
      if next != kind { break }
      end += length
    }
    return end
  }

  /// A run of space leaves its last character to the word after it, unless it is the only one or the text ends.
  private func spaceEnd(_ start: Int, firstLength: Int) -> Int {
    var last = start
    var end = start + firstLength
    while end < bytes.count {
      let (next, length) = character(end)
      if next != .space { return last > start ? last : end }
      last = end
      end += length
    }
    return end
  }

  private func contractionEnd(_ start: Int) -> Int? {
    guard start + 1 < bytes.count else { return nil }
    switch bytes[start + 1] {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return start + 2
    default: break
    }
    guard start + 2 < bytes.count else { return nil }
    switch (bytes[start + 1], bytes[start + 2]) {
    case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
      (UInt8(ascii: "l"), UInt8(ascii: "l")):
      return start + 3
    default: return nil
    }
  }

  /// The class and length of the character at a place.
  private func character(_ place: Int) -> (CharacterClass, Int) {
    let lead = bytes[place]
    if lead < 0x80 { return (CharacterClass.ascii[Int(lead)], 1) }
    guard let (scalar, length) = decode(place, lead) else { return (.other, 1) }
    return (UnicodeClasses.of(scalar), length)
  }

  private func decode(_ place: Int, _ lead: UInt8) -> (UInt32, Int)? {
    let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
    guard lead >= 0xC2, lead < 0xF5, place + length <= bytes.count else { return nil }
    var value = UInt32(lead) & (length == 2 ? 0x1F : length == 3 ? 0x0F : 0x07)
    for index in 1..<length {
      let byte = bytes[place + index]
      guard byte & 0xC0 == 0x80 else { return nil }
      value = value << 6 | UInt32(byte & 0x3F)
    }
    let least: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000
    guard value >= least, value <= 0x10FFFF, !(0xD800...0xDFFF).contains(value) else { return nil }
    return (value, length)
  }
}

/// The class of every character, made once when text beyond ASCII is first met.
private enum UnicodeClasses {
  private static let table: [UInt8] = (UInt32(0)..<0x110000).map { value in
    Unicode.Scalar(value).map { CharacterClass.of($0).rawValue } ?? CharacterClass.other.rawValue
  }

  static func of(_ value: UInt32) -> CharacterClass { CharacterClass(rawValue: table[Int(value)]) ?? .other }
}
