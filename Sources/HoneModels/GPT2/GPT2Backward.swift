internal import HoneKernels

// rows: tokens of all sequences    hidden: n_embd    inner: n_inner    targets: rows that predict something

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
private func chunkRows(vocab: Int) -> Int { max(16, min(512, 12_000_000 / vocab)) }

/// The losses of a batch without gradients, and the rows they were computed from.
///
/// Formula: −log softmax(norm(x) · tableᵀ)[target], over the rows that predict something.
package func gpt2Evaluate(_ weights: GPT2Weights, _ config: GPT2Config, _ batch: PackedBatch) -> GPT2Evaluation {
  batch.checkFits(config)
  let targets = batch.targets.count
  var result = TargetLosses(targets: targets)
  let activations = gpt2Forward(weights, config, batch, dropout: nil)
  let chunk = min(chunkRows(vocab: config.vocabSize), max(1, targets))
  var logits = zeros(chunk * config.vocabSize)
  for first in stride(from: 0, to: targets, by: chunk) {
    let rows = min(chunk, targets - first)
    projectOnTable(
      &logits, activations.normed, weights.tokenTable, firstRow: first, rows: rows, hidden: config.hiddenSize,
      vocab: config.vocabSize)
    crossEntropyForward(
      logits, &result.losses, &result.correct, firstRow: first, targets: batch.targets, rows: rows,
      vocab: config.vocabSize)
  }
  return GPT2Evaluation(losses: result, normed: activations.normed, hidden: config.hiddenSize)
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

/// The losses of a batch; adds the gradient of `scale · Σ weight · loss` to `gradients`.
///
/// Logits and their gradients exist for one chunk of rows at a time.
package func gpt2Gradients(
  _ gradients: inout GPT2Weights, _ weights: GPT2Weights, _ config: GPT2Config, _ batch: PackedBatch, scale: Float,
  dropout drop: GPT2Dropout? = nil
) -> TargetLosses {
  batch.checkFits(config)
  let (rows, hidden, targets) = (batch.rows, config.hiddenSize, batch.targets.count)
  var activations = gpt2Forward(weights, config, batch, dropout: drop)
  var dNormed = zeros(targets * hidden)
  let result = lossBackward(&dNormed, &gradients.tokenTable, activations.normed, weights, config, batch, scale: scale)

  var dFinal = zeros(targets * hidden)
  layerNormBackward(
    &dFinal, &gradients.finalGain, &gradients.finalBias, dNormed, activations.final, gain: weights.finalGain,
    mean: activations.finalMean, rstd: activations.finalRstd, rows: targets, hidden: hidden)
  var dResidual = zeros(rows * hidden)
  scatterRows(&dResidual, dFinal, indexes: batch.lossRows, hidden: hidden)

  var scratch = GPT2BackwardScratch(config: config, rows: rows)
  for index in weights.layers.indices.reversed() {
    gpt2LayerBackward(
      &dResidual, &gradients.layers[index], &scratch, activations.layers[index], weights.layers[index], config,
      offsets: batch.offsets, dropout: drop, index: index)
    activations.layers.removeLast()
  }
  if let drop {
    dropout(&dResidual, rate: drop.rate, key: drop.key(layer: -1, branch: 0), count: rows * hidden)
  }
  embeddingBackward(
    &gradients.tokenTable, &gradients.positionTable, dResidual, tokens: batch.tokens, positions: batch.positions,
    rows: rows, hidden: hidden)
  return result
}

/// Cross entropy over the vocabulary, chunk by chunk: the losses, dNormed, and the table's gradient.
private func lossBackward(
  _ dNormed: inout [Float], _ dTable: inout [Float], _ normed: [Float], _ weights: GPT2Weights, _ config: GPT2Config,
  _ batch: PackedBatch, scale: Float
) -> TargetLosses {
  let (hidden, vocab, targets) = (config.hiddenSize, config.vocabSize, batch.targets.count)
  var result = TargetLosses(targets: targets)
  let chunk = min(chunkRows(vocab: vocab), max(1, targets))
  let scaled = batch.weights.map { $0 * scale }
  var logits = zeros(chunk * vocab)
  for first in stride(from: 0, to: targets, by: chunk) {
    let rows = min(chunk, targets - first)
    projectOnTable(&logits, normed, weights.tokenTable, firstRow: first, rows: rows, hidden: hidden, vocab: vocab)
    crossEntropy(
      &logits, &result.losses, &result.correct, firstRow: first, targets: batch.targets, weights: scaled, rows: rows,
      vocab: vocab)
    projectOnTableBackward(
      &dNormed, &dTable, logits, normed, weights.tokenTable, firstRow: first, rows: rows, hidden: hidden, vocab: vocab)
  }
  return result
}

/// Rows that live only inside one block's backward pass, shared by all of them.
private struct GPT2BackwardScratch {
  var normed: [Float]  // (rows, hidden)
  var mean: [Float]  // (rows)
  var rstd: [Float]  // (rows)
  var gelu: [Float]  // (rows, inner)
  var dBranch: [Float]  // (rows, hidden) gradient of what a branch adds to the residual stream
  var dNormed: [Float]  // (rows, hidden)
  var dUp: [Float]  // (rows, inner)
  var dQKV: [Float]  // (rows, 3·hidden)

  init(config: GPT2Config, rows: Int) {
    let hidden = config.hiddenSize
    normed = zeros(rows * hidden)
    mean = zeros(rows)
    rstd = zeros(rows)
    gelu = zeros(rows * config.innerSize)
    dBranch = []
    dNormed = zeros(rows * hidden)
    dUp = zeros(rows * config.innerSize)
    dQKV = zeros(rows * 3 * hidden)
  }
}

/// One block, backward: `dResidual` holds the gradient of its result on entry and of its input on exit.
private func gpt2LayerBackward(
  _ dResidual: inout [Float], _ gradients: inout GPT2LayerWeights, _ scratch: inout GPT2BackwardScratch,
  _ saved: GPT2LayerActivations, _ layer: GPT2LayerWeights, _ config: GPT2Config, offsets: [Int],
  dropout drop: GPT2Dropout?, index: Int
) {
  let hidden = config.hiddenSize
  let inner = config.innerSize
  let rows = dResidual.count / hidden

  scratch.dBranch = dResidual
  if let drop {
    dropout(&scratch.dBranch, rate: drop.rate, key: drop.key(layer: index, branch: 2), count: rows * hidden)
  }
  gelu(&scratch.gelu, saved.up, count: rows * inner)
  linearBackward(
    &scratch.dUp, &gradients.downWeight, &gradients.downBias, scratch.dBranch, scratch.gelu, layer.downWeight,
    rows: rows, inputs: inner, outputs: hidden)
  geluBackward(&scratch.dUp, saved.up, count: rows * inner)
  layerNorm(
    &scratch.normed, &scratch.mean, &scratch.rstd, saved.middle, gain: layer.innerGain, bias: layer.innerBias,
    rows: rows, hidden: hidden, epsilon: config.epsilon)
  linearBackward(
    &scratch.dNormed, &gradients.upWeight, &gradients.upBias, scratch.dUp, scratch.normed, layer.upWeight, rows: rows,
    inputs: hidden, outputs: inner)
  layerNormBackward(
    &dResidual, &gradients.innerGain, &gradients.innerBias, scratch.dNormed, saved.middle, gain: layer.innerGain,
    mean: saved.innerMean, rstd: saved.innerRstd, rows: rows, hidden: hidden)

  scratch.dBranch = dResidual
  if let drop {
    dropout(&scratch.dBranch, rate: drop.rate, key: drop.key(layer: index, branch: 1), count: rows * hidden)
  }
  linearBackward(
    &scratch.dNormed, &gradients.projectionWeight, &gradients.projectionBias, scratch.dBranch, saved.attended,
    layer.projectionWeight, rows: rows, inputs: hidden, outputs: hidden)
  attentionBackward(
    &scratch.dQKV, scratch.dNormed, saved.qkv, saved.attended, saved.logSumExp, offsets: offsets,
    heads: config.headCount, headDim: config.headDim)
  layerNorm(
    &scratch.normed, &scratch.mean, &scratch.rstd, saved.input, gain: layer.attentionGain, bias: layer.attentionBias,
    rows: rows, hidden: hidden, epsilon: config.epsilon)
  linearBackward(
    &scratch.dNormed, &gradients.qkvWeight, &gradients.qkvBias, scratch.dQKV, scratch.normed, layer.qkvWeight,
    rows: rows, inputs: hidden, outputs: 3 * hidden)
  layerNormBackward(
    &dResidual, &gradients.attentionGain, &gradients.attentionBias, scratch.dNormed, saved.input,
    gain: layer.attentionGain, mean: saved.attentionMean, rstd: saved.attentionRstd, rows: rows, hidden: hidden)
  scratch.dBranch = []
}
