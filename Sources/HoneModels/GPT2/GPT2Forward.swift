internal import HoneKernels

// rows: tokens of all sequences    hidden: n_embd    inner: n_inner    targets: rows that predict something
// upper rows: rows that attention's result is used of: all, but in the last block only the targets

/// Random zeros on the residual branches while training; the same `key` gives the same zeros again.
package struct GPT2Dropout: Sendable, Equatable {
  package let rate: Float
  package let key: UInt64

  package init(rate: Float, key: UInt64) {
    self.rate = rate
    self.key = key
  }

  /// Where zeros fall: on the embeddings, or on what one of a block's two branches adds.
  enum Place: UInt64 { case embedding, attention, inner }

  func apply(_ x: inout [Float], _ place: Place, layer: Int = 0, count: Int) {
    let number = UInt64(layer) &* 4 &+ place.rawValue &+ 1
    dropout(&x, rate: rate, key: key &+ number &* 0x9E37_79B9_7F4A_7C15, count: count)
  }
}

/// The rows that predict something, after all blocks and the last layer norm: `room.normed`.
///
/// With `keepingLayers` the room also holds what the backward pass needs.
func gpt2Forward(
  _ room: inout GPT2Workspace, _ weights: GPT2Weights, _ config: GPT2Config, _ batch: PackedBatch, chunk: Int,
  keepingLayers: Bool, dropout: GPT2Dropout?
) {
  let (rows, hidden, targets) = (batch.rows, config.hiddenSize, batch.targets.count)
  room.makeRoom(config, rows: rows, targets: targets, chunk: chunk, keepingLayers: keepingLayers)
  embedding(
    &room.residual, tokens: batch.tokens, positions: batch.positions, tokenTable: weights.tokenTable,
    positionTable: weights.positionTable, rows: rows, hidden: hidden)
  dropout?.apply(&room.residual, .embedding, count: rows * hidden)
  for index in weights.layers.indices {
    let block = GPT2Block(config: config, batch: batch, index: index, dropout: dropout)
    block.forward(
      &room.residual, &room.layers[keepingLayers ? index : 0], &room.scratch, weights.layers[index])
  }
  layerNorm(
    &room.normed, &room.finalMean, &room.finalRstd, room.residual, gain: weights.finalGain, bias: weights.finalBias,
    rows: targets, hidden: hidden, epsilon: config.epsilon)
}

/// One block of one pass: x += projection(attention(norm(x))); x += down(gelu(up(norm(x)))).
///
/// Above the last block only the rows that predict something are used, so there the part after attention is
/// computed for these rows alone.
struct GPT2Block {
  let config: GPT2Config
  let batch: PackedBatch
  let index: Int
  let dropout: GPT2Dropout?

  var isLast: Bool { index == config.layerCount - 1 }
  var rows: Int { batch.rows }
  var upperRows: Int { isLast ? batch.targets.count : batch.rows }

  func forward(
    _ residual: inout [Float], _ saved: inout GPT2LayerActivations, _ scratch: inout GPT2Scratch,
    _ layer: GPT2LayerWeights
  ) {
    let hidden = config.hiddenSize
    swap(&saved.input, &residual)
    layerNorm(
      &scratch.normed, &saved.attentionMean, &saved.attentionRstd, saved.input, gain: layer.attentionGain,
      bias: layer.attentionBias, rows: rows, hidden: hidden, epsilon: config.epsilon)
    linear(
      &saved.qkv, scratch.normed, layer.qkvWeight, layer.qkvBias, rows: rows, inputs: hidden, outputs: 3 * hidden)
    attention(
      &saved.attended, &saved.logSumExp, saved.qkv, offsets: batch.offsets, heads: config.headCount,
      headDim: config.headDim)
    if isLast {
      gatherRows(&scratch.upperInput, saved.input, indexes: batch.lossRows, hidden: hidden)
      gatherRows(&scratch.upperAttended, saved.attended, indexes: batch.lossRows, hidden: hidden)
      project(&scratch.projected, scratch.upperAttended, layer)
      addRows(&saved.middle, scratch.upperInput, scratch.projected, count: upperRows * hidden)
    } else {
      project(&scratch.projected, saved.attended, layer)
      addRows(&saved.middle, saved.input, scratch.projected, count: upperRows * hidden)
    }
    inner(&residual, &saved, &scratch, layer)
  }

  private func project(_ out: inout [Float], _ attended: [Float], _ layer: GPT2LayerWeights) {
    let hidden = config.hiddenSize
    linear(
      &out, attended, layer.projectionWeight, layer.projectionBias, rows: upperRows, inputs: hidden, outputs: hidden)
    dropout?.apply(&out, .attention, layer: index, count: upperRows * hidden)
  }

  private func inner(
    _ residual: inout [Float], _ saved: inout GPT2LayerActivations, _ scratch: inout GPT2Scratch,
    _ layer: GPT2LayerWeights
  ) {
    let (hidden, inner) = (config.hiddenSize, config.innerSize)
    layerNorm(
      &scratch.normed, &saved.innerMean, &saved.innerRstd, saved.middle, gain: layer.innerGain, bias: layer.innerBias,
      rows: upperRows, hidden: hidden, epsilon: config.epsilon)
    linear(&saved.up, scratch.normed, layer.upWeight, layer.upBias, rows: upperRows, inputs: hidden, outputs: inner)
    gelu(&scratch.gelu, saved.up, count: upperRows * inner)
    linear(
      &scratch.projected, scratch.gelu, layer.downWeight, layer.downBias, rows: upperRows, inputs: inner,
      outputs: hidden)
    dropout?.apply(&scratch.projected, .inner, layer: index, count: upperRows * hidden)
    addRows(&residual, saved.middle, scratch.projected, count: upperRows * hidden)
  }
}
