internal import HoneFiles

extension UnigramTokenizer {
  /// Reads a `tokenizer.json` whose model is Unigram.
  package init(tokenizerJSON: [UInt8]) throws(TokenizerError) {
    try self.init(TokenizerDocument(tokenizerJSON))
  }

  init(_ document: TokenizerDocument) throws(TokenizerError) {
    let model = try document.unigramModel()
    let normalizer = try document.textNormalizer()
    words = try document.unigramWords()
    let records = try document.addedTokens(modelCount: model.names.count) { model.id(of: $0) }
    added = AddedTokens(records.filter { !$0.isNormalized }.map { $0.token($0.text) })
    var normalized: [AddedTokens.Token] = []
    for record in records where record.isNormalized {
      var text = record.text
      var scratch: [UInt8] = []
      normalizer.normalize(&text, scratch: &scratch)
      guard !text.isEmpty else {
        throw TokenizerDocument.fail(
          "added_tokens", "tokens that normalisation leaves something of",
          .string(String(decoding: record.text.prefix(40), as: UTF8.self)))
      }
      normalized.append(record.token(text))
    }
    addedNormalized = AddedTokens(normalized)
    // Which part of a changed text is the first of the original one, the reference tells by where each character is from.
    guard
      words.prefix != .first || words.mark == nil || !words.dropsSpace && normalized.isEmpty && normalizer.keepsFirst
    else {
      throw TokenizerDocument.fail(
        "pre_tokenizer.prepend_scheme", "always or never beside steps that move the beginning of a text",
        .string("first"))
    }
    var names: [Int32: [UInt8]] = [:]
    for record in records where record.id >= Int32(model.names.count) { names[record.id] = record.text }
    addedNames = names
    vocabSize = model.names.count + names.count
    self.model = model
    self.normalizer = normalizer
    (prefix, suffix) = try document.template(below: vocabSize)
  }
}

extension TokenizerDocument {
  /// The largest vocabulary that is believed.
  private static let pieceLimit = 1 << 22

  fileprivate func unigramModel() throws(TokenizerError) -> UnigramModel {
    guard let entries = model["vocab"]?.array, !entries.isEmpty, entries.count <= Self.pieceLimit else {
      throw Self.fail("model.vocab", "a list of 1 to \(Self.pieceLimit) pieces with scores", model["vocab"])
    }
    var names = PieceNames()
    var scores: [Double] = []
    scores.reserveCapacity(entries.count)
    for entry in entries {
      guard case .array(let pair) = entry, pair.count == 2, case .string(let name) = pair[0],
        case .number(let digits) = pair[1], let score = referenceNumber(digits)
      else { throw Self.fail("model.vocab", "pairs of a piece and a finite score", entry) }
      names.append(name.utf8)
      scores.append(score)
    }
    guard let unknown = model["unk_id"]?.integer, unknown >= 0, unknown < entries.count else {
      throw Self.fail("model.unk_id", "the id of a piece", model["unk_id"])
    }
    return UnigramModel(
      names: names, scores: scores, unknown: Int32(unknown),
      fallsBackToBytes: try Self.flag(model, "byte_fallback", in: "model", false))
  }

  fileprivate func unigramWords() throws(TokenizerError) -> UnigramWords {
    var words = UnigramWords()
    for (type, value) in try Self.stages(root["pre_tokenizer"], of: "pretokenizers", in: "pre_tokenizer") {
      switch type {
      case "WhitespaceSplit" where !words.dropsSpace && words.mark == nil: words.dropsSpace = true
      case "Metaspace" where words.mark == nil: try Self.readMetaspace(value, into: &words)
      default: throw Self.fail("pre_tokenizer", "WhitespaceSplit and Metaspace, in this order, or one of them", value)
      }
    }
    return words
  }

  private static func readMetaspace(_ value: JSONValue, into words: inout UnigramWords) throws(TokenizerError) {
    guard let mark = value["replacement"]?.string, mark.unicodeScalars.count == 1 else {
      throw fail("pre_tokenizer.replacement", "one character", value["replacement"])
    }
    words.mark = Array(mark.utf8)
    words.splits = try flag(value, "split", in: "pre_tokenizer", true)
    switch value["prepend_scheme"] {
    case nil: words.prefix = .always
    case let scheme?:
      guard let prefix = scheme.string.flatMap(UnigramWords.Prefix.init(rawValue:)) else {
        throw fail("pre_tokenizer.prepend_scheme", "always, first or never", scheme)
      }
      words.prefix = prefix
    }
    guard try flag(value, "add_prefix_space", in: "pre_tokenizer", true) || words.prefix == .never else {
      throw fail("pre_tokenizer.add_prefix_space", "true where prepend_scheme is not never", .bool(false))
    }
  }
}

extension TokenizerDocument {
  /// What `normalizer` does, one step after the other.
  func textNormalizer() throws(TokenizerError) -> TextNormalizer {
    var steps: [TextNormalizer.Step] = []
    for (type, value) in try Self.stages(root["normalizer"], of: "normalizers", in: "normalizer") {
      steps.append(try Self.step(type, value))
    }
    return TextNormalizer(steps: steps)
  }

  private static func step(_ type: String, _ value: JSONValue) throws(TokenizerError) -> TextNormalizer.Step {
    switch type {
    case "Precompiled": return .map(try characterMap(value["precompiled_charsmap"]))
    case "Replace": return try replacement(value)
    case "Lowercase": return .lowercase
    case "Strip":
      return .strip(
        left: try flag(value, "strip_left", in: "normalizer", true),
        right: try flag(value, "strip_right", in: "normalizer", true))
    case "StripAccents": return .stripAccents
    case "Nmt": return .cleanForTranslation
    case "Prepend":
      guard let prefix = value["prepend"]?.string else {
        throw fail("normalizer.prepend", "a text", value["prepend"])
      }
      return .prepend(Array(prefix.utf8))
    default:
      throw fail("normalizer", "Precompiled, Replace, Lowercase, Strip, StripAccents, Nmt, Prepend", .string(type))
    }
  }

  private static func characterMap(_ value: JSONValue?) throws(TokenizerError) -> CharacterMap {
    let field = "normalizer.precompiled_charsmap"
    guard let text = value?.string, let bytes = bytes(base64: text) else { throw fail(field, "base 64", value) }
    do {
      return try CharacterMap(bytes)
    } catch {
      throw .badField(file: file, field: field, expected: error.expected, found: error.found)
    }
  }

  private static func replacement(_ value: JSONValue) throws(TokenizerError) -> TextNormalizer.Step {
    guard let content = value["content"]?.string else { throw fail("normalizer.content", "a text", value["content"]) }
    let new = Array(content.utf8)
    if let old = value["pattern"]?["String"]?.string, !old.isEmpty { return .replace(Array(old.utf8), with: new) }
    guard value["pattern"]?["Regex"]?.string == " {2,}" else {
      throw fail("normalizer.pattern", "a text that is not empty, or the expression \" {2,}\"", value["pattern"])
    }
    return .squeezeSpaces(to: new)
  }
}
