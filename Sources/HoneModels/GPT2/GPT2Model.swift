package import HoneKernels

// rows: new tokens of all sequences    hidden: n_embd    inner: n_inner

/// A GPT-2 ready to answer: weights laid out for products with few rows, never changed again.
package struct GPT2Model: Sendable {
  package let config: GPT2Config
  package let precision: PackedPrecision
  private let tokenTable: [Float]  // (vocab, hidden)
  private let positionTable: [Float]  // (context, hidden)
  private let outputTable: PackedMatrix  // (hidden → vocab)
  private let layers: [Layer]
  private let finalGain: [Float]
  private let finalBias: [Float]

  private struct Layer: Sendable {
    let attentionGain: [Float]
    let attentionBias: [Float]
    let qkv: PackedMatrix
    let qkvBias: [Float]
    let projection: PackedMatrix
    let projectionBias: [Float]
    let innerGain: [Float]
    let innerBias: [Float]
    let up: PackedMatrix
    let upBias: [Float]
    let down: PackedMatrix
    let downBias: [Float]

    init(_ layer: GPT2LayerWeights, _ config: GPT2Config, _ precision: PackedPrecision) {
      func pack(_ weight: [Float], _ inputs: Int, _ outputs: Int) -> PackedMatrix {
        PackedMatrix(weight, inputs: inputs, outputs: outputs, transposed: false, precision: precision)
      }
      let (hidden, inner) = (config.hiddenSize, config.innerSize)
      attentionGain = layer.attentionGain
      attentionBias = layer.attentionBias
      qkv = pack(layer.qkvWeight, hidden, 3 * hidden)
      qkvBias = layer.qkvBias
      projection = pack(layer.projectionWeight, hidden, hidden)
      projectionBias = layer.projectionBias
      innerGain = layer.innerGain
      innerBias = layer.innerBias
      up = pack(layer.upWeight, hidden, inner)
      upBias = layer.upBias
      down = pack(layer.downWeight, inner, hidden)
      downBias = layer.downBias
    }
  }

  package init(_ weights: GPT2Weights, config: GPT2Config, precision: PackedPrecision) {
    self.config = config
    self.precision = precision
    tokenTable = weights.tokenTable
    positionTable = weights.positionTable
    outputTable = PackedMatrix(
      weights.tokenTable, inputs: config.hiddenSize, outputs: config.vocabSize, transposed: true, precision: precision)
    layers = weights.layers.map { Layer($0, config, precision) }
    finalGain = weights.finalGain
    finalBias = weights.finalBias
  }

  /// About the bytes that a model of these sizes takes in memory; scales of int8 are left out.
  package static func bytes(_ config: GPT2Config, _ precision: PackedPrecision) -> Int {
    let width =
      switch precision {
      case .float32: 4
      case .bfloat16: 2
      case .int8: 1
      case .int16: 2
      }
    let tables = (config.vocabSize + config.contextLength) * config.hiddenSize * 4
    let packed = config.parameterCount - config.contextLength * config.hiddenSize
    return tables + packed * width
  }

  /// Extends the sequences of a cache and gives logits for the rows that are asked for.
  ///
  /// Shapes: result (wanted, vocab), in the order of `segments` and, inside one, of its rows.
  /// - Precondition: tokens lie inside the vocabulary and the cache has room for them.
  package func extend(_ cache: inout GPT2Cache, _ segments: [GPT2Segment]) -> [Float] {
    var logits: [Float] = []
    let rows = extend(&cache, segments, logits: &logits)
    precondition(logits.count == rows * config.vocabSize, "\(logits.count) logits for \(rows) rows")
    return logits
  }

  /// The same into an array that may be used again and again; it grows where it is too short. Gives the rows it holds.
  package func extend(_ cache: inout GPT2Cache, _ segments: [GPT2Segment], logits: inout [Float]) -> Int {
    let hidden = config.hiddenSize
    let plan = RowPlan(segments, cache)
    guard plan.rows > 0 else { return 0 }
    precondition(plan.tokens.allSatisfy { $0 >= 0 && Int($0) < config.vocabSize }, "a token outside the vocabulary")
    precondition(plan.positions.allSatisfy { Int($0) < config.contextLength }, "a position beyond the context")
    var room = GPT2Room()
    swap(&room, &cache.room)
    defer { swap(&room, &cache.room) }
    room.makeRoom(config, rows: plan.rows)
    embedding(
      &room.residual, tokens: plan.tokens, positions: plan.positions, tokenTable: tokenTable,
      positionTable: positionTable, rows: plan.rows, hidden: hidden)
    for index in layers.indices {
      attend(layers[index], &room, &cache, index: index, plan: plan)
      let isLast = index == layers.count - 1
      if isLast { keepWanted(&room, plan) }
      finish(layers[index], &room, rows: isLast ? plan.wanted.count : plan.rows)
    }
    cache.advance(segments)
    writeLogits(&logits, &room, rows: plan.wanted.count)
    return plan.wanted.count
  }

  /// attention(norm(x)) of one block; keys and values join the cache.
  private func attend(_ layer: Layer, _ room: inout GPT2Room, _ cache: inout GPT2Cache, index: Int, plan: RowPlan) {
    let (rows, hidden) = (plan.rows, config.hiddenSize)
    layerNorm(
      &room.normed, &room.mean, &room.rstd, room.residual, gain: layer.attentionGain, bias: layer.attentionBias,
      rows: rows, hidden: hidden, epsilon: config.epsilon)
    linear(&room.qkv, room.normed, layer.qkv, layer.qkvBias, rows: rows)
    attentionCached(
      &room.attended, &cache.keys[index], &cache.values[index], room.qkv, sequences: plan.sequences,
      slotRows: GPT2Cache.blockRows, heads: config.headCount, headDim: config.headDim)
  }

  /// Moves the rows whose logits are wanted to the front: above the last block's attention only these are used.
  private func keepWanted(_ room: inout GPT2Room, _ plan: RowPlan) {
    guard plan.wanted.count < plan.rows else { return }
    keepRows(&room.residual, indexes: plan.wanted, hidden: config.hiddenSize)
    keepRows(&room.attended, indexes: plan.wanted, hidden: config.hiddenSize)
  }

  /// x += projection(attended); x += down(gelu(up(norm(x)))).
  private func finish(_ layer: Layer, _ room: inout GPT2Room, rows: Int) {
    let hidden = config.hiddenSize
    linear(&room.projected, room.attended, layer.projection, layer.projectionBias, rows: rows)
    addRows(&room.residual, room.projected, count: rows * hidden)
    layerNorm(
      &room.normed, &room.mean, &room.rstd, room.residual, gain: layer.innerGain, bias: layer.innerBias,
      rows: rows, hidden: hidden, epsilon: config.epsilon)
    linear(&room.up, room.normed, layer.up, layer.upBias, rows: rows)
    gelu(&room.gelu, room.up, count: rows * config.innerSize)
    linear(&room.projected, room.gelu, layer.down, layer.downBias, rows: rows)
    addRows(&room.residual, room.projected, count: rows * hidden)
  }

  private func writeLogits(_ logits: inout [Float], _ room: inout GPT2Room, rows: Int) {
    guard rows > 0 else { return }
    layerNorm(
      &room.normed, &room.mean, &room.rstd, room.residual, gain: finalGain, bias: finalBias, rows: rows,
      hidden: config.hiddenSize, epsilon: config.epsilon)
    grow(&logits, rows * config.vocabSize)
    linear(&logits, room.normed, outputTable, [], rows: rows)
  }
}

