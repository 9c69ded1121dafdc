import HoneTestSupport
import HoneTokenizers
import Testing

/// A tokenizer file, and what is put into it in place of something else.
private enum MutatedFile: String, CaseIterable, CustomTestStringConvertible {
  case vocabulary = "vocab.json", merges = "merges.txt", document = "tokenizer.json", older =
    "tokenizer_text_merges.json"

  var testDescription: String { rawValue }

  func read(_ bytes: [UInt8], _ intact: Intact) throws(TokenizerError) -> Tokenizer {
    switch self {
    case .vocabulary: try Tokenizer(vocabularyJSON: bytes, merges: bytes.count % 2 == 0 ? intact.merges : [])
    case .merges: try Tokenizer(vocabularyJSON: intact.vocabulary, merges: bytes)
    case .document, .older: try Tokenizer(tokenizerJSON: bytes)
    }
  }
}

private struct Intact {
  let vocabulary: [UInt8]
  let merges: [UInt8]
}

/// Pieces that readers of these files care about.
private let pieces: [[UInt8]] = [
  "\"", "\\", "\\u", "\\ud800", "\\u0000", "{", "}", "[", "]", ",", ":", "null", "true", "-1", "0", "600", "16777215",
  "1e9",
  "9223372036854775807", "9223372036854775808", "\"<|endoftext|>\":3,", "\"k\":1,", "\"id\":", "\"content\":", "\n",
  "\r\n",
  " ", "  ", "#version: 0.2\n", "k a\n", "Ġ", "é", "e\u{301}", "\u{212B}", "\u{FEFF}", "한", "\0",
].map { Array($0.utf8) }

/// One to three changes: a byte, a part cut, doubled, moved, or a piece or a member put in.
func mutated(_ bytes: [UInt8], _ random: inout Seeded) -> [UInt8] {
  var bytes = bytes
  for _ in 0..<random.pick([1, 1, 2, 3]) {
    let start = random.number(0...bytes.count)
    let end = min(bytes.count, start + random.pick([1, 2, 5, 20, 400, bytes.count]))
    switch random.number(0...11) {
    case 0 where start < bytes.count: bytes[start] = UInt8(random.number(0...255))
    case 1 where start < bytes.count: bytes[start] ^= 1 << UInt8(random.number(0...7))
    case 2: bytes.removeSubrange(start..<end)
    case 3: bytes.insert(contentsOf: bytes[start..<end], at: random.number(0...bytes.count))
    case 4:
      let part = Array(bytes[start..<end])
      bytes.removeSubrange(start..<end)
      bytes.insert(contentsOf: part, at: random.number(0...bytes.count))
    case 5 where bytes.count > 4: bytes.swapAt(random.number(0...bytes.count - 1), random.number(0...bytes.count - 1))
    case 6: bytes.replaceSubrange(start..<min(end, start + 4), with: random.pick(pieces))
    case 7: bytes.insert(contentsOf: random.pick(pieces), at: start)
    case 8: addMember(&bytes, from: start, &random)
    default: changeMembers(&bytes, &random)
    }
  }
  return bytes
}

/// Takes a whole line or member away, doubles it, or changes its place: the file mostly stays well-formed.
private func changeMembers(_ bytes: inout [UInt8], _ random: inout Seeded) {
  let separator = bytes.contains(UInt8(ascii: ",")) ? UInt8(ascii: ",") : UInt8(ascii: "\n")
  var members = bytes.split(separator: separator, omittingEmptySubsequences: false)
  let (here, there) = (random.number(0...members.count - 1), random.number(0...members.count - 1))
  switch random.number(0...2) {
  case 0: members.remove(at: here)
  case 1: members.insert(members[here], at: there)
  default: members.swapAt(here, there)
  }
  bytes = Array(members.joined(separator: [separator]))
}

