internal import HoneKernels

// rows: tokens of all sequences    hidden: hidden_size    inner: intermediate_size

/// Room for the passes over one batch, kept from batch to batch; what it holds between calls means nothing.
package struct BERTWorkspace: Sendable {
  var layers: [BERTLayerActivations] = []
  var embeddingSum: [Float] = []  // (rows, hidden) before the first norm
  var embeddingMean: [Float] = []  // (rows)
  var embeddingRstd: [Float] = []  // (rows)
  /// The rows after the last block. Shapes: (rows, hidden).
  package internal(set) var states: [Float] = []
  /// What distances add to scores, of the longest sequence.
  var distances: DistanceScores?
  var branch: [Float] = []  // (rows, hidden) what a block's branch adds
  var bent: [Float] = []  // (rows, inner) after GELU
  var dStates: [Float] = []  // (rows, hidden) gradient of a block's result, then of its input
  var dSum: [Float] = []  // (rows, hidden)
  var dBranch: [Float] = []  // (rows, hidden)
  var dUp: [Float] = []  // (rows, inner)
  var dQKV: [Float] = []  // (rows, 3·hidden)

  package init() {}

  mutating func makeRoom(_ config: BERTConfig, rows: Int) {
    let (hidden, inner) = (config.hiddenSize, config.innerSize)
    while layers.count < config.layerCount { layers.append(BERTLayerActivations()) }
    for index in layers.indices { layers[index].makeRoom(config, rows: rows) }
    grow(&embeddingSum, rows * hidden)
    grow(&embeddingMean, rows)
    grow(&embeddingRstd, rows)
    grow(&states, rows * hidden)
    grow(&branch, rows * hidden)
    grow(&bent, rows * inner)
  }

  mutating func makeBackwardRoom(_ config: BERTConfig, rows: Int) {
    let (hidden, inner) = (config.hiddenSize, config.innerSize)
    grow(&dStates, rows * hidden)
    grow(&dSum, rows * hidden)
    grow(&dBranch, rows * hidden)
    grow(&dUp, rows * inner)
    grow(&dQKV, rows * 3 * hidden)
  }
}

/// What one block's forward pass leaves for its backward pass.
struct BERTLayerActivations: Sendable {
  var input: [Float] = []  // (rows, hidden)
  var qkv: [Float] = []  // (rows, 3·hidden)
  var logSumExp: [Float] = []  // (rows, heads)
  var attended: [Float] = []  // (rows, hidden)
  var middleSum: [Float] = []  // (rows, hidden) before the norm after attention
  var middleMean: [Float] = []  // (rows)
  var middleRstd: [Float] = []  // (rows)
  var middle: [Float] = []  // (rows, hidden) after it
  var up: [Float] = []  // (rows, inner) before GELU
  var innerSum: [Float] = []  // (rows, hidden) before the last norm
  var innerMean: [Float] = []  // (rows)
  var innerRstd: [Float] = []  // (rows)

  mutating func makeRoom(_ config: BERTConfig, rows: Int) {
    let hidden = config.hiddenSize
    grow(&input, rows * hidden)
    grow(&qkv, rows * 3 * hidden)
    grow(&logSumExp, rows * config.headCount)
    grow(&attended, rows * hidden)
    grow(&middleSum, rows * hidden)
    grow(&middleMean, rows)
    grow(&middleRstd, rows)
    grow(&middle, rows * hidden)
    grow(&up, rows * config.innerSize)
    grow(&innerSum, rows * hidden)
    grow(&innerMean, rows)
    grow(&innerRstd, rows)
  }
}

