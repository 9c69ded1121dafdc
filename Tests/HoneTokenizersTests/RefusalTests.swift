import Foundation
import HoneTokenizers
import Testing

/// The golden tokenizer.json with the member that a path of keys leads to replaced by some JSON, or taken away.
private func edited(_ path: String, _ json: String?) throws -> [UInt8] {
  let value = try json.map { try JSONSerialization.jsonObject(with: Data($0.utf8), options: .fragmentsAllowed) }
  func edit(_ object: [String: Any], _ path: ArraySlice<Substring>) -> [String: Any] {
    var object = object
    guard let key = path.first.map(String.init) else { return object }
    object[key] = path.count == 1 ? value : edit(object[key] as? [String: Any] ?? [:], path.dropFirst())
    return object
  }
  let bytes = Data(try Golden.bytes("tokenizer.json"))
  let document = try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
  return [UInt8](try JSONSerialization.data(withJSONObject: edit(document, path.split(separator: ".")[...])))
}

/// The golden vocab.json with some names added, and others taken away.
private func vocabulary(adding text: String = "", removing names: [String] = []) throws -> [UInt8] {
  let bytes = Data(try Golden.bytes("vocab.json"))
  var words = try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Int])
  for name in names { words[name] = nil }
  return Array("{".utf8) + Array(text.utf8) + [UInt8](try JSONSerialization.data(withJSONObject: words)).dropFirst()
}

/// What would give other ids than those Hone gives must not be read in silence.
@Test(arguments: [
  ("model.type", #""WordPiece""#), ("model.ignore_merges", "true"), ("model.dropout", "0.1"),
  ("model.continuing_subword_prefix", #""@@""#), ("model.end_of_word_suffix", #""</w>""#),
  ("normalizer", #"{"type":"NFC"}"#), ("pre_tokenizer", #"{"type":"Whitespace"}"#), ("pre_tokenizer", nil),
  ("pre_tokenizer.add_prefix_space", "true"), ("pre_tokenizer.use_regex", "false"),
])
func aTokenizerThatWorksInAnotherWayIsRefused(_ path: String, _ json: String?) throws {
  let error = #expect(throws: TokenizerError.self) { try Tokenizer(tokenizerJSON: edited(path, json)) }
  guard case .badField("tokenizer.json", path, _, _)? = error else {
    Issue.record("\(String(describing: error))")
    return
  }
}

/// What other programs write for the same thing.
@Test(arguments: [
  ("model.type", nil), ("model.ignore_merges", nil), ("model.ignore_merges", "false"), ("model.dropout", nil),
  ("model.dropout", "0.0"), ("model.continuing_subword_prefix", #""""#), ("model.end_of_word_suffix", #""""#),
  ("model.end_of_word_suffix", nil), ("model.unk_token", #""<|endoftext|>""#), ("post_processor", nil),
  ("normalizer", nil), ("added_tokens", "[]"), ("added_tokens", nil),
  ("pre_tokenizer", #"{"type":"Sequence","pretokenizers":[{"type":"ByteLevel","add_prefix_space":false}]}"#),
])
func otherWordsForTheSameTokenizerAreRead(_ path: String, _ json: String?) throws {
  let tokenizer = try Tokenizer(tokenizerJSON: edited(path, json))
  for row in try Golden.rows() { #expect(tokenizer.encode(row.text) == row.ids) }
  #expect(tokenizer.endOfText == 0)
}

@Test(arguments: [
  "-1", "16777216", "1e3", "600.0", "9223372036854775807", "9223372036854775808",
  "1\(String(repeating: "0", count: 500))",
  #""7""#, "true", "null", "[1]", "{}", #"{"id":7}"#,
])
func anIdThatIsNotASmallNumberIsRefused(_ id: String) throws {
  let words = try vocabulary(adding: #""q?":\#(id),"#)
  let error = #expect(throws: TokenizerError.self) { try Tokenizer(vocabularyJSON: words, merges: []) }
  #expect(error?.description.utf8.count ?? 0 < 300)
  let text = String(decoding: try Golden.bytes("tokenizer.json"), as: UTF8.self)
  let added = text.replacing(#""added_tokens":["#, with: #""added_tokens":[{"id":\#(id),"content":"<|q|>"},"#)
  #expect(added != text)
  #expect(throws: TokenizerError.self) { try Tokenizer(tokenizerJSON: Array(added.utf8)) }
}

@Test func twoTokensOfOneIdAreRefused() throws {
  let words = try vocabulary(adding: #""q?":300,"#)
  let error = #expect(throws: TokenizerError.self) { try Tokenizer(vocabularyJSON: words, merges: []) }
  #expect(error?.description.contains("300") == true)
  let added = #"[{"id":300,"content":"<|q|>","special":true}]"#
  #expect(throws: TokenizerError.self) { try Tokenizer(tokenizerJSON: edited("added_tokens", added)) }
}

@Test func aMissingByteIsRefusedByName() throws {
  let words = try vocabulary(removing: ["Ġ"])
  #expect(throws: TokenizerError.missingToken(file: "vocab.json", token: "Ġ")) {
    try Tokenizer(vocabularyJSON: words, merges: [])
  }
}

@Test(arguments: [
  "", "[]", "3", "null", "{}", "{\"a\":0", "{\"model\":[]}", "{\"model\":{\"vocab\":[],\"merges\":[]}}",
])
func aDocumentOfAnotherShapeIsRefused(_ text: String) {
  #expect(throws: TokenizerError.self) { try Tokenizer(tokenizerJSON: Array(text.utf8)) }
  #expect(throws: TokenizerError.self) { try Tokenizer(vocabularyJSON: Array(text.utf8), merges: []) }
}
