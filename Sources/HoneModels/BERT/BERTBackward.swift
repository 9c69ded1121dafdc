internal import HoneKernels

// rows: tokens of all sequences    hidden: hidden_size    inner: intermediate_size

/// Adds the gradients of everything to `gradients`, given those of the rows that `bertForward` left in `room.states`.
///
/// Shapes: dStates (rows, hidden).
package func bertBackward(
  _ gradients: inout BERTWeights, _ room: inout BERTWorkspace, dStates: [Float], _ weights: BERTWeights,
  _ config: BERTConfig, _ batch: BERTBatch
) {
  let (rows, hidden) = (batch.tokens.count, config.hiddenSize)
  precondition(dStates.count >= rows * hidden, "bertBackward: dStates \(dStates.count) for \(rows) rows of \(hidden)")
  room.makeBackwardRoom(config, rows: rows)
  for index in 0..<rows * hidden { room.dStates[index] = dStates[index] }
  for index in weights.layers.indices.reversed() {
    let scores = blockBackward(&gradients.layers[index], &room, index, weights.layers[index], config, batch)
    if !scores.isEmpty { gradients.addDistances(scores, heads: config.headCount) }
  }
  clear(&room.dSum, count: rows * hidden)
  layerNormBackward(
    &room.dSum, &gradients.embeddingGain, &gradients.embeddingBias, room.dStates, room.embeddingSum,
    gain: weights.embeddingGain, mean: room.embeddingMean, rstd: room.embeddingRstd, rows: rows, hidden: hidden)
  embeddingBackward(
    &gradients.tokenTable, &gradients.positionTable, room.dSum, tokens: batch.tokens, positions: batch.positions,
    rows: rows, hidden: hidden)
  clearPadding(&gradients, config)
  for row in 0..<(weights.typeTable.isEmpty ? 0 : rows) {
    for i in 0..<hidden { gradients.typeTable[i] += room.dSum[row * hidden + i] }
  }
}

/// The padding token is not trained where it stands in a text, and neither is its place. Source: the reference's tables.
private func clearPadding(_ gradients: inout BERTWeights, _ config: BERTConfig) {
  let row = Int(config.paddingToken) * config.hiddenSize
  for i in row..<row + config.hiddenSize {
    gradients.tokenTable[i] = 0
    if config.firstPosition > 0 { gradients.positionTable[i] = 0 }
  }
}

/// `room.dStates` holds the gradient of the block's result on entry and of its input on exit; gives that of what
/// distances add to scores.
private func blockBackward(
  _ gradients: inout BERTLayerWeights, _ room: inout BERTWorkspace, _ index: Int, _ layer: BERTLayerWeights,
  _ config: BERTConfig, _ batch: BERTBatch
) -> [Float] {
  let (rows, hidden, inner) = (batch.tokens.count, config.hiddenSize, config.innerSize)
  let saved = room.layers[index]
  clear(&room.dSum, count: rows * hidden)
  layerNormBackward(
    &room.dSum, &gradients.innerGain, &gradients.innerBias, room.dStates, saved.innerSum, gain: layer.innerGain,
    mean: saved.innerMean, rstd: saved.innerRstd, rows: rows, hidden: hidden)
  config.activation.apply(&room.bent, saved.up, count: rows * inner)
  linearBackward(
    &room.dUp, &gradients.downWeight, &gradients.downBias, room.dSum, room.bent, layer.downWeight, rows: rows,
    inputs: inner, outputs: hidden)
  config.activation.backward(&room.dUp, saved.up, count: rows * inner)
  linearBackward(
    &room.dBranch, &gradients.upWeight, &gradients.upBias, room.dUp, saved.middle, layer.upWeight, rows: rows,
    inputs: hidden, outputs: inner)
  addRows(&room.dBranch, room.dSum, count: rows * hidden)  // the gradient of the middle

  clear(&room.dStates, count: rows * hidden)
  layerNormBackward(
    &room.dStates, &gradients.attentionGain, &gradients.attentionBias, room.dBranch, saved.middleSum,
    gain: layer.attentionGain, mean: saved.middleMean, rstd: saved.middleRstd, rows: rows, hidden: hidden)
  linearBackward(
    &room.dSum, &gradients.projectionWeight, &gradients.projectionBias, room.dStates, saved.attended,
    layer.projectionWeight, rows: rows, inputs: hidden, outputs: hidden)
  let dDistances = attentionBackward(
    &room.dQKV, room.dSum, saved.qkv, saved.attended, saved.logSumExp, offsets: batch.offsets,
    heads: config.headCount, headDim: config.headDim, sight: .full, distances: room.distances)
  linearBackward(
    &room.dBranch, &gradients.qkvWeight, &gradients.qkvBias, room.dQKV, saved.input, layer.qkvWeight, rows: rows,
    inputs: hidden, outputs: 3 * hidden)
  addRows(&room.dStates, room.dBranch, count: rows * hidden)
  return dDistances
}
