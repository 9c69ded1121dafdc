internal import HoneFiles

extension Tokenizer {
  /// Reads GPT-2's two files: `vocab.json` (or `encoder.json`) and `merges.txt` (or `vocab.bpe`).
  package init(vocabularyJSON: [UInt8], merges: [UInt8]) throws(TokenizerError) {
    let vocabulary = try Self.parse(vocabularyJSON, file: "vocab.json")
    let pairs = try Self.mergeLines(merges)
    try self.init(vocabulary: vocabulary, pairs: pairs, added: [], file: "vocab.json")
  }

  /// Reads a `tokenizer.json` whose model is byte-level BPE with GPT-2's pattern.
  package init(tokenizerJSON: [UInt8]) throws(TokenizerError) {
    let file = "tokenizer.json"
    let document = try Self.parse(tokenizerJSON, file: file)
    func fail(_ field: String, _ expected: String, _ found: JSONValue?) -> TokenizerError {
      .badField(file: file, field: field, expected: expected, found: found.map { String($0.text.prefix(60)) } ?? "nothing")
    }
    guard let model = document["model"], let vocabulary = model["vocab"] else {
      throw fail("model", "an object with a vocabulary", nil)
    }
    if let type = model["type"]?.string, type != "BPE" { throw fail("model.type", "BPE", model["type"]) }
    try Self.checkPreTokenizer(document["pre_tokenizer"], fail)
    if let normalizer = document["normalizer"], normalizer != .null { throw fail("normalizer", "null", normalizer) }
    guard let merges = model["merges"]?.array else { throw fail("model.merges", "a list", model["merges"]) }
    var pairs: [(String, String)] = []
    for merge in merges {
      if let text = merge.string, let pair = Self.splitMerge(text) {
        pairs.append(pair)
      } else if let parts = merge.array, parts.count == 2, let left = parts[0].string, let right = parts[1].string {
        pairs.append((left, right))
      } else {
        throw fail("model.merges", "pairs of tokens", merge)
      }
    }
    var added: [(String, Int)] = []
    for token in document["added_tokens"]?.array ?? [] {
      guard let content = token["content"]?.string, let id = token["id"]?.integer else {
        throw fail("added_tokens", "objects with id and content", token)
      }
      added.append((content, id))
    }
    try self.init(vocabulary: vocabulary, pairs: pairs, added: added, file: file)
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

  private static func parse(_ bytes: [UInt8], file: String) throws(TokenizerError) -> JSONValue {
    do {
      return try JSONValue(parsing: bytes)
    } catch {
      throw .notJSON(file: file, offset: error.offset, expected: error.expected)
    }
  }

  /// Two tokens of a merge stand behind each other with a space between.
  private static func splitMerge(_ line: String) -> (String, String)? {
    let parts = line.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
    return (String(parts[0]), String(parts[1]))
  }

  private static func mergeLines(_ bytes: [UInt8]) throws(TokenizerError) -> [(String, String)] {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .badMerge(file: "merges.txt", line: 0, reason: "expected UTF-8 text")
    }
    var pairs: [(String, String)] = []
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if number == 0, line.hasPrefix("#version") { continue }
      let line = line.last == "\r" ? line.dropLast() : line
      if line.isEmpty { continue }
      guard let pair = splitMerge(String(line)) else {
        throw .badMerge(file: "merges.txt", line: number + 1, reason: "expected two tokens with a space between")
      }
      pairs.append(pair)
    }
    return pairs
  }

  /// The largest id that is believed: ids are indexes of arrays.
  private static let idLimit = 1 << 24

  private init(
    vocabulary: JSONValue, pairs: [(String, String)], added: [(String, Int)], file: String
  ) throws(TokenizerError) {
    guard case .object(let members) = vocabulary else {
      throw .badField(file: file, field: "the vocabulary", expected: "an object", found: "another value")
    }
    var ids: [String: Int] = [:]
    for (word, value) in members {
      guard let id = value.integer, id >= 0, id < Self.idLimit, id < 4 * members.count + 1024 else {
        throw .badField(
          file: file, field: "the id of '\(word.prefix(40))'", expected: "a small number", found: value.text)
      }
      ids[word] = id
    }
    for (word, id) in added {
      guard id >= 0, id < Self.idLimit, id < 4 * (members.count + added.count) + 1024 else {
        throw .badField(file: file, field: "an added token's id", expected: "a small number", found: "\(id)")
      }
      ids[word] = id
    }
    let specialNames = Set(added.map(\.0))
    var tokens = [[UInt8]?](repeating: nil, count: (ids.values.max() ?? -1) + 1)
    var specials: [Int32: String] = [:]
    for (word, id) in ids {
      if !specialNames.contains(word), word != Self.endOfTextName, let bytes = ByteAlphabet.decode(word) {
        tokens[id] = bytes
      } else {
        specials[Int32(id)] = word
      }
    }
    var merges: [(left: Int32, right: Int32, token: Int32)] = []
    for (number, pair) in pairs.enumerated() {
      guard let left = ids[pair.0], let right = ids[pair.1], let token = ids[pair.0 + pair.1] else {
        throw .badMerge(file: file, line: number + 1, reason: "expected tokens of the vocabulary, found others")
      }
      merges.append((Int32(left), Int32(right), Int32(token)))
    }
    try self.init(tokens: tokens, specials: specials, mergePairs: merges, file: file)
  }
}

extension Tokenizer {
  private func name(_ id: Int) -> String {
    tokens[id].map(ByteAlphabet.encode) ?? specials[Int32(id)] ?? "<|unused\(id)|>"
  }

  /// `vocab.json`: every token and its id.
  package func vocabularyJSON() -> [UInt8] { Array(vocabularyObject().text.utf8) }

  private func vocabularyObject() -> JSONValue {
    .object(tokens.indices.map { (name($0), .number("\($0)")) })
  }

  /// `merges.txt`: the pairs in the order of their ranks.
  package func mergesText() -> [UInt8] {
    Array((["#version: 0.2"] + mergePairs.map { "\(name(Int($0.left))) \(name(Int($0.right)))" } + [""]).joined(separator: "\n").utf8)
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
      ("merges", .array(mergePairs.map { .string("\(name(Int($0.left))) \(name(Int($0.right)))") })),
    ])
    let document = JSONValue.object([
      ("version", .string("1.0")), ("truncation", .null), ("padding", .null), ("added_tokens", .array(added)),
      ("normalizer", .null), ("pre_tokenizer", flags("ByteLevel")), ("post_processor", flags("ByteLevel")),
      ("decoder", flags("ByteLevel")), ("model", model),
    ])
    return Array(document.text.utf8)
  }
}
