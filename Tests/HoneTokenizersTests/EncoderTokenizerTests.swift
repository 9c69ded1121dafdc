import Foundation
import HoneTestSupport
import HoneTokenizers
import Testing

private let names = [
  "unigram-new", "unigram-old", "unigram-spaces", "unigram-bytes", "unigram-steps", "mpnet", "mpnet-normalized",
  "roberta", "roberta-space",
]

private struct Reference: Decodable {
  let texts: [String]
  let ids: [String: [[Int32]]]
  let numbers: [Number]

  struct Number: Decodable {
    let text, value: String
  }

  static func read() throws -> Reference {
    try JSONDecoder().decode(Reference.self, from: Data(Golden.bytes("encoder-ids.json")))
  }
}

private func tokenizer(_ name: String) throws -> EncoderTokenizer {
  try EncoderTokenizer(tokenizerJSON: Golden.bytes("encoder-\(name).json"))
}

@Test(arguments: names)
private func idsOfEncodersAreThoseOfTheReference(name: String) throws {
  let reference = try Reference.read()
  let expected = try #require(reference.ids[name])
  let tokenizer = try tokenizer(name)
  var encoder = EncoderTokenizer.Encoder(tokenizer)
  for (text, ids) in zip(reference.texts, expected) {
    let found = encoder.encode(text)
    #expect(found == ids, "\(text.unicodeScalars.map { $0.value })")
    #expect(found.allSatisfy { tokenizer.name(of: $0) != nil })
  }
  #expect(reference.texts.count == expected.count && expected.count > 200)
}

@Test(arguments: names)
private func aTextGivesTheSameIdsWhateverCameBefore(name: String) throws {
  let tokenizer = try tokenizer(name)
  let texts = try Reference.read().texts.reversed()
  var encoder = EncoderTokenizer.Encoder(tokenizer)
  for text in texts { #expect(encoder.encode(text) == tokenizer.encode(text)) }
}

@Test(arguments: names)
private func idsAroundATextAreThoseOfThePostProcessor(name: String) throws {
  let tokenizer = try tokenizer(name)
  #expect(tokenizer.prefix.compactMap(tokenizer.name) == ["<s>"])
  #expect(tokenizer.suffix.compactMap(tokenizer.name) == ["</s>"])
  let last = Int32(tokenizer.vocabSize - 1)
  #expect(tokenizer.name(of: last) != nil && tokenizer.name(of: last + 1) == nil && tokenizer.name(of: -1) == nil)
  switch tokenizer {
  case .unigram: #expect(tokenizer.unknownToken.flatMap(tokenizer.name) == "<unk>")
  case .wordPiece: #expect(tokenizer.unknownToken.flatMap(tokenizer.name) == "[UNK]")
  case .bytePair: #expect(tokenizer.unknownToken == nil)
  }
}

@Test func aTokenizerOfBERTIsAWordPieceTokenizer() throws {
  let bytes = try Golden.bytes("wordpiece-uncased.json")
  guard case .wordPiece(let inner) = try EncoderTokenizer(tokenizerJSON: bytes) else {
    Issue.record("another kind")
    return
  }
  #expect(inner.encode("how many") == (try WordPieceTokenizer(tokenizerJSON: bytes).encode("how many")))
}

/// A golden document, a part of it, what stands there instead, and a word of the error.
private let refusals: [(name: String, from: String, to: String, word: String)] = [
  ("unigram-old", #""type":"Unigram""#, #""type":"WordLevel""#, "model.type"),
  ("unigram-old", #""unk_id":3"#, #""unk_id":null"#, "unk_id"),
  ("unigram-old", #""unk_id":3"#, #""unk_id":99999"#, "unk_id"),
  ("unigram-old", #"["<s>",0.0]"#, #"["<s>",1e999]"#, "finite score"),
  ("unigram-old", #"["<s>",0.0]"#, #"["<s>","0"]"#, "finite score"),
  ("unigram-old", #"["<s>",0.0]"#, #"[7,0.0]"#, "piece"),
  ("unigram-old", #"WhitespaceSplit"#, #"Whitespace"#, "pre_tokenizer"),
  ("unigram-old", #""add_prefix_space":true"#, #""add_prefix_space":false"#, "add_prefix_space"),
  ("unigram-old", #""replacement":"▁""#, #""replacement":"▁▁""#, "replacement"),
  ("unigram-old", #""type":"Precompiled""#, #""type":"NFKX""#, "NFKX"),
  ("unigram-old", #""precompiled_charsmap":""#, #""precompiled_charsmap":"?"#, "base 64"),
  ("unigram-old", #""id":0"#, #""id":1"#, "added_tokens"),
  ("unigram-spaces", #"" {2,}""#, #""\\s+""#, "pattern"),
  ("unigram-spaces", #""prepend_scheme":"always""#, #""prepend_scheme":"first""#, "prepend_scheme"),
  ("unigram-spaces", #""prepend_scheme":"always""#, #""prepend_scheme":"often""#, "prepend_scheme"),
  ("unigram-spaces", #""split":true"#, #""split":1"#, "split"),
  ("unigram-spaces", #""content":"the1""#, #""content":"▁""#, "added_tokens"),
  ("roberta", #""add_prefix_space":false,"trim_offsets":true,"use_regex":true"#, #""use_regex":"no""#, "use_regex"),
  (
    "roberta", #""ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true"#, #""Digits""#,
    "pre_tokenizer"
  ),
  ("roberta", #""RobertaProcessing""#, #""Others""#, "post_processor"),
  ("roberta", #""normalizer":null"#, #""normalizer":{"type":"NFC"}"#, "normalizer"),
  ("mpnet", #""id":5"#, #""id":6"#, "added_tokens"),
  ("mpnet", #""BertNormalizer""#, #""Lowercase""#, "normalizer"),
]

@Test(arguments: refusals)
private func anEncoderThatWorksInAnotherWayIsRefusedByName(
  _ refusal: (name: String, from: String, to: String, word: String)
) throws {
  let whole = String(decoding: try Golden.bytes("encoder-\(refusal.name).json"), as: UTF8.self)
  let changed = whole.replacing(refusal.from, with: refusal.to, maxReplacements: 1)
  try #require(changed != whole)
  let error = #expect(throws: TokenizerError.self) { try EncoderTokenizer(tokenizerJSON: Array(changed.utf8)) }
  let sentence = try #require(error).description
  #expect(sentence.contains(refusal.word) && sentence.utf8.count < 400, "\(sentence)")
  #expect(!EncoderTokenizer.isSupported(tokenizerJSON: Array(changed.utf8)))
}

@Test func numbersAreReadToTheBitOfTheReference() throws {
  let numbers = try Reference.read().numbers
  for number in numbers {
    let value = try #require(Double(number.value))
    #expect(referenceNumber(number.text)?.bitPattern == value.bitPattern, "\(number.text)")
  }
  #expect(numbers.count > 200 && numbers.contains { Double($0.text) != Double($0.value) })
  #expect(referenceNumber("1e309") == nil && referenceNumber("1e99999999999999999999") == nil)
}

@Test func aLongTextTakesTimeInProportionToItsLength() throws {
  let long = String(repeating: "가나다éﬁ", count: 20_000)
  for name in names {
    let clock = ContinuousClock()
    let tokenizer = try tokenizer(name)
    #expect(clock.measure { _ = tokenizer.encode(long) } < .seconds(5), "\(name)")
  }
}
