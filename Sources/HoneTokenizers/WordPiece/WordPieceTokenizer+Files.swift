internal import HoneFiles

extension WordPieceTokenizer {
  /// Reads `vocab.txt`, one piece a line, for a tokenizer that treats text as `normalizer` says.
  package init(vocabularyText: [UInt8], normalizer: BertNormalizer = BertNormalizer()) throws(TokenizerError) {
    var names = vocabularyText.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
      Array(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
    }
    if names.last?.isEmpty == true { names.removeLast() }
    guard names.count <= WordPieceFile.idLimit else {
      throw .badField(
        file: "vocab.txt", field: "the number of lines", expected: "at most \(WordPieceFile.idLimit)",
        found: "\(names.count)")
    }
    // The last of equal lines counts, as in the reference.
    let special = ["[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"]
    var ids: [String: Int32] = [:]
    for (id, name) in names.enumerated() where name.first == UInt8(ascii: "[") && name.count <= 6 {
      if let known = special.first(where: { name.elementsEqual($0.utf8) }) { ids[known] = Int32(id) }
    }
    func id(_ name: String) throws(TokenizerError) -> Int32 {
      guard let id = ids[name] else { throw .missingToken(file: "vocab.txt", token: name) }
      return id
    }
    let unknown = try id("[UNK]")
    let (start, end) = (try id("[CLS]"), try id("[SEP]"))
    let added = special.compactMap { name in
      ids[name].map {
        AddedTokens.Token(text: Array(name.utf8), id: $0, takesLeft: false, takesRight: false, standsAlone: false)
      }
    }
    self.init(
      names: names, prefixOfContinuations: Array("##".utf8), normalizer: normalizer, added: AddedTokens(added),
      unknown: unknown, longestWord: 100, prefix: [start], suffix: [end])
  }

  /// Reads a `tokenizer.json` whose model is WordPiece, with BERT's normalizer and words.
  package init(tokenizerJSON: [UInt8]) throws(TokenizerError) { try self.init(TokenizerDocument(tokenizerJSON)) }

  init(_ document: TokenizerDocument) throws(TokenizerError) {
    let file = try WordPieceFile(document)
    let normalizer = try file.normalizer()
    let (prefix, suffix) = try document.template(below: file.names.count)
    self.init(
      names: file.names, prefixOfContinuations: try file.continuationPrefix(), normalizer: normalizer,
      added: AddedTokens(file.added.filter { !$0.isNormalized }.map { $0.token($0.text) }),
      addedNormalized: try file.addedNormalized(normalizer), unknown: try file.unknown(),
      longestWord: try file.longestWord(), prefix: prefix, suffix: suffix)
  }

  /// Whether a `tokenizer.json` is one of these, as far as its model's type says.
  package static func isWordPiece(tokenizerJSON: [UInt8]) -> Bool {
    guard let document = try? JSONValue(parsing: tokenizerJSON) else { return false }
    return document["model"]?["type"]?.string == "WordPiece"
  }
}

/// The WordPiece fields of a `tokenizer.json`.
private struct WordPieceFile {
  /// The largest id that is believed: ids are indexes of arrays.
  static let idLimit = 1 << 22

  let names: [[UInt8]]
  let added: [AddedTokenRecord]
  private let document: TokenizerDocument
  private let model: JSONValue
  private let ids: [[UInt8]: Int32]

  init(_ document: TokenizerDocument) throws(TokenizerError) {
    self.document = document
    model = document.model
    guard model["type"]?.string ?? "WordPiece" == "WordPiece" else {
      throw TokenizerDocument.fail("model.type", "WordPiece", model["type"])
    }
    guard case .object(let members)? = model["vocab"] else {
      throw TokenizerDocument.fail("model.vocab", "an object", model["vocab"])
    }
    let limit = min(Self.idLimit, 4 * members.count + 1024)
    var ids: [[UInt8]: Int32] = [:]
    for (name, value) in members {
      guard let id = value.integer, id >= 0, id < limit else {
        throw TokenizerDocument.fail("the id of '\(name.prefix(40))'", "a number below \(limit)", value)
      }
      ids[Array(name.utf8)] = Int32(id)
    }
    added = try document.addedTokens(modelCount: ids.count) { ids[$0] }
    for token in added {
      guard token.id < limit else {
        throw TokenizerDocument.fail("added_tokens", "ids below \(limit)", .number("\(token.id)"))
      }
      ids[token.text] = token.id
    }
    var names = [[UInt8]](repeating: [], count: Int(ids.values.max() ?? -1) + 1)
    for (name, id) in ids {
      guard names[Int(id)].isEmpty else {
        throw TokenizerDocument.fail("each piece's id", "its own", .number("\(id)"))
      }
      names[Int(id)] = name
    }
    self.names = names
    self.ids = ids
  }

  func unknown() throws(TokenizerError) -> Int32 {
    let name = model["unk_token"]?.string ?? "[UNK]"
    guard let id = ids[Array(name.utf8)] else { throw .missingToken(file: TokenizerDocument.file, token: name) }
    return id
  }

  func continuationPrefix() throws(TokenizerError) -> [UInt8] {
    guard let value = model["continuing_subword_prefix"] else { return Array("##".utf8) }
    guard let text = value.string, !text.isEmpty else {
      throw TokenizerDocument.fail("model.continuing_subword_prefix", "a text such as \"##\"", value)
    }
    return Array(text.utf8)
  }

  func longestWord() throws(TokenizerError) -> Int {
    guard let value = model["max_input_chars_per_word"] else { return 100 }
    guard let count = value.integer, count >= 1, count <= 10_000 else {
      throw TokenizerDocument.fail("model.max_input_chars_per_word", "1 to 10000", value)
    }
    return count
  }

  func normalizer() throws(TokenizerError) -> BertNormalizer {
    guard document.root["pre_tokenizer"]?["type"]?.string == "BertPreTokenizer" else {
      throw TokenizerDocument.fail("pre_tokenizer", "a BertPreTokenizer", document.root["pre_tokenizer"])
    }
    guard let value = document.root["normalizer"], value["type"]?.string == "BertNormalizer" else {
      throw TokenizerDocument.fail("normalizer", "a BertNormalizer", document.root["normalizer"])
    }
    func flag(_ name: String, _ fallback: Bool) throws(TokenizerError) -> Bool {
      try TokenizerDocument.flag(value, name, in: "normalizer", fallback)
    }
    let lowercases = try flag("lowercase", true)
    return BertNormalizer(
      cleansText: try flag("clean_text", true), splitsChinese: try flag("handle_chinese_chars", true),
      stripsAccents: try flag("strip_accents", lowercases), lowercases: lowercases)
  }

  /// The tokens that are found in the normalised text, by their own normalised names.
  func addedNormalized(_ normalizer: BertNormalizer) throws(TokenizerError) -> AddedTokens {
    var words = BertWords(normalizer)
    var result: [AddedTokens.Token] = []
    for record in added where record.isNormalized {
      var text: [UInt8] = []
      words.normalize(record.text.span, 0..<record.text.count, into: &text)
      // Other kinds of space stay what they are where text is not cleaned; here each is a space.
      guard !text.isEmpty, normalizer.cleansText || text == record.text || !text.contains(0x20) else {
        throw TokenizerDocument.fail(
          "added_tokens", "tokens that normalisation leaves something of",
          .string(String(decoding: record.text.prefix(40), as: UTF8.self)))
      }
      result.append(record.token(text))
    }
    return AddedTokens(result)
  }
}
