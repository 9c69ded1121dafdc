internal import HoneModels

/// Losses and hits of a batch, added up.
package struct LossTotals: Sendable, Equatable, Codable {
  package var weightedLoss = 0.0
  package var weight = 0.0
  package var answerLoss = 0.0
  package var answerTokens = 0
  package var answerTokensRight = 0
  package var examples = 0
  package var examplesRight = 0

  package init() {}

  /// Mean loss in nats, each token by its loss weight.
  package var meanLoss: Double { weight > 0 ? weightedLoss / weight : 0 }
  /// exp of the mean loss over answer tokens.
  package var perplexity: Double { answerTokens > 0 ? expDouble(answerLoss / Double(answerTokens)) : 1 }
  /// Share of answer tokens that are the model's first choice.
  package var tokenAccuracy: Double { answerTokens > 0 ? Double(answerTokensRight) / Double(answerTokens) : 0 }
  /// Share of examples all of whose answer tokens are the model's first choice.
  package var sequenceAccuracy: Double { examples > 0 ? Double(examplesRight) / Double(examples) : 0 }

  mutating func add(_ losses: TargetLosses, of micro: MicroBatch) {
    for (index, example) in micro.examples.enumerated() {
      var allRight = true
      for target in micro.batch.lossOffsets[index]..<micro.batch.lossOffsets[index + 1] {
        let loss = Double(losses.losses[target])
        weightedLoss += loss * Double(micro.batch.weights[target])
        weight += Double(micro.batch.weights[target])
        let position = Int(micro.batch.lossRows[target]) - micro.batch.offsets[index] + 1
        guard example.completions.contains(where: { $0.contains(position) }) else { continue }
        let right = losses.correct[target] == 1
        answerLoss += loss
        answerTokens += 1
        answerTokensRight += right ? 1 : 0
        allRight = allRight && right
      }
      examples += 1
      examplesRight += allRight ? 1 : 0
    }
  }
}
