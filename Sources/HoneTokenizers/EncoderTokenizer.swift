internal import HoneFiles

/// The tokenizer of an encoder, of whichever kind its `tokenizer.json` is.
package enum EncoderTokenizer: Sendable {
  case wordPiece(WordPieceTokenizer)
  case unigram(UnigramTokenizer)
  case bytePair(BytePairTokenizer)

  /// Reads a `tokenizer.json`; its model's type says which kind it is.
  package init(tokenizerJSON: [UInt8]) throws(TokenizerError) {
    let document = try TokenizerDocument(tokenizerJSON)
    switch document.modelType {
    case "WordPiece": self = .wordPiece(try WordPieceTokenizer(document))
    case "Unigram": self = .unigram(try UnigramTokenizer(document))
    case "BPE": self = .bytePair(try BytePairTokenizer(document))
    default: throw TokenizerDocument.fail("model.type", "WordPiece, Unigram or BPE", document.model["type"])
    }
  }

  /// Whether a `tokenizer.json` is one of these and nothing in it would lead to other ids.
  package static func isSupported(tokenizerJSON: [UInt8]) -> Bool {
    (try? EncoderTokenizer(tokenizerJSON: tokenizerJSON)) != nil
  }

  /// Ids that stand before every text, such as `<s>`.
  package var prefix: [Int32] {
    switch self {
    case .wordPiece(let tokenizer): tokenizer.prefix
    case .unigram(let tokenizer): tokenizer.prefix
    case .bytePair(let tokenizer): tokenizer.prefix
    }
  }

  /// Ids that stand behind every text, such as `</s>`.
  package var suffix: [Int32] {
    switch self {
    case .wordPiece(let tokenizer): tokenizer.suffix
    case .unigram(let tokenizer): tokenizer.suffix
    case .bytePair(let tokenizer): tokenizer.suffix
    }
  }

  /// Ids from 0 up to, not including, this.
  package var vocabSize: Int {
    switch self {
    case .wordPiece(let tokenizer): tokenizer.vocabSize
    case .unigram(let tokenizer): tokenizer.vocabSize
    case .bytePair(let tokenizer): tokenizer.vocabSize
    }
  }

  /// The id of what the vocabulary cannot cover; nil where it covers every text.
  package var unknownToken: Int32? {
    switch self {
    case .wordPiece(let tokenizer): tokenizer.unknownToken
    case .unigram(let tokenizer): tokenizer.unknownToken
    case .bytePair: nil
    }
  }

  /// The name of an id as the vocabulary has it; nil outside the vocabulary.
  package func name(of token: Int32) -> String? {
    switch self {
    case .wordPiece(let tokenizer): tokenizer.name(of: token)
    case .unigram(let tokenizer): tokenizer.name(of: token)
    case .bytePair(let tokenizer): tokenizer.name(of: token)
    }
  }

  /// The ids of a text alone, without `prefix` and `suffix`.
  package func encode(_ text: String) -> [Int32] {
    var encoder = Encoder(self)
    return encoder.encode(text)
  }

  /// Encodes text after text and keeps its memory; one for each thread.
  package struct Encoder {
    private enum Kind {
      case wordPiece(WordPieceEncoder)
      case unigram(UnigramEncoder)
      case bytePair(BytePairEncoder)
      case moved
    }

    private var kind: Kind

    package init(_ tokenizer: EncoderTokenizer) {
      kind =
        switch tokenizer {
        case .wordPiece(let tokenizer): .wordPiece(WordPieceEncoder(tokenizer))
        case .unigram(let tokenizer): .unigram(UnigramEncoder(tokenizer))
        case .bytePair(let tokenizer): .bytePair(BytePairEncoder(tokenizer))
        }
    }

    /// The ids of a text alone.
    package mutating func encode(_ text: String) -> [Int32] {
      // The encoder moves out and back, so that its memory has one owner while it is written to.
      let kind = self.kind
      self.kind = .moved
      switch consume kind {
      case .wordPiece(var encoder):
        defer { self.kind = .wordPiece(encoder) }
        return encoder.encode(text)
      case .unigram(var encoder):
        defer { self.kind = .unigram(encoder) }
        return encoder.encode(text)
      case .bytePair(var encoder):
        defer { self.kind = .bytePair(encoder) }
        return encoder.encode(text)
      case .moved: return []
      }
    }
  }
}

extension TokenizerDocument {
  /// The kind of model; older files leave that of WordPiece out.
  var modelType: String? {
    if let type = model["type"] { return type.string }
    return "WordPiece"
  }
}
