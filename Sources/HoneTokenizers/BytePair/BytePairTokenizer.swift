internal import HoneFiles

/// The byte-level BPE tokenizer of an encoder such as RoBERTa: special tokens are found in a text, and what lies
/// between them becomes the ids that `Tokenizer` gives it.
///
/// Ids equal those of the Hugging Face library on every text. Nothing is unknown, for every byte has an id.
/// Source: Radford et al. 2019; Liu et al. 2019.
package struct BytePairTokenizer: Sendable {
  let tokenizer: Tokenizer
  let added: AddedTokens
  let addedNormalized: AddedTokens  // found after the others; nothing is normalised
  let addsSpace: Bool  // before a text that does not begin with one
  let splits: Bool  // by GPT-2's pattern

  /// Ids that stand before every text and behind it, such as `<s>` and `</s>`.
  package let prefix: [Int32]
  package let suffix: [Int32]

  /// Ids from 0 up to, not including, this.
  package var vocabSize: Int { tokenizer.vocabSize }

  /// The name of an id as the vocabulary has it, `Ġ` for a space; nil outside the vocabulary.
  package func name(of token: Int32) -> String? {
    guard token >= 0, Int(token) < vocabSize else { return nil }
    return tokenizer.name(Int(token))
  }

  /// The ids of a text alone, without `prefix` and `suffix`.
  package func encode(_ text: String) -> [Int32] {
    var encoder = BytePairEncoder(self)
    return encoder.encode(text)
  }
}

extension BytePairTokenizer {
  /// Reads a `tokenizer.json` whose model is byte-level BPE.
  package init(tokenizerJSON: [UInt8]) throws(TokenizerError) { try self.init(TokenizerDocument(tokenizerJSON)) }

  init(_ document: TokenizerDocument) throws(TokenizerError) {
    let stages = try TokenizerDocument.stages(
      document.root["pre_tokenizer"], of: "pretokenizers", in: "pre_tokenizer")
    guard stages.count == 1, let stage = stages.first, stage.type == "ByteLevel" else {
      throw TokenizerDocument.fail("pre_tokenizer", "a ByteLevel", document.root["pre_tokenizer"])
    }
    addsSpace = try TokenizerDocument.flag(stage.value, "add_prefix_space", in: "pre_tokenizer", false)
    splits = try TokenizerDocument.flag(stage.value, "use_regex", in: "pre_tokenizer", true)
    let records = try document.bytePairAddedTokens()
    added = AddedTokens(records.filter { !$0.isNormalized }.map { $0.token($0.text) })
    addedNormalized = AddedTokens(records.filter(\.isNormalized).map { $0.token($0.text) })
    tokenizer = try Tokenizer(document: document.root)
    (prefix, suffix) = try document.template(below: tokenizer.vocabSize)
  }
}

extension TokenizerDocument {
  fileprivate func bytePairAddedTokens() throws(TokenizerError) -> [AddedTokenRecord] {
    guard case .object(let members)? = model["vocab"] else {
      throw Self.fail("model.vocab", "an object", model["vocab"])
    }
    let names = Set((root["added_tokens"]?.array ?? []).compactMap { $0["content"]?.string.map { Array($0.utf8) } })
    var ids: [[UInt8]: Int32] = [:]
    for (name, value) in members {
      let name = Array(name.utf8)
      if names.contains(name), let id = value.integer { ids[name] = Int32(exactly: id) }
    }
    return try addedTokens(modelCount: members.count) { ids[$0] }
  }
}

/// Encodes text after text and keeps its memory; one for each thread.
package struct BytePairEncoder {
  private let tokenizer: BytePairTokenizer
  private var scratch: Tokenizer.Scratch

  package init(_ tokenizer: BytePairTokenizer) {
    self.tokenizer = tokenizer
    scratch = tokenizer.tokenizer.scratch
  }

  /// The ids of a text alone.
  ///
  /// Complexity: O(n log n) in the longest word, O(n) in their number.
  package mutating func encode(_ text: String) -> [Int32] {
    let bytes = Array(text.utf8)
    var result: [Int32] = []
    result.reserveCapacity(bytes.count / 3)
    tokenizer.added.forEachPart(of: bytes.span) { part in
      switch part {
      case .token(let id): result.append(id)
      case .text(let range): encodePart(Array(bytes[range]), into: &result)
      }
    }
    return result
  }

  private mutating func encodePart(_ bytes: [UInt8], into result: inout [Int32]) {
    guard !tokenizer.addedNormalized.isEmpty else { return encodeText(bytes, into: &result) }
    tokenizer.addedNormalized.forEachPart(of: bytes.span) { part in
      switch part {
      case .token(let id): result.append(id)
      case .text(let range): encodeText(Array(bytes[range]), into: &result)
      }
    }
  }

  private mutating func encodeText(_ bytes: [UInt8], into result: inout [Int32]) {
    var bytes = bytes
    if tokenizer.addsSpace, bytes.first != 0x20 { bytes.insert(0x20, at: 0) }
    tokenizer.tokenizer.encode(bytes, splits: tokenizer.splits, scratch: &scratch, into: &result)
  }
}
