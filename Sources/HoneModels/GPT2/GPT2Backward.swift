internal import HoneKernels

// rows: tokens of all sequences    hidden: n_embd    inner: n_inner    targets: rows that predict something
// upper rows: rows that attention's result is used of: all, but in the last block only the targets

/// The losses of a batch; adds the gradient of `scale · Σ weight · loss` to `gradients`.
///
/// Logits and their gradients exist for one chunk of rows at a time. `room` may be used for batch after batch.
package func gpt2Gradients(
  _ gradients: inout GPT2Weights, _ room: inout GPT2Workspace, _ weights: GPT2Weights, _ config: GPT2Config,
  _ batch: PackedBatch, scale: Float, dropout: GPT2Dropout? = nil
) -> TargetLosses {
  batch.checkFits(config)
  let (rows, hidden, targets) = (batch.rows, config.hiddenSize, batch.targets.count)
  let chunk = chunkRows(vocab: config.vocabSize, targets: targets)
  gpt2Forward(&room, weights, config, batch, chunk: chunk, keepingLayers: true, dropout: dropout)
  room.makeBackwardRoom(config, rows: rows, targets: targets)
  let losses = lossBackward(&room, &gradients.tokenTable, weights, config, batch, chunk: chunk, scale: scale)

  clear(&room.dResidual, count: targets * hidden)
  layerNormBackward(
    &room.dResidual, &gradients.finalGain, &gradients.finalBias, room.dFinal, room.residual, gain: weights.finalGain,
    mean: room.finalMean, rstd: room.finalRstd, rows: targets, hidden: hidden)
  for index in weights.layers.indices.reversed() {
    let block = GPT2Block(config: config, batch: batch, index: index, dropout: dropout)
    block.backward(
      &room.dResidual, &gradients.layers[index], &room.scratch, &room.dScratch, room.layers[index],
      weights.layers[index])
  }
  dropout?.apply(&room.dResidual, .embedding, count: rows * hidden)
  embeddingBackward(
    &gradients.tokenTable, &gradients.positionTable, room.dResidual, tokens: batch.tokens,
    positions: batch.positions, rows: rows, hidden: hidden)
  return losses
}

/// The same in a room of its own.
package func gpt2Gradients(
  _ gradients: inout GPT2Weights, _ weights: GPT2Weights, _ config: GPT2Config, _ batch: PackedBatch, scale: Float,
  dropout: GPT2Dropout? = nil
) -> TargetLosses {
  var room = GPT2Workspace()
  return gpt2Gradients(&gradients, &room, weights, config, batch, scale: scale, dropout: dropout)
}

/// Cross entropy over the vocabulary, chunk by chunk: the losses, `room.dFinal`, and the table's gradient.
private func lossBackward(
  _ room: inout GPT2Workspace, _ dTable: inout [Float], _ weights: GPT2Weights, _ config: GPT2Config,
  _ batch: PackedBatch, chunk: Int, scale: Float
) -> TargetLosses {
  let (hidden, vocab, targets) = (config.hiddenSize, config.vocabSize, batch.targets.count)
  var result = TargetLosses(targets: targets)
  let scaled = batch.weights.map { $0 * scale }
  for first in stride(from: 0, to: targets, by: chunk) {
    let rows = min(chunk, targets - first)
    projectOnTable(
      &room.logits, room.normed, weights.tokenTable, firstRow: first, rows: rows, hidden: hidden, vocab: vocab)
    crossEntropy(
      &room.logits, &result.losses, &result.correct, firstRow: first, targets: batch.targets, weights: scaled,
      rows: rows, vocab: vocab)
    projectOnTableBackward(
      &room.dFinal, &dTable, room.logits, room.normed, weights.tokenTable, firstRow: first, rows: rows,
      hidden: hidden, vocab: vocab)
  }
  return result
}

extension GPT2Block {
  /// `dResidual` holds the gradient of the block's result on entry (upper rows) and of its input on exit (rows).
  func backward(
    _ dResidual: inout [Float], _ gradients: inout GPT2LayerWeights, _ scratch: inout GPT2Scratch,
    _ dScratch: inout GPT2BackwardScratch, _ saved: GPT2LayerActivations, _ layer: GPT2LayerWeights
  ) {
    innerBackward(&dResidual, &gradients, &scratch, &dScratch, saved, layer)
    if isLast {
      gatherRows(&scratch.upperAttended, saved.attended, indexes: batch.lossRows, hidden: config.hiddenSize)
      projectBackward(&dScratch, dResidual, &gradients, scratch.upperAttended, layer)
      spread(&dScratch.dNormed, into: &dScratch.dAttended)
      spread(&dResidual, into: &dScratch.dNormed)
      swap(&dResidual, &dScratch.dNormed)
    } else {
      projectBackward(&dScratch, dResidual, &gradients, saved.attended, layer)
      swap(&dScratch.dAttended, &dScratch.dNormed)
    }
    attentionBackward(&dResidual, &gradients, &scratch, &dScratch, saved, layer)
  }

