/// One training sequence: its tokens, and which of them are to be learned in full.
///
/// ```
/// tokens    p p p p p c c c        prompt, then completion
/// learned             [5..<8]      more than one range for a conversation
/// weights   0 w w w w 1 1 1        weight of predicting each token from those before it
/// ```
package struct TokenizedExample: Sendable, Equatable {
  package var tokens: [Int32]
  /// Ranges of `tokens` that have full weight in the loss: ascending, apart from each other, not empty.
  package var learned: [Range<Int>]
  /// The line or row that the sequence came from, as the caller numbers them.
  package var line: Int
  /// Tokens that did not fit.
  package var cutTokens: Int

  package init(tokens: [Int32], learned: [Range<Int>], line: Int, cutTokens: Int) {
    self.tokens = tokens
    self.learned = learned
    self.line = line
    self.cutTokens = cutTokens
  }

  /// Where the completion begins; the end of `tokens` when nothing is learned.
  package var completionStart: Int { learned.first?.lowerBound ?? tokens.count }

  /// The tokens that can be learned: those in `learned` that have a token before them.
  package var learnedCount: Int {
    learned.reduce(0) { $0 + $1.count } - (learned.first?.lowerBound == 0 ? 1 : 0)
  }

  /// The weight in the loss of predicting each token; the first is 0, since nothing stands before it.
  ///
  /// Shapes: as many as `tokens`.
  package func weights(prompt: Float, completion: Float = 1) -> [Float] {
    var weights = [Float](repeating: prompt, count: tokens.count)
    for range in learned {
      for index in range.clamped(to: tokens.indices) { weights[index] = completion }
    }
    if !weights.isEmpty { weights[0] = 0 }
    return weights
  }
}

/// Training sequences of a file, and what had to be cut or left out to make them.
package struct TokenizedRows: Sendable, Equatable {
  package var examples: [TokenizedExample] = []
  /// Lines that were longer than the limit, with the tokens that each lost.
  package var cut: [CutRow] = []
  /// Lines that hold nothing to predict and give no example.
  package var empty: [Int] = []

  package init() {}

  /// All tokens, repeats of none.
  package var tokenCount: Int { examples.reduce(0) { $0 + $1.tokens.count } }

  /// Adds a sequence, or notes that it has nothing to predict.
  mutating func add(_ example: TokenizedExample) {
    if example.cutTokens > 0 { cut.append(CutRow(line: example.line, tokens: example.cutTokens)) }
    if example.learnedCount > 0 { examples.append(example) } else { empty.append(example.line) }
  }
}

/// A line that was too long, and by how many tokens.
package struct CutRow: Sendable, Codable, Equatable {
  package var line: Int
  package var tokens: Int

  package init(line: Int, tokens: Int) {
    self.line = line
    self.tokens = tokens
  }
}

/// Texts to tokens, many at once; gives one list for each text.
package typealias Encode = ([String]) -> [[Int32]]

/// Encodes texts some hundreds at a time, so that a tokenizer may use all cores without all texts in memory twice.
func encodeInPieces(_ texts: [String], _ encode: Encode) -> [[Int32]] {
  var tokens: [[Int32]] = []
  tokens.reserveCapacity(texts.count)
  for start in stride(from: 0, to: texts.count, by: 1024) {
    let piece = Array(texts[start..<min(start + 1024, texts.count)])
    let encoded = encode(piece)
    precondition(encoded.count == piece.count, "\(piece.count) texts gave \(encoded.count) lists of tokens")
    tokens += encoded
  }
  return tokens
}
