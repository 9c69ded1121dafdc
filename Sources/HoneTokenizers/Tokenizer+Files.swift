internal import HoneFiles

extension Tokenizer {
  /// Reads GPT-2's two files: `vocab.json` (or `encoder.json`) and `merges.txt` (or `vocab.bpe`).
  package init(vocabularyJSON: [UInt8], merges: [UInt8]) throws(TokenizerError) {
    let vocabulary = try Self.parse(vocabularyJSON, file: "vocab.json")
    let pairs = try Self.mergeLines(merges)
    try self.init(vocabulary: vocabulary, merges: pairs, added: [], file: "vocab.json", mergesFile: "merges.txt")
  }

  /// Reads a `tokenizer.json` whose model is byte-level BPE with GPT-2's pattern.
  package init(tokenizerJSON: [UInt8]) throws(TokenizerError) {
    let file = "tokenizer.json"
    let document = try Self.parse(tokenizerJSON, file: file)
    try Self.checkPreTokenizer(document["pre_tokenizer"], Self.failure(file))
    try self.init(document: document)
  }

  private static func failure(_ file: String) -> (String, String, JSONValue?) -> TokenizerError {
    { field, expected, found in
      .badField(
        file: file, field: field, expected: expected, found: found.map { String($0.text.prefix(60)) } ?? "nothing")
    }
  }

  /// Reads all of a `tokenizer.json` but how it divides a text into words.
  init(document: JSONValue) throws(TokenizerError) {
    let file = "tokenizer.json"
    let fail = Self.failure(file)
    guard let model = document["model"], let vocabulary = model["vocab"] else {
      throw fail("model", "an object with a vocabulary", nil)
    }
    try Self.checkModel(model, fail)
    if let normalizer = document["normalizer"], normalizer != .null { throw fail("normalizer", "null", normalizer) }
    let pairs = try Self.mergeList(of: model, fail)
    try self.init(
      vocabulary: vocabulary, merges: pairs, added: try Self.addedTokens(of: document, fail), file: file,
      mergesFile: file)
  }

  /// The merges of a `tokenizer.json`, as texts or as pairs.
  static func mergeList(
    of model: JSONValue, _ fail: (String, String, JSONValue?) -> TokenizerError
  ) throws(TokenizerError) -> [Merge] {
    guard let merges = model["merges"]?.array else { throw fail("model.merges", "a list", model["merges"]) }
    var pairs: [Merge] = []
    for (index, merge) in merges.enumerated() {
      if let text = merge.string, let pair = Merge(Array(text.utf8)[...], line: index + 1) {
        pairs.append(pair)
      } else if let parts = merge.array, parts.count == 2, let left = parts[0].string, let right = parts[1].string {
        pairs.append(Merge(left: Array(left.utf8), right: Array(right.utf8), line: index + 1))
      } else {
        throw fail("model.merges", "pairs of tokens", merge)
      }
    }
    return pairs
  }

  /// The tokens of a `tokenizer.json` that stand beside its vocabulary.
  static func addedTokens(
    of document: JSONValue, _ fail: (String, String, JSONValue?) -> TokenizerError
  ) throws(TokenizerError) -> [(String, Int)] {
    var added: [(String, Int)] = []
    for token in document["added_tokens"]?.array ?? [] {
      guard let content = token["content"]?.string, let id = token["id"]?.integer else {
        throw fail("added_tokens", "objects with id and content", token)
      }
      added.append((content, id))
    }
    return added
  }

  /// Refuses what would give other ids.
  private static func checkModel(
    _ model: JSONValue, _ fail: (String, String, JSONValue?) -> TokenizerError
  ) throws(TokenizerError) {
    if let type = model["type"], type != .string("BPE") { throw fail("model.type", "BPE", type) }
    if let ignores = model["ignore_merges"], ignores != .bool(false), ignores != .null {
      throw fail("model.ignore_merges", "false", ignores)
    }
    if let dropout = model["dropout"], dropout != .null, dropout != .number("0"), dropout != .number("0.0") {
      throw fail("model.dropout", "null", dropout)
    }
    for field in ["continuing_subword_prefix", "end_of_word_suffix"] {
      if let text = model[field], text != .null, text != .string("") { throw fail("model.\(field)", "null", text) }
    }
  }

  private static func checkPreTokenizer(
    _ value: JSONValue?, _ fail: (String, String, JSONValue?) -> TokenizerError
  ) throws(TokenizerError) {
    var stage = value
    if value?["type"]?.string == "Sequence", let stages = value?["pretokenizers"]?.array, stages.count == 1 {
      stage = stages[0]
    }
    guard stage?["type"]?.string == "ByteLevel" else {
      throw fail("pre_tokenizer", "ByteLevel with GPT-2's pattern", value)
    }
    guard stage?["add_prefix_space"] != .bool(true) else {
      throw fail("pre_tokenizer.add_prefix_space", "false", stage?["add_prefix_space"])
    }
    guard stage?["use_regex"] != .bool(false) else { throw fail("pre_tokenizer.use_regex", "true", .bool(false)) }
  }

  static func parse(_ bytes: [UInt8], file: String) throws(TokenizerError) -> JSONValue {
    do {
      return try JSONValue(parsing: bytes)
    } catch {
      throw .notJSON(file: file, offset: error.offset, expected: error.expected)
    }
  }