  /// The rows that predict something move to their places among all rows; the others get zeros.
  private func spread(_ x: inout [Float], into out: inout [Float]) {
    clear(&out, count: rows * config.hiddenSize)
    scatterRows(&out, x, indexes: batch.lossRows, hidden: config.hiddenSize)
  }

  /// The gradient of what a branch added: that of the residual stream, with the zeros of dropout.
  private func branch(_ dScratch: inout GPT2BackwardScratch, _ d: [Float], _ place: GPT2Dropout.Place) -> [Float] {
    guard let dropout else { return d }
    dScratch.dBranch = d
    dropout.apply(&dScratch.dBranch, place, layer: index, count: upperRows * config.hiddenSize)
    return dScratch.dBranch
  }

  private func innerBackward(
    _ dResidual: inout [Float], _ gradients: inout GPT2LayerWeights, _ scratch: inout GPT2Scratch,
    _ dScratch: inout GPT2BackwardScratch, _ saved: GPT2LayerActivations, _ layer: GPT2LayerWeights
  ) {
    let (hidden, inner) = (config.hiddenSize, config.innerSize)
    gelu(&scratch.gelu, saved.up, count: upperRows * inner)
    linearBackward(
      &dScratch.dUp, &gradients.downWeight, &gradients.downBias, branch(&dScratch, dResidual, .inner), scratch.gelu,
      layer.downWeight, rows: upperRows, inputs: inner, outputs: hidden)
    geluBackward(&dScratch.dUp, saved.up, count: upperRows * inner)
    layerNorm(
      &scratch.normed, &dScratch.mean, &dScratch.rstd, saved.middle, gain: layer.innerGain, bias: layer.innerBias,
      rows: upperRows, hidden: hidden, epsilon: config.epsilon)
    linearBackward(
      &dScratch.dNormed, &gradients.upWeight, &gradients.upBias, dScratch.dUp, scratch.normed, layer.upWeight,
      rows: upperRows, inputs: hidden, outputs: inner)
    layerNormBackward(
      &dResidual, &gradients.innerGain, &gradients.innerBias, dScratch.dNormed, saved.middle, gain: layer.innerGain,
      mean: saved.innerMean, rstd: saved.innerRstd, rows: upperRows, hidden: hidden)
  }

  /// Leaves the gradient of the attended rows in `dScratch.dNormed` (upper rows, hidden).
  private func projectBackward(
    _ dScratch: inout GPT2BackwardScratch, _ dResidual: [Float], _ gradients: inout GPT2LayerWeights,
    _ attended: [Float], _ layer: GPT2LayerWeights
  ) {
    let hidden = config.hiddenSize
    let dBranch = branch(&dScratch, dResidual, .attention)
    linearBackward(
      &dScratch.dNormed, &gradients.projectionWeight, &gradients.projectionBias, dBranch, attended,
      layer.projectionWeight, rows: upperRows, inputs: hidden, outputs: hidden)
  }

  private func attentionBackward(
    _ dResidual: inout [Float], _ gradients: inout GPT2LayerWeights, _ scratch: inout GPT2Scratch,
    _ dScratch: inout GPT2BackwardScratch, _ saved: GPT2LayerActivations, _ layer: GPT2LayerWeights
  ) {
    let hidden = config.hiddenSize
    HoneKernels.attentionBackward(
      &dScratch.dQKV, dScratch.dAttended, saved.qkv, saved.attended, saved.logSumExp, offsets: batch.offsets,
      heads: config.headCount, headDim: config.headDim)
    layerNorm(
      &scratch.normed, &dScratch.mean, &dScratch.rstd, saved.input, gain: layer.attentionGain,
      bias: layer.attentionBias, rows: rows, hidden: hidden, epsilon: config.epsilon)
    linearBackward(
      &dScratch.dNormed, &gradients.qkvWeight, &gradients.qkvBias, dScratch.dQKV, scratch.normed, layer.qkvWeight,
      rows: rows, inputs: hidden, outputs: 3 * hidden)
    layerNormBackward(
      &dResidual, &gradients.attentionGain, &gradients.attentionBias, dScratch.dNormed, saved.input,
      gain: layer.attentionGain, mean: saved.attentionMean, rstd: saved.attentionRstd, rows: rows, hidden: hidden)
  }
}

func clear(_ x: inout [Float], count: Int) {
  for index in 0..<count { x[index] = 0 }
}