/// New tokens of one sequence, and which of their rows should yield logits.
package struct GPT2Segment: Sendable, Equatable {
  package enum Logits: Sendable { case none, last, all }
  package var slot: Int
  package var tokens: [Int32]
  package var logits: Logits

  package init(slot: Int, tokens: [Int32], logits: Logits) {
    self.slot = slot
    self.tokens = tokens
    self.logits = logits
  }
}

/// Which token, position and sequence each row of a call stands for.
private struct RowPlan {
  var tokens: [Int32] = []
  var positions: [Int32] = []
  var sequences: [CachedRows] = []
  var wanted: [Int32] = []
  var rows: Int { tokens.count }

  init(_ segments: [GPT2Segment], _ cache: GPT2Cache) {
    for segment in segments where !segment.tokens.isEmpty {
      let (first, past) = (tokens.count, cache.length(of: segment.slot))
      sequences.append(cache.rows(slot: segment.slot, firstRow: first, count: segment.tokens.count))
      tokens += segment.tokens
      positions += (0..<segment.tokens.count).map { Int32(past + $0) }
      switch segment.logits {
      case .none: break
      case .last: wanted.append(Int32(tokens.count - 1))
      case .all: wanted += (first..<tokens.count).map { Int32($0) }
      }
    }
  }
}
