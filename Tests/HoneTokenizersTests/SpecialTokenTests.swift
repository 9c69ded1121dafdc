import Foundation
import HoneTokenizers
import Testing

@Test(arguments: Golden.Form.allCases)
func theNameOfASpecialTokenInATextIsPlainText(_ form: Golden.Form) throws {
  let tokenizer = try Golden.tokenizer(form)
  let end = try #require(tokenizer.endOfText)
  for text in ["<|endoftext|>", "a<|endoftext|>b", " <|endoftext|>", "<|endoftext|><|endoftext|>"] {
    let ids = tokenizer.encode(text)
    #expect(!ids.contains(end), "\(text)")
    #expect(ids.count > text.count / 13, "\(text)")
    #expect(tokenizer.decode(ids) == text)
  }
  #expect(tokenizer.token(for: Array("<|endoftext|>".utf8)) == nil)
}

@Test func aSpecialTokenDecodesToItsName() throws {
  let tokenizer = try Golden.tokenizer()
  #expect(tokenizer.bytes(of: 0) == Array("<|endoftext|>".utf8))
  #expect(tokenizer.decode(tokenizer.encode("to") + [0]) == "to<|endoftext|>")
}

/// Texts full of the name, so that a trainer would learn it as a word if it could.
@Test(arguments: ["PAD", "endoftext", "<|endoftext|>", "!!", "끝", "Ġend", "a b"])
func noTextLeadsToASpecialTokenThatTheTrainerMade(_ name: String) throws {
  let text = Array(repeating: "\(name) \(name)\(name)s x\(name) end", count: 4).joined(separator: "\n")
  let tokenizer = try Tokenizer.train(texts: [Array(text.utf8)], vocabSize: 400, specialTokens: [name])
  let special = Int32(tokenizer.vocabSize - 1)
  #expect(tokenizer.bytes(of: special) == Array(name.utf8))
  for copy in [tokenizer, try Tokenizer(tokenizerJSON: tokenizer.tokenizerJSON())] {
    #expect(!copy.encode(text).contains(special))
    #expect(!copy.encode(name).contains(special))
    #expect(copy.decode(copy.encode(text)) == text)
    #expect(copy.encode(text) == tokenizer.encode(text))
    #expect(copy.bytes(of: special) == Array(name.utf8))
  }
}

@Test(arguments: [["a"], ["Ġ"], [""], ["x1", "x2", "x1"]])
func namesThatCannotBeSpecialTokensAreRefused(_ names: [String]) throws {
  let error = #expect(throws: TokenizerError.self) {
    try Tokenizer.train(texts: [Array("aaaa".utf8)], vocabSize: 300, specialTokens: names)
  }
  #expect(error?.description.contains("special token") == true)
}

@Test func noTextLeadsToATokenThatAFileDeclaresSpecial() throws {
  // The token "to" of the golden vocabulary is the second merge.
  let document = try editedGolden { document in
    var added = document["added_tokens"] as? [[String: Any]] ?? []
    added.append(["id": 258, "content": "to", "special": true])
    document["added_tokens"] = added
  }
  let tokenizer = try Tokenizer(tokenizerJSON: document)
  #expect(!tokenizer.encode("to toto kato").contains(258))
  #expect(tokenizer.decode(tokenizer.encode("to toto kato")) == "to toto kato")
  #expect(tokenizer.bytes(of: 258) == Array("to".utf8))
}

@Test func anAddedTokenMayHaveANewIdAndAnyName() throws {
  let document = try editedGolden { document in
    var added = document["added_tokens"] as? [[String: Any]] ?? []
    added.append(["id": 600, "content": "<끝 e\u{301}>", "special": true])
    document["added_tokens"] = added
  }
  let tokenizer = try Tokenizer(tokenizerJSON: document)
  #expect(tokenizer.vocabSize == 601)
  #expect(tokenizer.bytes(of: 600) == Array("<끝 e\u{301}>".utf8))
  #expect(!tokenizer.encode("<끝 e\u{301}>").contains(600))
}

/// The golden tokenizer.json after a change.
private func editedGolden(_ edit: (inout [String: Any]) -> Void) throws -> [UInt8] {
  let bytes = Data(try Golden.bytes("tokenizer.json"))
  var document = try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
  edit(&document)
  return [UInt8](try JSONSerialization.data(withJSONObject: document))
}
