import HoneTestSupport
import HoneTokenizers
import Testing

/// A tokenizer with merges that random text meets often, so that round trips are not of single bytes only.
private let tokenizerOfManyMerges = Result {
  var random = Seeded(11)
  let texts = (0..<200).map { _ in (0..<200).map { _ in random.pick(mergingBytes) } }
  return try Tokenizer.train(texts: texts, vocabSize: 700)
}

private let mergingBytes = Array("ab \n0'é한".utf8)

@Test(arguments: 0..<20)
func anyBytesBecomeIdsAndTheSameBytesAgain(_ seed: Int) throws {
  let golden = try Golden.tokenizer()
  let merging = try tokenizerOfManyMerges.get()
  var random = Seeded(seed)
  for _ in 0..<(runsEverything ? 5000 : 100) {
    let bytes = random.bytes(random.number(0...200))
    for tokenizer in [golden, merging] {
      let ids = tokenizer.encode(utf8: bytes)
      #expect(tokenizer.bytes(ids) == bytes, "seed \(seed)")
      #expect(tokenizer.decode(ids) == String(decoding: bytes, as: UTF8.self), "seed \(seed)")
    }
  }
}

@Test(arguments: 0..<20)
func bytesThatMergeOftenBecomeTheSameBytesAgain(_ seed: Int) throws {
  let tokenizer = try tokenizerOfManyMerges.get()
  var random = Seeded(seed)
  for _ in 0..<(runsEverything ? 5000 : 100) {
    let bytes = (0..<random.number(0...200)).map { _ in random.pick(mergingBytes) }
    let ids = tokenizer.encode(utf8: bytes)
    #expect(tokenizer.bytes(ids) == bytes, "seed \(seed)")
    #expect(bytes.count < 20 || ids.count < bytes.count, "seed \(seed): nothing was merged")
  }
}

@Test(arguments: 0..<20)
func anyTextBecomesIdsAndTheSameTextAgain(_ seed: Int) throws {
  let tokenizer = try Golden.tokenizer()
  var random = Seeded(seed)
  for _ in 0..<(runsEverything ? 5000 : 100) {
    var scalars = String.UnicodeScalarView()
    let limit = random.pick([0x80, 0x800, 0x10000, 0x110000])
    for _ in 0..<random.number(0...60) {
      if let scalar = Unicode.Scalar(UInt32(random.number(0...(limit - 1)))) { scalars.append(scalar) }
    }
    let text = String(scalars)
    #expect(Array(tokenizer.decode(tokenizer.encode(text)).utf8) == Array(text.utf8), "seed \(seed)")
  }
}

@Test func everyByteAloneIsOneId() throws {
  let tokenizer = try Golden.tokenizer()
  for byte in UInt8.min...UInt8.max {
    let ids = tokenizer.encode(utf8: [byte])
    #expect(ids.count == 1)
    #expect(tokenizer.bytes(ids) == [byte])
    #expect(tokenizer.token(for: [byte]) == ids.first)
  }
}

@Test func cutUTF8DecodesToReplacementCharacters() throws {
  let tokenizer = try Golden.tokenizer()
  let ids = tokenizer.encode(utf8: Array("x".utf8) + [0xED, 0x95] + Array("y".utf8) + [0xFF])
  #expect(tokenizer.decode(ids) == "x\u{FFFD}y\u{FFFD}")
}

@Test func idsOutsideTheVocabularyGiveNoBytes() throws {
  let tokenizer = try Golden.tokenizer()
  for id in [-1, Int32.min, 600, Int32.max] {
    #expect(tokenizer.bytes(of: id) == nil)
    #expect(tokenizer.bytes([id]) == [])
    #expect(tokenizer.decode([id] + tokenizer.encode("a") + [id]) == "a")
  }
}

@Test func aTokenIsFoundByItsBytes() throws {
  let tokenizer = try Golden.tokenizer()
  #expect(tokenizer.encode("to") == [258])
  #expect(tokenizer.token(for: Array("to".utf8)) == 258)
  #expect(tokenizer.token(for: Array("to to".utf8)) == nil)
  #expect(tokenizer.token(for: []) == nil)
  for id in Int32(0)..<Int32(tokenizer.vocabSize) where id != tokenizer.endOfText {
    let bytes = try #require(tokenizer.bytes(of: id))
    #expect(tokenizer.token(for: bytes).map { $0 == id } ?? (tokenizer.encode(utf8: bytes) != [id]), "id \(id)")
  }
}
