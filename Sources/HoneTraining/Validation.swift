package import HoneModels

/// The answers that a classifier may give, as ids.
package struct ClassLabels: Sendable, Equatable {
  package let names: [String]
  package let tokens: [[Int32]]
  /// The class that counts as positive when there are two.
  package let positive: Int?
  package let betas: [Double]

  package init(names: [String], tokens: [[Int32]], positive: Int? = nil, betas: [Double] = []) {
    self.names = names
    self.tokens = tokens
    self.positive = positive
    self.betas = betas
  }

  /// Whether the first token of every label differs from all others, so that one row of logits decides.
  var firstTokensDiffer: Bool { Set(tokens.map(\.first)).count == tokens.count }
}

/// Losses over validation examples, and the score of every label for each of them.
struct ValidationResult {
  var totals = LossTotals()
  var gold: [Int] = []
  var scores: [[Float]] = []  // (examples, labels) logarithms of probabilities over the label set
}

/// Losses of `examples`, and label scores when `labels` are given: log-probabilities over the label set alone.
/// `progressed` is called after each part of the examples.
func validate(
  _ weights: GPT2Weights, _ config: GPT2Config, _ examples: [TrainingExample], labels: ClassLabels?,
  promptLossWeight: Float, maxRows: Int, progressed: () -> Void = {}
) -> ValidationResult {
  var result = ValidationResult()
  var room = GPT2Workspace()
  for micro in MicroBatch.pack(examples, promptLossWeight: promptLossWeight, maxRows: maxRows) {
    let evaluation = gpt2Evaluate(&room, weights, config, micro.batch)
    result.totals.add(evaluation.losses, of: micro)
    defer { progressed() }
    guard let labels else { continue }
    for (index, example) in micro.examples.enumerated() {
      guard let gold = example.label, let start = example.completions.last?.lowerBound else { continue }
      let scores =
        labels.firstTokensDiffer
        ? firstTokenScores(evaluation, micro, index, start, labels, weights)
        : sequenceScores(weights, config, Array(example.tokens[..<start]), labels)
      result.gold.append(gold)
      result.scores.append(normalised(scores))
    }
  }
  return result
}

/// The logits of the labels' first tokens at the row before the answer.
private func firstTokenScores(
  _ evaluation: GPT2Evaluation, _ micro: MicroBatch, _ index: Int, _ start: Int, _ labels: ClassLabels,
  _ weights: GPT2Weights
) -> [Float] {
  let row = Int32(micro.batch.offsets[index] + start - 1)
  let targets = micro.batch.lossOffsets[index]..<micro.batch.lossOffsets[index + 1]
  guard let target = targets.first(where: { micro.batch.lossRows[$0] == row }) else {
    return labels.tokens.map { _ in 0 }
  }
  return evaluation.logits(target: target, tokens: labels.tokens.map { $0.first ?? 0 }, weights)
}

/// ln p(label | prompt) of every label, for labels that share their first token.
private func sequenceScores(
  _ weights: GPT2Weights, _ config: GPT2Config, _ prompt: [Int32], _ labels: ClassLabels
) -> [Float] {
  var batch = PackedBatch()
  for label in labels.tokens {
    let room = max(1, config.contextLength - label.count)
    let kept = Array(prompt.suffix(room))
    batch.append(
      kept + label, weights: [Float](repeating: 0, count: kept.count) + [Float](repeating: 1, count: label.count))
  }
  let losses = gpt2Evaluate(weights, config, batch).losses.losses
  return labels.tokens.indices.map { index in
    -losses[batch.lossOffsets[index]..<batch.lossOffsets[index + 1]].reduce(0, +)
  }
}

/// Scores shifted so that their exponentials sum to one.
private func normalised(_ scores: [Float]) -> [Float] {
  let best = scores.max() ?? 0
  let sum = scores.reduce(0.0) { $0 + expDouble(Double($1 - best)) }
  return scores.map { $0 - best - Float(logDouble(sum)) }
}

/// Losses of examples under given weights, as for a figure before training.
package func validationLosses(
  _ weights: GPT2Weights, _ config: GPT2Config, _ examples: [TrainingExample], promptLossWeight: Float, maxRows: Int
) -> LossTotals {
  validate(weights, config, examples, labels: nil, promptLossWeight: promptLossWeight, maxRows: maxRows).totals
}
