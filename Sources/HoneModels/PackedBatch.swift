/// Token sequences laid end to end without padding, and what the loss asks of them.
///
///     sequence 0            sequence 1
///     a   b   c   d         e   f   g
///     └─ rows: a b c ┘      └ rows: e f ┘     the last token of a sequence is only ever a target
///
/// A row whose next token has loss weight zero gets no logits at all.
package struct PackedBatch: Sendable, Equatable {
  package private(set) var tokens: [Int32] = []  // (rows)
  package private(set) var positions: [Int32] = []  // (rows)
  package private(set) var offsets: [Int] = [0]  // (sequences + 1) first row of each sequence, and the end
  package private(set) var lossRows: [Int32] = []  // (targets) the rows that predict something
  package private(set) var targets: [Int32] = []  // (targets) the token each of them should predict
  package private(set) var weights: [Float] = []  // (targets) its weight in the loss
  package private(set) var lossOffsets: [Int] = [0]  // (sequences + 1) first target of each sequence, and the end

  package init() {}

  package var rows: Int { tokens.count }
  package var sequences: Int { offsets.count - 1 }
  package var totalWeight: Double { weights.reduce(0) { $0 + Double($1) } }

  /// Adds one sequence; `weights[i]` is the weight of predicting `tokens[i]` from all before it, so `weights[0]`
  /// counts for nothing. A sequence of fewer than two tokens adds no rows.
  package mutating func append(_ sequence: [Int32], weights sequenceWeights: [Float]) {
    precondition(sequence.count == sequenceWeights.count, "\(sequence.count) tokens, \(sequenceWeights.count) weights")
    let firstRow = tokens.count
    for index in sequence.indices.dropLast() {
      tokens.append(sequence[index])
      positions.append(Int32(index))
      guard sequenceWeights[index + 1] != 0 else { continue }
      lossRows.append(Int32(firstRow + index))
      targets.append(sequence[index + 1])
      weights.append(sequenceWeights[index + 1])
    }
    offsets.append(tokens.count)
    lossOffsets.append(targets.count)
  }

  /// Traps unless every token and position lies inside the tables of `config`: callers check user data before.
  func checkFits(_ config: GPT2Config) {
    precondition(
      tokens.allSatisfy { $0 >= 0 && Int($0) < config.vocabSize }
        && targets.allSatisfy { $0 >= 0 && Int($0) < config.vocabSize },
      "a token outside the vocabulary of \(config.vocabSize)")
    precondition(
      positions.allSatisfy { Int($0) < config.contextLength },
      "a sequence longer than the context of \(config.contextLength)")
  }
}
