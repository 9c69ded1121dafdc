internal import HoneFiles

/// CLIP's byte-level BPE: lower case, words without the spaces between them, and other tokens for the ends of words.
///
/// `<|endoftext|>` in a text is plain text, as everywhere here; the reference would take it for the token.
/// Source: Radford et al. 2021, the released tokenizer.
package struct CLIPTokenizer: Sendable {
  /// The ids around every text.
  package let start, end: Int32
  /// Ids from 0 up to, not including, this.
  package let vocabSize: Int
  private let merges: MergeTable
  private let inner: [Int32]  // (256) a byte inside a word
  private let last: [Int32]  // (256) a byte at the end of one

  static let startName = "<|startoftext|>"
  static let endName = "<|endoftext|>"
  static let wordEnd = "</w>"

  /// `ids`: every token's name and id. `file` and `mergesFile`: what to call them in errors.
  init(ids: [[UInt8]: Int], merges pairs: [Merge], file: String, mergesFile: String) throws(TokenizerError) {
    func id(_ name: String) throws(TokenizerError) -> Int32 {
      guard let id = ids[Array(name.utf8)] else { throw .missingToken(file: file, token: name) }
      return Int32(id)
    }
    start = try id(Self.startName)
    end = try id(Self.endName)
    vocabSize = (ids.values.max() ?? -1) + 1
    var (inner, last): ([Int32], [Int32]) = ([], [])
    for byte in UInt8.min...UInt8.max {
      let name = ByteAlphabet.encode([byte])
      inner.append(try id(name))
      last.append(try id(name + Self.wordEnd))
    }
    (self.inner, self.last) = (inner, last)
    var table: [(left: Int32, right: Int32, token: Int32)] = []
    for pair in pairs {
      guard let left = ids[pair.left], let right = ids[pair.right], let token = ids[pair.left + pair.right] else {
        throw .badMerge(file: mergesFile, line: pair.line, reason: "expected tokens of the vocabulary, found others")
      }
      table.append((Int32(left), Int32(right), Int32(token)))
    }
    merges = MergeTable(table)
  }

  /// The ids of a text, without those around it.
  package func encode(_ text: String) -> [Int32] {
    var result: [Int32] = []
    var merger = PairMerger(merges)
    for part in canonicalComposition(of: text).unicodeScalars.split(whereSeparator: { CharacterClass.of($0) == .space })
    {
      let lower = part.flatMap { $0.properties.lowercaseMapping.unicodeScalars }
      for word in words(lower) {
        var tokens = word.map { inner[Int($0)] }
        if let byte = word.last { tokens[tokens.count - 1] = last[Int(byte)] }
        merger.merge(tokens, into: &result)
      }
    }
    return result
  }

  /// The ids of a text with those around it, at most `limit`; what is left over at its end is lost.
  ///
  /// - Precondition: `limit` is 2 or more.
  package func framed(_ text: String, limit: Int) -> (tokens: [Int32], lost: Int) {
    precondition(limit >= 2, "a text of \(limit) tokens")
    let tokens = encode(text)
    return ([start] + tokens.prefix(limit - 2) + [end], max(0, tokens.count - limit + 2))
  }

  /// The words of characters without a space among them: contractions, runs of letters, single digits, runs of others.
  private func words(_ scalars: [Unicode.Scalar]) -> [ArraySlice<UInt8>] {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    let bytes = Array(String(view).utf8)
    var splitter = WordSplitter(bytes)
    var result: [ArraySlice<UInt8>] = []
    while let range = splitter.next() {
      let text = String(decoding: bytes[range], as: UTF8.self)
      guard let first = text.unicodeScalars.first, CharacterClass.of(first) == .number else {
        result.append(bytes[range])
        continue
      }
      for digit in text.unicodeScalars { result.append(Array(String(Character(digit)).utf8)[...]) }
    }
    return result
  }
}
