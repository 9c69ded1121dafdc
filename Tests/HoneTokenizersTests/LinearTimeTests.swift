import Foundation
import HoneTestSupport
import HoneTokenizers
import Testing

/// Texts that pair merging finds hard: no word ends, or pairs compete, or nothing merges.
private enum HardText: String, CaseIterable, CustomTestStringConvertible {
  case oneLetter = "a", twoLetters = "ab", learned = "ka", anyLetters = "letters", hangul = "가", spaces = " ", lines =
    "\n"
  case marks = "!?", apostrophes = "'", notUTF8 = "bytes that are not UTF-8"

  var testDescription: String { rawValue.debugDescription }

  func bytes(_ count: Int) -> [UInt8] {
    var random = Seeded(7)
    switch self {
    case .anyLetters: return (0..<count).map { _ in UInt8(ascii: "a") + UInt8(random.number(0...9)) }
    case .notUTF8: return (0..<count).map { _ in 0x80 + UInt8(random.number(0...0x3F)) }
    default: return Array(repeatElement(Array(rawValue.utf8), count: count / rawValue.utf8.count).joined())
    }
  }
}

/// What the calling thread has worked, in seconds; others on the machine do not count.
private func threadSeconds() -> Double {
  var time = timespec()
  unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

private func leastSeconds(_ work: () -> Void) -> Double {
  (0..<3).map { _ in
    let start = threadSeconds()
    work()
    return threadSeconds() - start
  }.min() ?? 0
}

/// Sixteen times the text may take 64 times as long: linear work takes 16, quadratic 256.
@Test(arguments: HardText.allCases)
private func encodingALongWordTakesLinearTime(_ kind: HardText) throws {
  let tokenizer = try Golden.tokenizer()
  let (short, long) = (kind.bytes(10_000), kind.bytes(160_000))
  let shortSeconds = leastSeconds { _ = tokenizer.encode(utf8: short) }
  let longSeconds = leastSeconds { _ = tokenizer.encode(utf8: long) }
  #expect(longSeconds < 64 * max(shortSeconds, 1e-4), "\(shortSeconds) s, then \(longSeconds) s")
}

@Test(arguments: HardText.allCases)
private func aLongWordBecomesTheSameBytesAgain(_ kind: HardText) throws {
  let tokenizer = try Golden.tokenizer()
  let bytes = kind.bytes(100_000)
  #expect(tokenizer.bytes(tokenizer.encode(utf8: bytes)) == bytes)
}

/// Words of 48 bytes and more are merged by another way than shorter ones; both must take the same pairs.
@Test(arguments: 0..<20)
func longWordsMergeAsThePlainRuleSays(_ seed: Int) throws {
  let pairs = [("a", "b"), ("b", "a"), ("ab", "ab"), ("a", "a"), ("ab", "a"), ("aa", "b"), ("abab", "b"), ("b", "b")]
  let tokenizer = try tokenizer(pairs)
  var random = Seeded(seed)
  for _ in 0..<(runsEverything ? 2000 : 50) {
    let word = (0..<random.number(1...120)).map { _ in random.pick(["a", "b"]) }
    let expected = plainMerges(word, pairs)
    #expect(tokenizer.encode(word.joined()).map { tokenizer.decode([$0]) } == expected, "seed \(seed)")
  }
}

/// The rule in its plainest form: of all neighbours the pair of the lowest rank merges, the leftmost of equals.
private func plainMerges(_ word: [String], _ pairs: [(String, String)]) -> [String] {
  var parts = word
  while true {
    let ranks = parts.indices.dropLast().map { place in
      pairs.firstIndex { $0 == (parts[place], parts[place + 1]) } ?? Int.max
    }
    guard let least = ranks.min(), least != Int.max, let place = ranks.firstIndex(of: least) else { return parts }
    parts.replaceSubrange(place...place + 1, with: [parts[place] + parts[place + 1]])
  }
}

/// The 256 bytes and these merges of ASCII.
private func tokenizer(_ pairs: [(String, String)]) throws -> Tokenizer {
  let bytes = try Tokenizer.train(texts: [[UInt8]](), vocabSize: 256, specialTokens: [])
  var words = try #require(JSONSerialization.jsonObject(with: Data(bytes.vocabularyJSON())) as? [String: Int])
  for (left, right) in pairs { words[left + right] = words[left + right] ?? words.count }
  let merges = pairs.map { "\($0.0) \($0.1)\n" }.joined()
  return try Tokenizer(
    vocabularyJSON: [UInt8](JSONSerialization.data(withJSONObject: words)), merges: Array(merges.utf8))
}