/// The forward pass of training: `room.states`, and all that `bertBackward` needs.
package func bertForward(
  _ room: inout BERTWorkspace, _ weights: BERTWeights, _ config: BERTConfig, _ batch: BERTBatch
) {
  let (rows, hidden) = (batch.tokens.count, config.hiddenSize)
  room.makeRoom(config, rows: rows)
  embedding(
    &room.embeddingSum, tokens: batch.tokens, positions: batch.positions, tokenTable: weights.tokenTable,
    positionTable: weights.positionTable, rows: rows, hidden: hidden)
  if !weights.typeTable.isEmpty { addToRows(&room.embeddingSum, weights.typeTable, rows: rows, hidden: hidden) }
  room.distances = weights.distanceScores(config, rows: batch.longest)
  layerNorm(
    &room.states, &room.embeddingMean, &room.embeddingRstd, room.embeddingSum, gain: weights.embeddingGain,
    bias: weights.embeddingBias, rows: rows, hidden: hidden, epsilon: config.epsilon)
  for index in weights.layers.indices {
    blockForward(
      &room.layers[index], &room.states, &room.branch, &room.bent, weights.layers[index], room.distances, config, batch)
  }
}

/// `states` holds the block's input on entry and its result on exit.
private func blockForward(
  _ saved: inout BERTLayerActivations, _ states: inout [Float], _ branch: inout [Float], _ bent: inout [Float],
  _ layer: BERTLayerWeights, _ distances: DistanceScores?, _ config: BERTConfig, _ batch: BERTBatch
) {
  let (rows, hidden, inner) = (batch.tokens.count, config.hiddenSize, config.innerSize)
  swap(&saved.input, &states)
  linear(&saved.qkv, saved.input, layer.qkvWeight, layer.qkvBias, rows: rows, inputs: hidden, outputs: 3 * hidden)
  attention(
    &saved.attended, &saved.logSumExp, saved.qkv, offsets: batch.offsets, heads: config.headCount,
    headDim: config.headDim, sight: .full, distances: distances)
  linear(
    &branch, saved.attended, layer.projectionWeight, layer.projectionBias, rows: rows, inputs: hidden,
    outputs: hidden)
  addRows(&saved.middleSum, saved.input, branch, count: rows * hidden)
  normalize(
    &saved.middle, &saved.middleMean, &saved.middleRstd, saved.middleSum, layer.attentionGain, layer.attentionBias,
    rows, config)
  linear(&saved.up, saved.middle, layer.upWeight, layer.upBias, rows: rows, inputs: hidden, outputs: inner)
  config.activation.apply(&bent, saved.up, count: rows * inner)
  linear(&branch, bent, layer.downWeight, layer.downBias, rows: rows, inputs: inner, outputs: hidden)
  addRows(&saved.innerSum, saved.middle, branch, count: rows * hidden)
  normalize(
    &states, &saved.innerMean, &saved.innerRstd, saved.innerSum, layer.innerGain, layer.innerBias, rows, config)
}

private func normalize(
  _ out: inout [Float], _ mean: inout [Float], _ rstd: inout [Float], _ x: [Float], _ gain: [Float],
  _ bias: [Float], _ rows: Int, _ config: BERTConfig
) {
  layerNorm(
    &out, &mean, &rstd, x, gain: gain, bias: bias, rows: rows, hidden: config.hiddenSize, epsilon: config.epsilon)
}

/// Adds the first row of `table` to every row of x: all texts are of the first type.
private func addToRows(_ x: inout [Float], _ table: [Float], rows: Int, hidden: Int) {
  var out = x.mutableSpan
  for row in 0..<rows {
    for i in 0..<hidden { out[row * hidden + i] += table[i] }
  }
}

extension BERTConfig.Activation {
  func apply(_ out: inout [Float], _ x: [Float], count: Int) {
    switch self {
    case .erf: geluErf(&out, x, count: count)
    case .tanh: gelu(&out, x, count: count)
    }
  }

  func backward(_ dx: inout [Float], _ x: [Float], count: Int) {
    switch self {
    case .erf: geluErfBackward(&dx, x, count: count)
    case .tanh: geluBackward(&dx, x, count: count)
    }
  }
}