/// Puts a well-formed member, or a list's member, or a line behind the next brace, bracket, comma or line end.
private func addMember(_ bytes: inout [UInt8], from start: Int, _ random: inout Seeded) {
  guard let place = bytes[start...].firstIndex(where: { "{[,\n".utf8.contains($0) }) else { return }
  let names = ["k", "to", "q\(random.number(0...9))", "<|endoftext|>", "id", "vocab", "한", "", "\u{212B}", "e\u{301}"]
  let name = random.pick(names)
  let id = random.pick([0, 300, 600, 601, 1000, 3000, 5000, 1 << 20, -1])
  let member = random.pick([
    "\"\(name)\":\(id),", "\"\(name)\":null,", "\"\(name) \(name)\",", "\(name) \(name)\n", "k a\n",
  ])
  bytes.insert(contentsOf: member.utf8, at: place + 1)
}

/// Every variant is read or refused with the room's error; what is read encodes any bytes and gives them back.
@Test(arguments: MutatedFile.allCases, 0..<10)
private func aDamagedFileIsRefusedOrWorks(_ file: MutatedFile, _ seed: Int) throws {
  let original = try Golden.bytes(file.rawValue)
  let intact = Intact(vocabulary: try Golden.bytes("vocab.json"), merges: try Golden.bytes("merges.txt"))
  let text = Array("kato karen 한국어 天地 <|endoftext|> 👍🏽 it's 42\n\n\0".utf8) + [0xFF, 0xC3]
  var random = Seeded(seed)
  var readCount = 0
  for variant in 0..<(runsEverything ? 10_000 : 200) {
    let bytes = mutated(original, &random)
    do {
      let tokenizer = try file.read(bytes, intact)
      readCount += 1
      let ids = tokenizer.encode(utf8: text)
      #expect(tokenizer.bytes(ids) == text, "seed \(seed), variant \(variant)")
      #expect(ids.allSatisfy { $0 >= 0 && Int($0) < tokenizer.vocabSize }, "seed \(seed), variant \(variant)")
      #expect(tokenizer.vocabSize <= 8 * bytes.count + 2048, "seed \(seed), variant \(variant)")
      if variant % 20 == 0 { try expectReadable(tokenizer, file, text, "seed \(seed), variant \(variant)") }
    } catch let error as TokenizerError {
      #expect(error.description.utf8.count < 1000, "seed \(seed), variant \(variant)")
    }
  }
  // Changes inside names and numbers leave some files whole: the test must meet both outcomes.
  #expect(readCount > 0 && readCount < (runsEverything ? 10_000 : 200), "\(readCount) were read")
}

/// What was read from a damaged file can be written, and gives the same ids when read again.
private func expectReadable(_ tokenizer: Tokenizer, _ file: MutatedFile, _ text: [UInt8], _ place: Comment) throws {
  let copy = try Tokenizer(tokenizerJSON: tokenizer.tokenizerJSON())
  #expect(copy.encode(utf8: text) == tokenizer.encode(utf8: text), place)
  #expect(copy.vocabSize == tokenizer.vocabSize, place)
}

/// Every beginning of a file is refused or works: no reader may run past the end.
@Test(arguments: MutatedFile.allCases)
private func aFileCutShortIsRefusedOrWorks(_ file: MutatedFile) throws {
  let original = try Golden.bytes(file.rawValue)
  let intact = Intact(vocabulary: try Golden.bytes("vocab.json"), merges: try Golden.bytes("merges.txt"))
  for count in stride(from: 0, to: original.count, by: runsEverything ? 1 : 37) {
    do {
      let tokenizer = try file.read(Array(original[..<count]), intact)
      #expect(file == .merges, "\(count) bytes of \(file.rawValue) were read")
      #expect(tokenizer.decode(tokenizer.encode("kato")) == "kato")
    } catch {
      #expect(!error.description.isEmpty)
    }
  }
}

@Test func aDeeplyNestedDocumentIsRefused() {
  for opening in ["[", "{\"a\":", "{\"model\":{\"vocab\":["] {
    let bytes = Array(String(repeating: opening, count: 100_000).utf8)
    #expect(throws: TokenizerError.self) { try Tokenizer(tokenizerJSON: bytes) }
    #expect(throws: TokenizerError.self) { try Tokenizer(vocabularyJSON: bytes, merges: []) }
  }
}
