/// What training costs on this machine with one model, as measured by whoever knows the model.
package struct TrainingCost: Sendable, Equatable {
  package var tokensPerSecond: Double
  /// Memory that does not depend on the batch: weights, gradients, optimiser.
  package var fixedBytes: Int
  /// Memory for each token of a batch.
  package var bytesPerToken: Int

  package init(tokensPerSecond: Double, fixedBytes: Int, bytesPerToken: Int) {
    self.tokensPerSecond = tokensPerSecond
    self.fixedBytes = fixedBytes
    self.bytesPerToken = bytesPerToken
  }
}

/// Time and memory of a training run, computed from the tokens of its rows.
package struct TrainingEstimate: Sendable, Codable, Equatable {
  package var epochs: Int
  package var batchSize: Int
  package var steps: Int
  /// Tokens of all epochs, those cut left out.
  package var tokens: Int
  /// Units: seconds.
  package var seconds: Double
  /// Memory of the largest batch that can be drawn.
  package var peakBytes: Int

  /// seconds = epochs · tokens / tokensPerSecond; peak = fixed + bytesPerToken · the longest rows of one batch.
  ///
  /// A `batchSize` of nil takes the default: 0.2 % of the rows, from 1 to 256.
  package init(lengths: [Int], epochs: Int, batchSize: Int?, cost: TrainingCost) {
    let epochs = max(1, epochs)
    let batch = min(
      max(1, lengths.count), max(1, batchSize ?? min(256, Int((Double(lengths.count) * 0.002).rounded()))))
    let tokens = lengths.reduce(0, +)
    let largestBatch = lengths.sorted(by: >).prefix(batch).reduce(0, +)
    self.epochs = epochs
    self.batchSize = batch
    steps = product(epochs, (lengths.count + batch - 1) / batch)
    self.tokens = product(epochs, tokens)
    seconds = cost.tokensPerSecond > 0 ? Double(epochs) * Double(tokens) / cost.tokensPerSecond : 0
    let (sum, overflow) = product(cost.bytesPerToken, largestBatch).addingReportingOverflow(cost.fixedBytes)
    peakBytes = overflow ? .max : sum
  }
}

/// The product of two counts, or the largest number when it does not fit.
private func product(_ a: Int, _ b: Int) -> Int {
  let (product, overflow) = a.multipliedReportingOverflow(by: b)
  return overflow ? .max : product
}
