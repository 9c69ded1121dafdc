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
  package init(tokenizerJSON: [UInt8]) throws(TokenizerError) {
    let file = try WordPieceFile(tokenizerJSON)
    let (prefix, suffix) = try file.template()
    self.init(
      names: try file.names(), prefixOfContinuations: try file.continuationPrefix(),
      normalizer: try file.normalizer(), added: AddedTokens(try file.added()), unknown: try file.unknown(),
      longestWord: try file.longestWord(), prefix: prefix, suffix: suffix)
  }

  /// Whether a `tokenizer.json` is one of these, as far as its model's type says.
  package static func isWordPiece(tokenizerJSON: [UInt8]) -> Bool {
    guard let document = try? JSONValue(parsing: tokenizerJSON) else { return false }
    return document["model"]?["type"]?.string == "WordPiece"
  }
}

/// `tokenizer.json` as the Hugging Face library writes it; whatever would lead to other ids is refused by name.
private struct WordPieceFile {
  /// The largest id that is believed: ids are indexes of arrays.
  static let idLimit = 1 << 22

  private let document: JSONValue
  private let model: JSONValue
  private let ids: [[UInt8]: Int]

  init(_ bytes: [UInt8]) throws(TokenizerError) {
    do {
      document = try JSONValue(parsing: bytes)
    } catch {
      throw .notJSON(file: "tokenizer.json", offset: error.offset, expected: error.expected)
    }
    guard let model = document["model"], model["type"]?.string ?? "WordPiece" == "WordPiece" else {
      throw Self.fail("model.type", "WordPiece", document["model"]?["type"])
    }
    guard case .object(let members)? = model["vocab"] else {
      throw Self.fail("model.vocab", "an object", model["vocab"])
    }
    self.model = model
    let limit = min(Self.idLimit, 4 * members.count + 1024)
    var ids: [[UInt8]: Int] = [:]
    for (name, value) in members {
      guard let id = value.integer, id >= 0, id < limit else {
        throw Self.fail("the id of '\(name.prefix(40))'", "a number below \(limit)", value)
      }
      ids[Array(name.utf8)] = id
    }
    for token in document["added_tokens"]?.array ?? [] {
      guard let name = token["content"]?.string, let id = token["id"]?.integer, id >= 0, id < limit else {
        throw Self.fail("added_tokens", "objects with content and an id below \(limit)", token)
      }
      ids[Array(name.utf8)] = id
    }
    self.ids = ids
  }

  private static func fail(_ field: String, _ expected: String, _ found: JSONValue?) -> TokenizerError {
    .badField(
      file: "tokenizer.json", field: field, expected: expected,
      found: found.map { String($0.text.prefix(60)) } ?? "nothing")
  }

  func names() throws(TokenizerError) -> [[UInt8]] {
    var names = [[UInt8]](repeating: [], count: (ids.values.max() ?? -1) + 1)
    for (name, id) in ids {
      guard names[id].isEmpty else { throw Self.fail("each piece's id", "its own", .number("\(id)")) }
      names[id] = name
    }
    return names
  }

  func unknown() throws(TokenizerError) -> Int32 {
    let name = model["unk_token"]?.string ?? "[UNK]"
    guard let id = ids[Array(name.utf8)] else { throw .missingToken(file: "tokenizer.json", token: name) }
    return Int32(id)
  }

  func continuationPrefix() throws(TokenizerError) -> [UInt8] {
    guard let value = model["continuing_subword_prefix"] else { return Array("##".utf8) }
    guard let text = value.string, !text.isEmpty else {
      throw Self.fail("model.continuing_subword_prefix", "a text such as \"##\"", value)
    }
    return Array(text.utf8)
  }

  func longestWord() throws(TokenizerError) -> Int {
    guard let value = model["max_input_chars_per_word"] else { return 100 }
    guard let count = value.integer, count >= 1, count <= 10_000 else {
      throw Self.fail("model.max_input_chars_per_word", "1 to 10000", value)
    }
    return count
  }

