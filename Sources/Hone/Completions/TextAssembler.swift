/// Joins the bytes of tokens to text as they come: whole characters only, cut before the first stop string.
///
/// Text that may turn out to begin a stop string is held back until it is known.
struct TextAssembler: Sendable {
  private let stops: [[UInt8]]
  private(set) var bytes: [UInt8] = []
  private var releasedCount = 0
  private(set) var isStopped = false

  init(stops: [String]) { self.stops = stops.map { Array($0.utf8) } }

  /// Takes the bytes of one more token and gives the text that is now certain.
  mutating func append(_ tokenBytes: [UInt8]) -> String {
    guard !isStopped else { return "" }
    let searchFrom = max(0, bytes.count - (stops.map(\.count).max() ?? 0) + 1)
    bytes += tokenBytes
    if let cut = firstStop(from: searchFrom) {
      bytes.removeSubrange(cut...)
      isStopped = true
      return release(upTo: bytes.count)
    }
    return release(upTo: wholeCharacters(bytes.count - heldBack()))
  }

  /// The rest when no more tokens come; a broken character at the end becomes U+FFFD.
  mutating func finish() -> String { release(upTo: bytes.count) }

  private mutating func release(upTo end: Int) -> String {
    guard end > releasedCount else { return "" }
    let text = String(decoding: bytes[releasedCount..<end], as: UTF8.self)
    releasedCount = end
    return text
  }

  private func firstStop(from start: Int) -> Int? {
    var first: Int?
    for stop in stops where bytes.count >= stop.count {
      for place in max(0, start)...max(0, bytes.count - stop.count) where matches(stop, at: place) {
        if place < first ?? Int.max { first = place }
        break
      }
    }
    return first
  }

  private func matches(_ stop: [UInt8], at place: Int) -> Bool {
    guard place + stop.count <= bytes.count else { return false }
    for index in stop.indices where bytes[place + index] != stop[index] { return false }
    return true
  }

  /// How many bytes at the end are the beginning of a stop string.
  private func heldBack() -> Int {
    var longest = 0
    for stop in stops {
      for count in stride(from: min(stop.count - 1, bytes.count - releasedCount), to: longest, by: -1)
      where bytes.suffix(count).elementsEqual(stop.prefix(count)) {
        longest = count
        break
      }
    }
    return longest
  }

  /// The largest end at or before `end` that does not divide a character.
  private func wholeCharacters(_ end: Int) -> Int {
    var start = end
    while start > releasedCount, end - start < 4 {
      let byte = bytes[start - 1]
      start -= 1
      if byte & 0xC0 == 0x80 { continue }
      let length = byte < 0x80 ? 1 : byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
      return byte >= 0xC0 && start + length > end ? start : end
    }
    return end
  }
}

/// The text of one token for a reply: itself, or its bytes spelled out where they are not whole characters.
func displayText(_ bytes: [UInt8]) -> String {
  if let text = String(validating: bytes, as: UTF8.self) { return text }
  let digits = Array("0123456789abcdef")
  return bytes.reduce(into: "bytes:") { text, byte in
    text += "\\x\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
  }
}
