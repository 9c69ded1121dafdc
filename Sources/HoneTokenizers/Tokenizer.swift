// Text to ids and back. This room knows no model; of files it knows only their formats.

/// A byte-level BPE tokenizer: any bytes become ids, and these ids the same bytes again.
///
/// Special tokens have ids but no text leads to them: `<|endoftext|>` in a text is plain text.
package struct Tokenizer: Sendable {
  /// The bytes of each id; nil for ids that stand for no text.
  let tokens: [[UInt8]?]
  /// Names of the ids that stand for no text.
  let specials: [Int32: String]
  let mergePairs: [(left: Int32, right: Int32)]
  private let merges: MergeTable
  private let byteTokens: [Int32]  // (256)
  private let words: ByteTable  // whole words that are one token

  /// Ids from 0 up to, not including, this.
  package var vocabSize: Int { tokens.count }

  /// The id that ends a text, where there is one.
  package let endOfText: Int32?

  static let endOfTextName = "<|endoftext|>"

  init(
    tokens: [[UInt8]?], specials: [Int32: String], mergePairs: [(left: Int32, right: Int32, token: Int32)], file: String
  ) throws(TokenizerError) {
    self.tokens = tokens
    self.specials = specials
    self.mergePairs = mergePairs.map { ($0.left, $0.right) }
    func isText(_ id: Int32) -> Bool { tokens[Int(id)] != nil }
    let merges = MergeTable(mergePairs.filter { isText($0.left) && isText($0.right) && isText($0.token) })
    self.merges = merges
    var byteTokens = [Int32](repeating: -1, count: 256)
    for (id, bytes) in tokens.enumerated() {
      if let bytes, bytes.count == 1, byteTokens[Int(bytes[0])] < 0 { byteTokens[Int(bytes[0])] = Int32(id) }
    }
    if let byte = byteTokens.firstIndex(of: -1) {
      throw .missingToken(file: file, token: ByteAlphabet.encode([UInt8(byte)]))
    }
    self.byteTokens = byteTokens
    endOfText = specials.first { $0.value == Self.endOfTextName }?.key
    var merger = PairMerger(merges)
    var whole: [(bytes: [UInt8], value: Int32)] = []
    for (id, bytes) in tokens.enumerated() {
      guard let bytes, !bytes.isEmpty, bytes.count <= 128 else { continue }
      var result: [Int32] = []
      merger.merge(bytes.map { byteTokens[Int($0)] }, into: &result)
      if result == [Int32(id)] { whole.append((bytes, Int32(id))) }
    }
    words = ByteTable(whole)
  }

  /// The ids of a text.
  package func encode(_ text: String) -> [Int32] { encode(utf8: Array(text.utf8)) }

  /// The ids of bytes, which need not be UTF-8.
  ///
  /// Complexity: O(n log n) in the longest word, O(n) in their number.
  package func encode(utf8 bytes: [UInt8]) -> [Int32] {
    var result: [Int32] = []
    result.reserveCapacity(bytes.count / 3)
    var scratch = Scratch(merger: PairMerger(merges))
    encode(bytes, splits: true, scratch: &scratch, into: &result)
    return result
  }

  /// Memory that is kept from text to text.
  struct Scratch {
    var merger: PairMerger
    var word: [Int32] = []
  }

  var scratch: Scratch { Scratch(merger: PairMerger(merges)) }

  /// Adds the ids of bytes, divided into words by GPT-2's pattern or taken as one.
  func encode(_ bytes: [UInt8], splits: Bool, scratch: inout Scratch, into result: inout [Int32]) {
    guard splits else { return encodeWord(bytes, 0..<bytes.count, scratch: &scratch, into: &result) }
    var splitter = WordSplitter(bytes)
    while let range = splitter.next() { encodeWord(bytes, range, scratch: &scratch, into: &result) }
  }

  private func encodeWord(
    _ bytes: [UInt8], _ range: Range<Int>, scratch: inout Scratch, into result: inout [Int32]
  ) {
    if let token = words.find(bytes, range) { return result.append(token) }
    scratch.word.removeAll(keepingCapacity: true)
    for index in range { scratch.word.append(byteTokens[Int(bytes[index])]) }
    scratch.merger.merge(scratch.word, into: &result)
  }

  /// The number of ids of a text.
  package func count(_ text: String) -> Int { encode(text).count }

  /// The bytes of one id; nil outside the vocabulary. A special token gives its name.
  package func bytes(of token: Int32) -> [UInt8]? {
    guard token >= 0, Int(token) < tokens.count else { return nil }
    return tokens[Int(token)] ?? specials[token].map { Array($0.utf8) }
  }

  /// The bytes of ids; ids outside the vocabulary give none.
  package func bytes(_ ids: [Int32]) -> [UInt8] { ids.reduce(into: []) { $0 += bytes(of: $1) ?? [] } }

  /// The text of ids; what is not UTF-8 becomes U+FFFD.
  package func decode(_ ids: [Int32]) -> String { String(decoding: bytes(ids), as: UTF8.self) }

  /// The id whose bytes are these, where the bytes become that one id.
  package func token(for bytes: [UInt8]) -> Int32? { words.find(bytes, 0..<bytes.count) }
}