  func normalizer() throws(TokenizerError) -> BertNormalizer {
    try checkWords()
    guard let value = document["normalizer"], value["type"]?.string == "BertNormalizer" else {
      throw Self.fail("normalizer", "a BertNormalizer", document["normalizer"])
    }
    func flag(_ name: String, _ fallback: Bool) throws(TokenizerError) -> Bool {
      switch value[name] {
      case nil, .null: return fallback
      case .bool(let flag): return flag
      case let other: throw Self.fail("normalizer.\(name)", "true or false", other)
      }
    }
    let lowercases = try flag("lowercase", true)
    return BertNormalizer(
      cleansText: try flag("clean_text", true), splitsChinese: try flag("handle_chinese_chars", true),
      stripsAccents: try flag("strip_accents", lowercases), lowercases: lowercases)
  }

  private func checkWords() throws(TokenizerError) {
    guard document["pre_tokenizer"]?["type"]?.string == "BertPreTokenizer" else {
      throw Self.fail("pre_tokenizer", "a BertPreTokenizer", document["pre_tokenizer"])
    }
  }

  func added() throws(TokenizerError) -> [AddedTokens.Token] {
    var result: [AddedTokens.Token] = []
    for token in document["added_tokens"]?.array ?? [] {
      guard let name = token["content"]?.string, let id = ids[Array(name.utf8)] else { continue }
      if token["normalized"] == .bool(true) {
        throw Self.fail("added_tokens", "tokens that are found before normalisation (normalized: false)", token)
      }
      result.append(
        AddedTokens.Token(
          text: Array(name.utf8), id: Int32(id), takesLeft: token["lstrip"] == .bool(true),
          takesRight: token["rstrip"] == .bool(true), standsAlone: token["single_word"] == .bool(true)))
    }
    return result
  }

  /// The ids before and behind a text.
  func template() throws(TokenizerError) -> (prefix: [Int32], suffix: [Int32]) {
    guard let processor = document["post_processor"], processor != .null else { return ([], []) }
    switch processor["type"]?.string {
    case "BertProcessing", "RobertaProcessing":
      return ([try pair(processor, "cls")], [try pair(processor, "sep")])
    case "TemplateProcessing": return try pieces(of: processor)
    default: throw Self.fail("post_processor", "TemplateProcessing, BertProcessing or RobertaProcessing", processor)
    }
  }

  private func pair(_ processor: JSONValue, _ field: String) throws(TokenizerError) -> Int32 {
    guard let pair = processor[field]?.array, pair.count == 2, let id = pair[1].integer, isID(id) else {
      throw Self.fail("post_processor.\(field)", "a token and its id", processor[field])
    }
    return Int32(id)
  }

  private func isID(_ id: Int) -> Bool { id >= 0 && id <= ids.values.max() ?? -1 }

  private func pieces(of processor: JSONValue) throws(TokenizerError) -> (prefix: [Int32], suffix: [Int32]) {
    guard let pieces = processor["single"]?.array else {
      throw Self.fail("post_processor.single", "a list", processor["single"])
    }
    var sides: [[Int32]] = [[]]
    for piece in pieces {
      if piece["Sequence"] != nil {
        sides.append([])
        continue
      }
      guard let name = piece["SpecialToken"]?["id"]?.string,
        let found = processor["special_tokens"]?[name]?["ids"]?.array
      else { throw Self.fail("post_processor.single", "special tokens with ids, and one sequence", piece) }
      for id in found {
        guard let id = id.integer, isID(id) else {
          throw Self.fail("post_processor.special_tokens", "ids of the vocabulary", id)
        }
        sides[sides.count - 1].append(Int32(id))
      }
    }
    guard sides.count == 2 else { throw Self.fail("post_processor.single", "one sequence", processor["single"]) }
    return (sides[0], sides[1])
  }
}
