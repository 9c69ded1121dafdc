import Foundation
import HoneFiles
import HoneTokenizers
import Testing

/// Tokenizers that a writer may meet.
private enum Source: CaseIterable {
  case golden, trained, bytesOnly, severalSpecials, noSpecials, holes

  func tokenizer() throws -> Tokenizer {
    let text = Array("the cat's hat, 한국어 한국 and \"quotes\" \\ \\\\ <b>the cat's hat</b>\n\n한국어".utf8)
    switch self {
    case .golden: return try Golden.tokenizer(.tokenizerJSON)
    case .trained: return try Tokenizer.train(texts: [text], vocabSize: 300)
    case .bytesOnly: return try Tokenizer.train(texts: [[UInt8]](), vocabSize: 257)
    case .severalSpecials:
      let names = ["<|endoftext|>", "<|user|>", "a \"b\" \\ \n\t\u{1}", "끝", "끝e\u{301}", "끝\u{e9}"]
      return try Tokenizer.train(texts: [text], vocabSize: 300, specialTokens: names)
    case .noSpecials: return try Tokenizer.train(texts: [text], vocabSize: 280, specialTokens: [])
    case .holes: return try tokenizerWithHoles()
    }
  }
}

/// Ids 257, 259 and 260 have no token; 261 is one that can be met.
private func tokenizerWithHoles() throws -> Tokenizer {
  let bytes = try Tokenizer.train(texts: [[UInt8]](), vocabSize: 256, specialTokens: [])
  var words = try #require(JSONSerialization.jsonObject(with: Data(bytes.vocabularyJSON())) as? [String: Int])
  words["<|endoftext|>"] = 256
  words["th"] = 258
  words["the"] = 261
  return try Tokenizer(
    vocabularyJSON: [UInt8](JSONSerialization.data(withJSONObject: words)), merges: Array("t h\nth e\n".utf8))
}

private func expectSame(_ copy: Tokenizer, _ tokenizer: Tokenizer) throws {
  #expect(copy.vocabSize == tokenizer.vocabSize)
  #expect(copy.endOfText == tokenizer.endOfText)
  for id in -1...Int32(tokenizer.vocabSize) { #expect(copy.bytes(of: id) == tokenizer.bytes(of: id), "id \(id)") }
  for row in try Golden.rows() { #expect(copy.encode(row.text) == tokenizer.encode(row.text)) }
  #expect(copy.encode("the cat's hat 한국어") == tokenizer.encode("the cat's hat 한국어"))
}

@Test(arguments: Source.allCases)
private func theTwoFilesReadBackAsTheSameTokenizer(_ source: Source) throws {
  let tokenizer = try source.tokenizer()
  let copy = try Tokenizer(vocabularyJSON: tokenizer.vocabularyJSON(), merges: tokenizer.mergesText())
  try expectSame(copy, tokenizer)
  #expect(copy.vocabularyJSON() == tokenizer.vocabularyJSON())
  #expect(copy.mergesText() == tokenizer.mergesText())
}

@Test(arguments: Source.allCases)
private func theOneFileReadsBackAsTheSameTokenizer(_ source: Source) throws {
  let tokenizer = try source.tokenizer()
  let copy = try Tokenizer(tokenizerJSON: tokenizer.tokenizerJSON())
  try expectSame(copy, tokenizer)
  #expect(copy.tokenizerJSON() == tokenizer.tokenizerJSON())
}

@Test(arguments: Source.allCases)
private func theWrittenVocabularyNamesEachTokenOnce(_ source: Source) throws {
  let tokenizer = try source.tokenizer()
  guard case .object(let members) = try JSONValue(parsing: tokenizer.vocabularyJSON()) else {
    Issue.record("vocab.json is not an object")
    return
  }
  let ids = (0..<Int32(tokenizer.vocabSize)).filter { tokenizer.bytes(of: $0) != nil }
  #expect(members.compactMap(\.value.integer) == ids.map(Int.init))
  // Names that look alike are equal as strings, so they are compared as bytes.
  #expect(Set(members.map { Array($0.key.utf8) }).count == ids.count)
}

@Test func theWrittenFilesAreThoseOfTheReference() throws {
  let tokenizer = try Golden.tokenizer(.tokenizerJSON)
  #expect(tokenizer.mergesText() == (try Golden.bytes("merges.txt")))
  for (written, name) in [
    (tokenizer.vocabularyJSON(), "vocab.json"), (tokenizer.tokenizerJSON(), "tokenizer_text_merges.json"),
  ] {
    let ours = try #require(JSONSerialization.jsonObject(with: Data(written)) as? NSDictionary)
    let theirs = try #require(JSONSerialization.jsonObject(with: Data(Golden.bytes(name))) as? NSDictionary)
    #expect(Set(ours.allKeys as? [String] ?? []) == Set(theirs.allKeys as? [String] ?? ["?"]))
    for (key, value) in theirs { #expect(ids(ours[key], key) == ids(value, key), "\(name): \(key)") }
  }
}

/// What of a member of tokenizer.json decides ids and text: of these two the kind, not the flags.
private func ids(_ value: Any?, _ key: Any) -> NSObject? {
  guard ["decoder", "post_processor"].contains(key as? String) else { return value as? NSObject }
  return (value as? NSDictionary)?["type"] as? NSObject
}