  static func mergeLines(_ bytes: [UInt8]) throws(TokenizerError) -> [Merge] {
    var pairs: [Merge] = []
    for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
      if index == 0, line.starts(with: "#version".utf8) { continue }
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      if line.isEmpty { continue }
      guard let pair = Merge(line, line: index + 1) else {
        throw .badMerge(file: "merges.txt", line: index + 1, reason: "expected two tokens with a space between")
      }
      pairs.append(pair)
    }
    return pairs
  }

  /// The largest id that is believed: ids are indexes of arrays.
  private static let idLimit = 1 << 24

  /// The id of each name, as bytes.
  static func ids(
    _ vocabulary: JSONValue, added: [(String, Int)], file: String
  ) throws(TokenizerError) -> [[UInt8]: Int] {
    guard case .object(let members) = vocabulary else {
      throw .badField(file: file, field: "the vocabulary", expected: "an object", found: "another value")
    }
    let limit = min(idLimit, 4 * (members.count + added.count) + 1024)
    var ids: [[UInt8]: Int] = [:]
    for (word, value) in members {
      guard let id = value.integer, id >= 0, id < limit else {
        throw .badField(
          file: file, field: "the id of '\(word.prefix(40))'", expected: "a small number",
          found: String(value.text.prefix(60)))
      }
      ids[Array(word.utf8)] = id
    }
    for (word, id) in added {
      guard id >= 0, id < limit else {
        throw .badField(file: file, field: "an added token's id", expected: "a small number", found: "\(id)")
      }
      ids[Array(word.utf8)] = id
    }
    return ids
  }

  private init(
    vocabulary: JSONValue, merges: [Merge], added: [(String, Int)], file: String, mergesFile: String
  ) throws(TokenizerError) {
    let ids = try Self.ids(vocabulary, added: added, file: file)
    let specialNames = Set(added.map { Array($0.0.utf8) } + [Array(Self.endOfTextName.utf8)])
    var tokens = [[UInt8]?](repeating: nil, count: (ids.values.max() ?? -1) + 1)
    var specials: [Int32: String] = [:]
    for (name, id) in ids {
      let word = String(decoding: name, as: UTF8.self)
      guard tokens[id] == nil, specials[Int32(id)] == nil else {
        throw .badField(file: file, field: "each token's id", expected: "its own", found: "\(id) twice")
      }
      if !specialNames.contains(name), let bytes = ByteAlphabet.decode(word) {
        tokens[id] = bytes
      } else {
        specials[Int32(id)] = word
      }
    }
    var pairs: [(left: Int32, right: Int32, token: Int32)] = []
    for merge in merges {
      guard let left = ids[merge.left], let right = ids[merge.right], let token = ids[merge.left + merge.right] else {
        throw .badMerge(file: mergesFile, line: merge.line, reason: "expected tokens of the vocabulary, found others")
      }
      pairs.append((Int32(left), Int32(right), Int32(token)))
    }
    try self.init(tokens: tokens, specials: specials, mergePairs: pairs, file: file)
  }
}

/// Two names of tokens as a file has them. They are bytes, for texts that look alike are equal in Swift, and a
/// carriage return with its line feed is one character there.
struct Merge {
  let left: [UInt8]
  let right: [UInt8]
  let line: Int

  init(left: [UInt8], right: [UInt8], line: Int) {
    self.left = left
    self.right = right
    self.line = line
  }

  /// Reads two names with a space between; nil for anything else.
  init?(_ text: ArraySlice<UInt8>, line: Int) {
    let parts = text.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
    self.init(left: Array(parts[0]), right: Array(parts[1]), line: line)
  }
}

extension Tokenizer {
  /// The name of an id in files; nil where there is no token.
  func name(_ id: Int) -> String? { tokens[id].map(ByteAlphabet.encode) ?? specials[Int32(id)] }

  /// The two names of each merge with a space between, in the order of their ranks.
  private var mergeTexts: [String] {
    mergePairs.compactMap { pair in
      guard let left = name(Int(pair.left)), let right = name(Int(pair.right)) else { return nil }
      return "\(left) \(right)"
    }
  }

  /// `vocab.json`: every token and its id.
  package func vocabularyJSON() -> [UInt8] { Array(vocabularyObject().text.utf8) }

  private func vocabularyObject() -> JSONValue {
    .object(tokens.indices.compactMap { id in name(id).map { ($0, .number("\(id)")) } })
  }

  /// `merges.txt`: the pairs in the order of their ranks.
  package func mergesText() -> [UInt8] {
    Array((["#version: 0.2"] + mergeTexts + [""]).joined(separator: "\n").utf8)
  }

  /// `tokenizer.json`: the same in the format of the Hugging Face library.
  package func tokenizerJSON() -> [UInt8] {
    func flags(_ type: String) -> JSONValue {
      .object([
        ("type", .string(type)), ("add_prefix_space", .bool(false)), ("trim_offsets", .bool(true)),
        ("use_regex", .bool(true)),
      ])
    }
    let added = specials.sorted { $0.key < $1.key }.map { id, name in
      JSONValue.object([
        ("id", .number("\(id)")), ("content", .string(name)), ("single_word", .bool(false)), ("lstrip", .bool(false)),
        ("rstrip", .bool(false)), ("normalized", .bool(false)), ("special", .bool(true)),
      ])
    }
    let model = JSONValue.object([
      ("type", .string("BPE")), ("dropout", .null), ("unk_token", .null), ("continuing_subword_prefix", .null),
      ("end_of_word_suffix", .null), ("fuse_unk", .bool(false)), ("byte_fallback", .bool(false)),
      ("ignore_merges", .bool(false)), ("vocab", vocabularyObject()),
      ("merges", .array(mergeTexts.map { .string($0) })),
    ])
    let document = JSONValue.object([
      ("version", .string("1.0")), ("truncation", .null), ("padding", .null), ("added_tokens", .array(added)),
      ("normalizer", .null), ("pre_tokenizer", flags("ByteLevel")), ("post_processor", flags("ByteLevel")),
      ("decoder", flags("ByteLevel")), ("model", model),
    ])
    return Array(document.text.utf8)
  }
}
