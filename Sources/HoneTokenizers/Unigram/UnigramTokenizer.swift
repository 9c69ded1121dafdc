/// SentencePiece's unigram tokenizer as XLM-RoBERTa and its kin have it: text is normalised, spaces become `▁`, and
/// each word becomes its likeliest pieces.
///
///     "Hello worlds"  →  ▁Hello▁worlds  →  ▁Hello ▁world s
///
/// Ids equal those of the Hugging Face library on every text, special tokens that stand in a text included.
/// Source: Kudo 2018; Kudo and Richardson 2018.
package struct UnigramTokenizer: Sendable {
  let model: UnigramModel
  let normalizer: TextNormalizer
  let words: UnigramWords
  let added: AddedTokens  // found before normalisation
  let addedNormalized: AddedTokens  // found after it
  let addedNames: [Int32: [UInt8]]  // of ids behind the model's

  /// Ids that stand before every text and behind it, such as `<s>` and `</s>`.
  package let prefix: [Int32]
  package let suffix: [Int32]

  /// The id of what the vocabulary cannot cover.
  package var unknownToken: Int32 { model.unknown }

  /// Ids from 0 up to, not including, this.
  package let vocabSize: Int

  /// The ids of a text alone, without `prefix` and `suffix`.
  package func encode(_ text: String) -> [Int32] {
    var encoder = UnigramEncoder(self)
    return encoder.encode(text)
  }

  /// The name of an id as the vocabulary has it, `▁` included; nil outside the vocabulary.
  package func name(of token: Int32) -> String? {
    if let name = addedNames[token] { return String(decoding: name, as: UTF8.self) }
    guard token >= 0, Int(token) < model.names.count else { return nil }
    return String(decoding: model.names[Int(token)], as: UTF8.self)
  }
}

/// How a normalised text is divided into words.
struct UnigramWords: Sendable {
  /// When a text that does not begin with a space gets one.
  enum Prefix: String, Sendable, CaseIterable { case always, first, never }

  /// Whether white space divides, and goes.
  var dropsSpace = false
  /// What becomes of each space; nil where spaces stay.
  var mark: [UInt8]?
  var prefix = Prefix.always
  /// Whether a word begins at each mark.
  var splits = true
}

/// Encodes text after text and keeps its memory; one for each thread.
package struct UnigramEncoder {
  private let tokenizer: UnigramTokenizer
  private var normalized: [UInt8] = []
  private var scratch: [UInt8] = []
  private var word: [UInt8] = []
  private var paths = UnigramModel.Paths()

  package init(_ tokenizer: UnigramTokenizer) { self.tokenizer = tokenizer }

  /// The ids of a text alone.
  ///
  /// Complexity: O(bytes · bytes of the longest piece).
  package mutating func encode(_ text: String) -> [Int32] {
    var text = text
    var result: [Int32] = []
    text.withUTF8 { bytes in
      let bytes = unsafe bytes.span
      result.reserveCapacity(bytes.count / 4 + 2)
      tokenizer.added.forEachPart(of: bytes) { part in
        switch part {
        case .token(let id): result.append(id)
        case .text(let range):
          normalized.removeAll(keepingCapacity: true)
          for index in range { normalized.append(bytes[index]) }
          encodePart(isFirst: range.lowerBound == 0, into: &result)
        }
      }
    }
    return result
  }

  /// The ids of the text in `normalized`, which is not yet normalised.
  private mutating func encodePart(isFirst: Bool, into result: inout [Int32]) {
    tokenizer.normalizer.normalize(&normalized, scratch: &scratch)
    if tokenizer.addedNormalized.isEmpty { return encodeText(0..<normalized.count, isFirst: isFirst, into: &result) }
    var parts: [AddedTokens.Part] = []
    tokenizer.addedNormalized.forEachPart(of: normalized.span) { parts.append($0) }
    for part in parts {
      switch part {
      case .token(let id): result.append(id)
      case .text(let range): encodeText(range, isFirst: isFirst && range.lowerBound == 0, into: &result)
      }
    }
  }

  private mutating func encodeText(_ range: Range<Int>, isFirst: Bool, into result: inout [Int32]) {
    guard tokenizer.words.dropsSpace else { return encodeWords(range, isFirst: isFirst, into: &result) }
    let text = normalized
    var start = range.lowerBound
    var place = start
    while place < range.upperBound {
      let (isSpace, length) = space(text.span, place, range.upperBound)
      if isSpace {
        encodeWords(start..<place, isFirst: isFirst, into: &result)
        start = place + length
      }
      place += length
    }
    encodeWords(start..<place, isFirst: isFirst, into: &result)
  }

  /// Whether a character is white space, and its bytes; most are told by their first.
  private func space(_ text: Span<UInt8>, _ place: Int, _ end: Int) -> (isSpace: Bool, length: Int) {
    let byte = text[place]
    if byte < 0x80 { return (byte == 0x20 || (0x09...0x0D).contains(byte), 1) }
    let (scalar, length) = decodedScalar(text, place, end)
    guard byte == 0xC2 || (0xE1...0xE3).contains(byte) else { return (false, length) }
    return (scalar.properties.isWhitespace, length)
  }

  /// The ids of a part of `normalized` whose spaces become marks.
  private mutating func encodeWords(_ range: Range<Int>, isFirst: Bool, into result: inout [Int32]) {
    guard !range.isEmpty else { return }
    guard let mark = tokenizer.words.mark else {
      return tokenizer.model.encode(normalized, range, paths: &paths, into: &result)
    }
    word.removeAll(keepingCapacity: true)
    let text = normalized
    let first = text[range.lowerBound]
    let hasMark =
      first == 0x20 || range.count >= mark.count && mark.indices.allSatisfy { text[range.lowerBound + $0] == mark[$0] }
    switch tokenizer.words.prefix {
    case .always where !hasMark: word += mark
    case .first where !hasMark && isFirst: word += mark
    default: break
    }
    for index in range { if text[index] == 0x20 { word += mark } else { word.append(text[index]) } }
    guard tokenizer.words.splits else {
      return tokenizer.model.encode(word, 0..<word.count, paths: &paths, into: &result)
    }
    var start = 0
    for place in 1..<max(word.count, 1) where word[place] == mark[0] && isMark(mark, at: place) {
      tokenizer.model.encode(word, start..<place, paths: &paths, into: &result)
      start = place
    }
    tokenizer.model.encode(word, start..<word.count, paths: &paths, into: &result)
  }

  private func isMark(_ mark: [UInt8], at place: Int) -> Bool {
    place + mark.count <= word.count && mark.indices.allSatisfy { word[place + $0] == mark[$0] }
  }
}
