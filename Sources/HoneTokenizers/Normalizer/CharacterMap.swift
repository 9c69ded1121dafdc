/// What characters become, as SentencePiece compiles it: a trie of UTF-8 bytes and the texts that its leaves name.
///
///     UInt32: bytes of the trie | the trie's UInt32 units | texts, each with a zero behind it
///
/// A unit holds the byte that leads to it (bits 0–7), whether a text hangs on it (bit 8), and how far its children
/// are (bits 10–31, times 256 where bit 9 is set); that of a text holds its place. Everything is little-endian.
/// Source: the Darts-clone double array; Kudo and Richardson 2018.
struct CharacterMap: Sendable {
  private let units: [UInt32]
  private let texts: [UInt8]
  private let asciiStays: [Bool]  // (128) whether the character alone stays itself

  /// What is wrong with a map.
  struct Damage: Error {
    let expected: String
    let found: String
  }

  init(_ bytes: [UInt8]) throws(Damage) {
    guard bytes.count >= 4 else { throw Damage(expected: "a map of 4 bytes or more", found: "\(bytes.count)") }
    func unit(_ place: Int) -> UInt32 { (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) } }
    let count = Int(unit(0)) / 4
    guard count > 0, count <= (bytes.count - 4) / 4 else {
      throw Damage(expected: "a trie of 1 to \((bytes.count - 4) / 4) units", found: "\(count)")
    }
    let units = (0..<count).map { unit(4 + 4 * $0) }
    let texts = Array(bytes[(4 + 4 * count)...])
    guard String(validating: texts, as: UTF8.self) != nil else {
      throw Damage(expected: "texts in UTF-8", found: "other bytes")
    }
    try Self.check(units, texts)
    self.units = units
    self.texts = texts
    asciiStays = (0..<128).map { byte in
      Self.find(units, [UInt8(byte)].span, 0..<1) == nil
    }
  }

  private static func distance(_ unit: UInt32) -> Int { Int(unit >> 10) << (unit & 1 << 9 == 0 ? 0 : 8) }

  /// Every unit that some text leads to, its children and its text lie inside.
  private static func check(_ units: [UInt32], _ texts: [UInt8]) throws(Damage) {
    var known = [Bool](repeating: false, count: units.count)
    var waiting = [0]
    while let node = waiting.popLast() {
      let base = node ^ distance(units[node])
      guard base | 0xFF < units.count else {
        throw Damage(expected: "a trie whose units lie in it", found: "one that leads to unit \(base)")
      }
      if node != 0, units[node] & 1 << 8 != 0 {
        let place = Int(units[base] & 0x7FFF_FFFF)
        guard place <= texts.count, place == texts.count || texts[place] & 0xC0 != 0x80 else {
          throw Damage(expected: "texts from 0 to \(texts.count)", found: "one at \(place)")
        }
      }
      for byte in 1...255 {
        let child = base ^ byte
        if units[child] & 0x8000_00FF == UInt32(byte), !known[child] {
          known[child] = true
          waiting.append(child)
        }
      }
    }
  }

  /// The place of the text that the shortest known beginning of a part becomes.
  private static func find(_ units: [UInt32], _ text: Span<UInt8>, _ range: Range<Int>) -> Int? {
    var node = distance(units[0])
    for index in range {
      let byte = text[index]
      if byte == 0 { return nil }
      node ^= Int(byte)
      guard node < units.count, units[node] & 0x8000_00FF == UInt32(byte) else { return nil }
      let hasText = units[node] & 1 << 8 != 0
      node ^= distance(units[node])
      if hasText { return node < units.count ? Int(units[node] & 0x7FFF_FFFF) : nil }
    }
    return nil
  }

  /// Adds what a part becomes; false where the map does not know it.
  private func append(_ text: Span<UInt8>, _ range: Range<Int>, to result: inout [UInt8]) -> Bool {
    guard var place = Self.find(units, text, range) else { return false }
    while place < texts.count, texts[place] != 0 {
      result.append(texts[place])
      place += 1
    }
    return true
  }

  /// Adds what a text becomes.
  ///
  /// A grapheme cluster of at most five bytes becomes what its shortest known beginning does, whatever else is in it;
  /// of longer ones, and of those that the map does not know, each character becomes its own.
  /// Source: the Hugging Face library's `Precompiled`.
  /// Complexity: O(bytes).
  func map(_ text: Span<UInt8>, to result: inout [UInt8]) {
    var place = 0
    while place < text.count {
      let byte = text[place]
      if byte < 0x80, place + 1 == text.count || text[place + 1] < 0x80, byte != 0x0D {
        if asciiStays[Int(byte)] || !append(text, place..<place + 1, to: &result) { result.append(byte) }
        place += 1
      } else {
        place = mapCluster(text, from: place, to: &result)
      }
    }
  }

  private func mapCluster(_ text: Span<UInt8>, from start: Int, to result: inout [UInt8]) -> Int {
    let (first, length) = decodedScalar(text, start, text.count)
    var cluster = GraphemeCluster(first)
    var end = start + length
    while end < text.count {
      let (next, length) = decodedScalar(text, end, text.count)
      guard cluster.take(next) else { break }
      end += length
    }
    if end - start < 6, append(text, start..<end, to: &result) { return end }
    var place = start
    while place < end {
      let next = place + decodedScalar(text, place, end).length
      if !append(text, place..<next, to: &result) { for index in place..<next { result.append(text[index]) } }
      place = next
    }
    return end
  }
}

/// The bytes of a text in base 64; nil for what is not the standard alphabet with its padding.
func bytes(base64 text: String) -> [UInt8]? {
  let letters = Array(text.utf8)
  guard letters.count % 4 == 0 else { return nil }
  let padding = letters.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
  var result: [UInt8] = []
  result.reserveCapacity(letters.count / 4 * 3)
  var (bits, count) = (UInt32(0), 0)
  for letter in letters.dropLast(padding) {
    let value: UInt8
    switch letter {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = letter - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): value = letter - 71
    case UInt8(ascii: "0")...UInt8(ascii: "9"): value = letter + 4
    case UInt8(ascii: "+"): value = 62
    case UInt8(ascii: "/"): value = 63
    default: return nil
    }
    bits = bits << 6 | UInt32(value)
    count += 6
    if count >= 8 {
      count -= 8
      result.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      bits &= 1 << UInt32(count) - 1
    }
  }
  return bits == 0 ? result : nil
}
