/// BERT's tokenizer: text is cleaned and split into words, and each word becomes the longest pieces of the vocabulary
/// that lie end to end in it.
///
///     "Unaffable!"  →  unaffable  !  →  un ##aff ##able !
///
/// A word that cannot be covered, or of more than `longestWord` characters, becomes the one unknown token. Ids equal
/// those of the Hugging Face library on every text, special tokens that stand in a text included.
/// Source: Schuster and Nakajima 2012; Devlin et al. 2019.
package struct WordPieceTokenizer: Sendable {
  let names: [[UInt8]]  // the name of each id, "##" included
  package let normalizer: BertNormalizer
  let added: AddedTokens  // found before normalisation
  let addedNormalized: AddedTokens  // found after it
  let unknown: Int32
  let longestWord: Int
  let starts: ByteTable  // pieces that begin a word
  let continuations: ByteTable  // pieces that go on with one, without their prefix
  let longestPiece: Int  // bytes

  /// Ids that stand before every text and behind it, such as `[CLS]` and `[SEP]`.
  package let prefix: [Int32]
  package let suffix: [Int32]

  /// The id of a word that the vocabulary cannot cover.
  package var unknownToken: Int32 { unknown }

  /// Ids from 0 up to, not including, this.
  package var vocabSize: Int { names.count }

  init(
    names: [[UInt8]], prefixOfContinuations: [UInt8], normalizer: BertNormalizer, added: AddedTokens,
    addedNormalized: AddedTokens = AddedTokens([]), unknown: Int32, longestWord: Int, prefix: [Int32], suffix: [Int32]
  ) {
    self.names = names
    self.normalizer = normalizer
    self.added = added
    self.addedNormalized = addedNormalized
    self.unknown = unknown
    self.longestWord = longestWord
    self.prefix = prefix
    self.suffix = suffix
    var starts: [(bytes: [UInt8], value: Int32)] = []
    var continuations: [(bytes: [UInt8], value: Int32)] = []
    for (id, name) in names.enumerated() where !name.isEmpty {
      starts.append((name, Int32(id)))
      if name.starts(with: prefixOfContinuations), name.count > prefixOfContinuations.count {
        continuations.append((Array(name.dropFirst(prefixOfContinuations.count)), Int32(id)))
      }
    }
    longestPiece = names.reduce(0) { max($0, $1.count) }
    self.starts = ByteTable(starts)
    self.continuations = ByteTable(continuations)
  }

  /// The ids of a text alone, without `prefix` and `suffix`.
  package func encode(_ text: String) -> [Int32] {
    var encoder = WordPieceEncoder(self)
    return encoder.encode(text)
  }

  /// The name of an id as the vocabulary has it, `##` included; nil outside the vocabulary.
  package func name(of token: Int32) -> String? {
    guard token >= 0, Int(token) < names.count else { return nil }
    return String(decoding: names[Int(token)], as: UTF8.self)
  }
}

/// Encodes text after text and remembers what rare characters become; one for each thread.
package struct WordPieceEncoder {
  private let tokenizer: WordPieceTokenizer
  private var words: BertWords
  private var word: [UInt8] = []
  private var normalized: [UInt8] = []
  private var normalizedWords = BertWords(
    BertNormalizer(cleansText: false, splitsChinese: false, stripsAccents: false, lowercases: false))

  package init(_ tokenizer: WordPieceTokenizer) {
    self.tokenizer = tokenizer
    words = BertWords(tokenizer.normalizer)
  }

  /// The ids of a text alone.
  ///
  /// Complexity: O(bytes); a word costs at most `longestWord` times the length of the longest piece.
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
          if tokenizer.addedNormalized.isEmpty {
            encode(bytes, range, into: &result)
          } else {
            encodeNormalized(bytes, range, into: &result)
          }
        }
      }
    }
    return result
  }

  /// The ids of a text in which tokens are found after normalisation.
  private mutating func encodeNormalized(_ bytes: Span<UInt8>, _ range: Range<Int>, into result: inout [Int32]) {
    normalized.removeAll(keepingCapacity: true)
    words.normalize(bytes, range, into: &normalized)
    let text = normalized
    var parts: [AddedTokens.Part] = []
    tokenizer.addedNormalized.forEachPart(of: text.span) { parts.append($0) }
    for part in parts {
      switch part {
      case .token(let id): result.append(id)
      case .text(let range):
        normalizedWords.start(range)
        while true {
          word.removeAll(keepingCapacity: true)
          guard let characters = normalizedWords.next(text.span, into: &word) else { break }
          cover(characters, into: &result)
        }
      }
    }
  }

  private mutating func encode(_ bytes: Span<UInt8>, _ range: Range<Int>, into result: inout [Int32]) {
    words.start(range)
    while true {
      word.removeAll(keepingCapacity: true)
      guard let characters = words.next(bytes, into: &word) else { return }
      cover(characters, into: &result)
    }
  }

  /// The pieces of `word`, the longest first.
  private func cover(_ characters: Int, into result: inout [Int32]) {
    if characters <= tokenizer.longestWord, let whole = tokenizer.starts.find(word, 0..<word.count) {
      result.append(whole)
      return
    }
    guard characters <= tokenizer.longestWord else {
      result.append(tokenizer.unknown)
      return
    }
    let first = result.count
    var place = 0
    while place < word.count {
      guard let (piece, end) = longest(from: place) else {
        result.removeSubrange(first...)
        result.append(tokenizer.unknown)
        return
      }
      result.append(piece)
      place = end
    }
  }

  private func longest(from place: Int) -> (piece: Int32, end: Int)? {
    let table = place == 0 ? tokenizer.starts : tokenizer.continuations
    var end = min(word.count, place + tokenizer.longestPiece)
    while end > place {
      if let piece = table.find(word, place..<end) { return (piece, end) }
      end -= 1
    }
    return nil
  }
}
