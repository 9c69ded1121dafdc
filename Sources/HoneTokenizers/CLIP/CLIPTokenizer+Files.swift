internal import HoneFiles

extension CLIPTokenizer {
  /// Reads `vocab.json` and `merges.txt`.
  package init(vocabularyJSON: [UInt8], merges: [UInt8]) throws(TokenizerError) {
    let ids = try Tokenizer.ids(
      Tokenizer.parse(vocabularyJSON, file: "vocab.json"), added: [], file: "vocab.json")
    try self.init(ids: ids, merges: Tokenizer.mergeLines(merges), file: "vocab.json", mergesFile: "merges.txt")
  }

  /// Reads a `tokenizer.json`; whatever would lead to other ids is refused by name.
  package init(tokenizerJSON: [UInt8]) throws(TokenizerError) {
    let file = "tokenizer.json"
    let document = try Tokenizer.parse(tokenizerJSON, file: file)
    func fail(_ field: String, _ expected: String, _ found: JSONValue?) -> TokenizerError {
      .badField(
        file: file, field: field, expected: expected, found: found.map { String($0.text.prefix(60)) } ?? "nothing")
    }
    guard let model = document["model"], let vocabulary = model["vocab"] else {
      throw fail("model", "an object with a vocabulary", nil)
    }
    try Self.check(document, model, fail)
    let added = try Tokenizer.addedTokens(of: document, fail)
    try self.init(
      ids: Tokenizer.ids(vocabulary, added: added, file: file), merges: Tokenizer.mergeList(of: model, fail),
      file: file, mergesFile: file)
  }

  /// The words of a text; older files leave the names of special tokens to those beside the vocabulary.
  private static let pattern = #"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"#

  private static func check(
    _ document: JSONValue, _ model: JSONValue, _ fail: (String, String, JSONValue?) -> TokenizerError
  ) throws(TokenizerError) {
    guard model["type"]?.string ?? "BPE" == "BPE" else { throw fail("model.type", "BPE", model["type"]) }
    guard model["end_of_word_suffix"]?.string == wordEnd else {
      throw fail("model.end_of_word_suffix", wordEnd, model["end_of_word_suffix"])
    }
    if let prefix = model["continuing_subword_prefix"], prefix != .null, prefix != .string("") {
      throw fail("model.continuing_subword_prefix", "nothing", prefix)
    }
    if let dropout = model["dropout"], dropout != .null { throw fail("model.dropout", "null", dropout) }
    let normalizers = document["normalizer"]?["normalizers"]?.array?.compactMap { $0["type"]?.string }
    guard normalizers == ["NFC", "Replace", "Lowercase"] else {
      throw fail("normalizer", "NFC, Replace and Lowercase", document["normalizer"])
    }
    let stages = document["pre_tokenizer"]?["pretokenizers"]?.array ?? []
    guard stages.compactMap({ $0["type"]?.string }) == ["Split", "ByteLevel"], stages.count == 2 else {
      throw fail("pre_tokenizer", "Split and ByteLevel", document["pre_tokenizer"])
    }
    let split = stages[0]["pattern"]?["Regex"]
    guard let text = split?.string, text == pattern || text == #"<\|startoftext\|>|<\|endoftext\|>|"# + pattern else {
      throw fail("pre_tokenizer's pattern", "CLIP's", split)
    }
    guard stages[1]["add_prefix_space"] != .bool(true) else {
      throw fail("pre_tokenizer.add_prefix_space", "false", stages[1]["add_prefix_space"])
    }
  }
}
