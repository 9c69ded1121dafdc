internal import HoneKernels

// hidden: n_embd    targets: rows that predict something

/// The loss of each target of a batch, and whether the model's first choice was that target.
package struct TargetLosses: Sendable, Equatable {
  package var losses: [Float]  // (targets) nats, unweighted
  package var correct: [UInt8]  // (targets) 1 where the arg max is the target

  init(targets: Int) {
    losses = zeros(targets)
    correct = [UInt8](repeating: 0, count: targets)
  }
}

/// Rows of logits that are computed at a time: enough to feed the matrix product, few enough to stay small.
func chunkRows(vocab: Int, targets: Int) -> Int {
  min(max(16, min(512, 12_000_000 / vocab)), max(1, targets))
}

/// The losses of a batch without gradients, and the rows they were computed from.
///
/// Formula: −log softmax(norm(x) · tableᵀ)[target], over the rows that predict something.
package func gpt2Evaluate(_ weights: GPT2Weights, _ config: GPT2Config, _ batch: PackedBatch) -> GPT2Evaluation {
  var room = GPT2Workspace()
  return gpt2Evaluate(&room, weights, config, batch)
}

/// The same in a room that may be used for batch after batch.
package func gpt2Evaluate(
  _ room: inout GPT2Workspace, _ weights: GPT2Weights, _ config: GPT2Config, _ batch: PackedBatch
) -> GPT2Evaluation {
  batch.checkFits(config)
  let (hidden, vocab, targets) = (config.hiddenSize, config.vocabSize, batch.targets.count)
  let chunk = chunkRows(vocab: vocab, targets: targets)
  var result = TargetLosses(targets: targets)
  gpt2Forward(&room, weights, config, batch, chunk: chunk, keepingLayers: false, dropout: nil)
  for first in stride(from: 0, to: targets, by: chunk) {
    let rows = min(chunk, targets - first)
    projectOnTable(
      &room.logits, room.normed, weights.tokenTable, firstRow: first, rows: rows, hidden: hidden, vocab: vocab)
    crossEntropyForward(
      room.logits, &result.losses, &result.correct, firstRow: first, targets: batch.targets, rows: rows, vocab: vocab)
  }
  return GPT2Evaluation(losses: result, normed: Array(room.normed.prefix(targets * hidden)), hidden: hidden)
}

/// What `gpt2Evaluate` found.
package struct GPT2Evaluation: Sendable {
  package let losses: TargetLosses
  private let normed: [Float]  // (targets, hidden)
  private let hidden: Int

  fileprivate init(losses: TargetLosses, normed: [Float], hidden: Int) {
    self.losses = losses
    self.normed = normed
    self.hidden = hidden
  }

  /// The logits of a few tokens at one target's row, in Float64 sums.
  package func logits(target: Int, tokens: [Int32], _ weights: GPT2Weights) -> [Float] {
    tokens.map { token in
      var sum = 0.0
      for index in 0..<hidden {
        sum += Double(normed[target * hidden + index]) * Double(weights.tokenTable[Int(token) * hidden + index])
      }
      return Float(sum)
    }
  }
}
