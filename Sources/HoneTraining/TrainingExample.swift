internal import HoneModels

/// One sequence to learn from: ids, and which of them are the answer.
package struct TrainingExample: Sendable, Equatable {
  package var tokens: [Int32]
  /// Where the answers stand in `tokens`, ascending; the rest is prompt.
  package var completions: [Range<Int>]
  /// Multiplies the loss of the whole example.
  package var weight: Float
  /// The class of the answer, where the answers form a label set.
  package var label: Int?
  /// Where the example came from: the line of its file, from 1.
  package var line: Int

  package init(tokens: [Int32], completions: [Range<Int>], weight: Float = 1, label: Int? = nil, line: Int = 0) {
    self.tokens = tokens
    self.completions = completions
    self.weight = weight
    self.label = label
    self.line = line
  }

  /// The weight of predicting each token: `weight` for answers, times `promptLossWeight` for the rest.
  func lossWeights(promptLossWeight: Float) -> [Float] {
    var weights = [Float](repeating: promptLossWeight * weight, count: tokens.count)
    for range in completions { for index in range { weights[index] = weight } }
    return weights
  }
}

/// Packed examples that one forward and backward pass takes together.
struct MicroBatch {
  var batch = PackedBatch()
  var examples: [TrainingExample] = []

  /// Lays examples end to end into as few batches as `maxRows` allows, in order.
  static func pack(_ examples: [TrainingExample], promptLossWeight: Float, maxRows: Int) -> [MicroBatch] {
    var batches: [MicroBatch] = []
    var current = MicroBatch()
    for example in examples {
      if current.batch.rows > 0, current.batch.rows + example.tokens.count - 1 > maxRows {
        batches.append(current)
        current = MicroBatch()
      }
      current.batch.append(example.tokens, weights: example.lossWeights(promptLossWeight: promptLossWeight))
      current.examples.append(example)
    }
    if !current.examples.isEmpty { batches.append(current) }
    return batches
  }
}
