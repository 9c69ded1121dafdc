/// How program text and questions about it become words.
package enum IdentifierWords {
  /// The words of a text with how often each occurs: identifiers divided at humps, underscores and digits, lower case,
  /// common endings cut off; and identifiers of several parts also whole.
  static func counts(of text: String) -> [UInt64: Int] {
    words(of: text).reduce(into: [:]) { $0[key(of: $1), default: 0] += 1 }
  }

  /// The words of a question, each once, without those that every question has.
  static func queryKeys(of text: String) -> [UInt64] {
    let all = words(of: text)
    let telling = all.filter { !commonWords.contains($0) }
    return Set((telling.isEmpty ? all : telling).map(key)).sorted()
  }

  /// The words of a text, in order.
  package static func words(of text: String) -> [String] {
    identifiers(in: Array(text.utf8)).flatMap { identifier -> [String] in
      let parts = parts(of: identifier).map { stem($0) }
      return parts.count > 1 ? parts + [String(decoding: identifier, as: UTF8.self).lowercased()] : parts
    }
  }

  /// An identifier as words with spaces between.
  package static func spaced(_ name: String) -> String {
    identifiers(in: Array(name.utf8)).flatMap { parts(of: $0) }.joined(separator: " ")
  }

  private static func identifiers(in text: [UInt8]) -> [ArraySlice<UInt8>] {
    text.split { !isSwiftWord($0) || $0 == UInt8(ascii: "$") }.filter { $0.count <= 128 }
  }

  /// The parts of `maxRetryCount`, `HTTPServer2`, `max_retry_count`, in lower case.
  static func parts(of identifier: ArraySlice<UInt8>) -> [String] {
    let bytes = Array(identifier)
    func kind(_ index: Int) -> Int {
      let byte = bytes[index]
      if byte == UInt8(ascii: "_") { return 0 }
      if isSwiftDigit(byte) { return 1 }
      return byte >= 0x41 && byte <= 0x5A ? 2 : 3
    }
    var parts: [String] = []
    var start = 0
    func end(at index: Int) {
      let part = bytes[start..<index].filter { $0 != UInt8(ascii: "_") }
      if !part.isEmpty { parts.append(String(decoding: part, as: UTF8.self).lowercased()) }
      start = index
    }
    for index in bytes.indices.dropFirst() {
      let (before, now) = (kind(index - 1), kind(index))
      let endsAcronym = before == 2 && now == 2 && index + 1 < bytes.count && kind(index + 1) == 3
      if endsAcronym || before != now && !(before == 2 && now == 3) { end(at: index) }
    }
    end(at: bytes.count)
    return parts
  }

  /// A word without the endings by which its forms differ.
  static func stem(_ word: String) -> String {
    guard word.utf8.count > 3, word.utf8.allSatisfy({ $0 >= 0x61 && $0 <= 0x7A }) else { return word }
    var stem = word
    if stem.hasSuffix("ies") {
      stem = stem.dropLast(3) + "y"
    } else if stem.hasSuffix("s"), !stem.hasSuffix("ss"), !stem.hasSuffix("us"), !stem.hasSuffix("is") {
      stem.removeLast()
    }
    for ending in ["ing", "ed", "er"] where stem.hasSuffix(ending) && stem.utf8.count - ending.utf8.count >= 3 {
      stem.removeLast(ending.utf8.count)
      let last = Array(stem.utf8.suffix(2))
      if last.count == 2, last[0] == last[1], last[0] != UInt8(ascii: "s"), last[0] != UInt8(ascii: "l") {
        stem.removeLast()
      }
      break
    }
    if stem.hasSuffix("e"), stem.utf8.count > 3 { stem.removeLast() }
    if stem.hasSuffix("y"), stem.utf8.count > 2 { stem = stem.dropLast() + "i" }
    return stem
  }

  /// FNV-1a of 64 bits: the key of a word in the index. The largest number ends the table and is no word's.
  static func key(of word: String) -> UInt64 {
    let hash = word.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    return min(hash, .max - 1)
  }

  /// Words of questions that say nothing of what is asked for, as `stem` leaves them.
  private static let commonWords: Set<String> = Set(
    """
    a an and any are as at be by can do does for from get gets given happen happens has have how i if in into is it its
    made make makes of on one or out piece place that the their them then there they this those to up used uses using
    was we what when where which while who why will with you code function method class
    """.split(whereSeparator: \.isWhitespace).map { stem(String($0)) })
}
