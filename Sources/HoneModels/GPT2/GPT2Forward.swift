internal import HoneKernels

// rows: tokens of all sequences    hidden: n_embd    inner: n_inner    targets: rows that predict something

/// What the forward pass leaves for the backward pass. Normalised rows and GELU values are computed again there.
struct GPT2Activations {
  var layers: [GPT2LayerActivations]
  var residual: [Float]  // (rows, hidden) after the last block
  var finalMean: [Float]  // (targets)
  var finalRstd: [Float]  // (targets)
  var final: [Float]  // (targets, hidden) residual rows that predict something
  var normed: [Float]  // (targets, hidden) the same after the last layer norm

  init(config: GPT2Config, rows: Int, targets: Int) {
    layers = (0..<config.layerCount).map { _ in GPT2LayerActivations(config: config, rows: rows) }
    residual = zeros(rows * config.hiddenSize)
    finalMean = zeros(targets)
    finalRstd = zeros(targets)
    final = zeros(targets * config.hiddenSize)
    normed = zeros(targets * config.hiddenSize)
  }
}

struct GPT2LayerActivations {
  var input: [Float]  // (rows, hidden) the residual stream on entry
  var attentionMean: [Float]  // (rows)
  var attentionRstd: [Float]  // (rows)
  var qkv: [Float]  // (rows, 3·hidden)
  var logSumExp: [Float]  // (rows, heads)
  var attended: [Float]  // (rows, hidden) before the projection
  var middle: [Float]  // (rows, hidden) the residual stream after attention
  var innerMean: [Float]  // (rows)
  var innerRstd: [Float]  // (rows)
  var up: [Float]  // (rows, inner) before GELU

  init(config: GPT2Config, rows: Int) {
    let hidden = config.hiddenSize
    input = zeros(rows * hidden)
    attentionMean = zeros(rows)
    attentionRstd = zeros(rows)
    qkv = zeros(rows * 3 * hidden)
    logSumExp = zeros(rows * config.headCount)
    attended = zeros(rows * hidden)
    middle = zeros(rows * hidden)
    innerMean = zeros(rows)
    innerRstd = zeros(rows)
    up = zeros(rows * config.innerSize)
  }
}

/// Rows that live only inside one block, shared by all of them.
struct GPT2Scratch {
  var normed: [Float]  // (rows, hidden)
  var projected: [Float]  // (rows, hidden)
  var gelu: [Float]  // (rows, inner)

  init(config: GPT2Config, rows: Int) {
    normed = zeros(rows * config.hiddenSize)
    projected = zeros(rows * config.hiddenSize)
    gelu = zeros(rows * config.innerSize)
  }
}

/// Random zeros on the residual branches while training; the same `key` gives the same zeros again.
package struct GPT2Dropout: Sendable, Equatable {
  package let rate: Float
  package let key: UInt64

  package init(rate: Float, key: UInt64) {
    self.rate = rate
    self.key = key
  }

  func key(layer: Int, branch: UInt64) -> UInt64 { key &+ (UInt64(layer) &* 4 &+ branch &+ 1) &* 0x9E37_79B9_7F4A_7C15 }
}

/// The residual stream of every row after all blocks, and what the backward pass needs of it.
func gpt2Forward(
  _ weights: GPT2Weights, _ config: GPT2Config, _ batch: PackedBatch, dropout drop: GPT2Dropout?
) -> GPT2Activations {
  let (rows, hidden) = (batch.rows, config.hiddenSize)
  var activations = GPT2Activations(config: config, rows: rows, targets: batch.targets.count)
  var scratch = GPT2Scratch(config: config, rows: rows)
  embedding(
    &activations.residual, tokens: batch.tokens, positions: batch.positions, tokenTable: weights.tokenTable,
    positionTable: weights.positionTable, rows: rows, hidden: hidden)
  if let drop {
    dropout(&activations.residual, rate: drop.rate, key: drop.key(layer: -1, branch: 0), count: rows * hidden)
  }
  for index in weights.layers.indices {
    gpt2LayerForward(
      &activations.residual, &activations.layers[index], &scratch, weights.layers[index], config, offsets: batch.offsets,
      dropout: drop, index: index)
  }
  gatherRows(&activations.final, activations.residual, indexes: batch.lossRows, hidden: hidden)
  layerNorm(
    &activations.normed, &activations.finalMean, &activations.finalRstd, activations.final, gain: weights.finalGain,
    bias: weights.finalBias, rows: batch.targets.count, hidden: hidden, epsilon: config.epsilon)
  return activations
}

/// One block: x += projection(attention(norm(x))); x += down(gelu(up(norm(x)))).
private func gpt2LayerForward(
  _ residual: inout [Float], _ saved: inout GPT2LayerActivations, _ scratch: inout GPT2Scratch,
  _ layer: GPT2LayerWeights, _ config: GPT2Config, offsets: [Int], dropout drop: GPT2Dropout?, index: Int
) {
  let hidden = config.hiddenSize
  let inner = config.innerSize
  let rows = residual.count / hidden
  saved.input = residual
  layerNorm(
    &scratch.normed, &saved.attentionMean, &saved.attentionRstd, saved.input, gain: layer.attentionGain,
    bias: layer.attentionBias, rows: rows, hidden: hidden, epsilon: config.epsilon)
  linear(
    &saved.qkv, scratch.normed, layer.qkvWeight, layer.qkvBias, rows: rows, inputs: hidden, outputs: 3 * hidden)
  attention(
    &saved.attended, &saved.logSumExp, saved.qkv, offsets: offsets, heads: config.headCount, headDim: config.headDim)
  linear(
    &scratch.projected, saved.attended, layer.projectionWeight, layer.projectionBias, rows: rows, inputs: hidden,
    outputs: hidden)
  if let drop {
    dropout(&scratch.projected, rate: drop.rate, key: drop.key(layer: index, branch: 1), count: rows * hidden)
  }
  addRows(&residual, scratch.projected, count: rows * hidden)
  saved.middle = residual
  layerNorm(
    &scratch.normed, &saved.innerMean, &saved.innerRstd, saved.middle, gain: layer.innerGain, bias: layer.innerBias,
    rows: rows, hidden: hidden, epsilon: config.epsilon)
  linear(&saved.up, scratch.normed, layer.upWeight, layer.upBias, rows: rows, inputs: hidden, outputs: inner)
  gelu(&scratch.gelu, saved.up, count: rows * inner)
  linear(
    &scratch.projected, scratch.gelu, layer.downWeight, layer.downBias, rows: rows, inputs: inner, outputs: hidden)
  if let drop {
    dropout(&scratch.projected, rate: drop.rate, key: drop.key(layer: index, branch: 2), count: rows * hidden)
  }
  addRows(&residual, scratch.projected, count: rows * hidden)
}
