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

  /// Extends the sequences of a cache and gives logits for the rows that are asked for.
  ///
  /// Shapes: result (wanted, vocab), in the order of `segments` and, inside one, of its rows.
  /// - Precondition: tokens lie inside the vocabulary and the cache has room for them.
  package func extend(_ cache: inout GPT2Cache, _ segments: [GPT2Segment]) -> [Float] {
    let hidden = config.hiddenSize
    let plan = RowPlan(segments, cache)
    guard plan.rows > 0 else { return [] }
    precondition(plan.tokens.allSatisfy { $0 >= 0 && Int($0) < config.vocabSize }, "a token outside the vocabulary")
    precondition(plan.positions.allSatisfy { Int($0) < config.contextLength }, "a position beyond the context")
    var residual = zeros(plan.rows * hidden)
    embedding(
      &residual, tokens: plan.tokens, positions: plan.positions, tokenTable: tokenTable, positionTable: positionTable,
      rows: plan.rows, hidden: hidden)
    var scratch = Scratch(config: config, rows: plan.rows)
    for index in layers.indices {
      attend(layers[index], residual, &scratch, &cache, index: index, plan: plan)
      if index == layers.count - 1 { keepWanted(&residual, &scratch.attended, plan.wanted) }
      let rows = index == layers.count - 1 ? plan.wanted.count : plan.rows
      finish(layers[index], &residual, &scratch, rows: rows)
    }
    cache.advance(segments)
    return logits(of: residual, rows: plan.wanted.count)
  }

  private struct Scratch {
    var normed: [Float]
    var mean: [Float]
    var rstd: [Float]
    var qkv: [Float]
    var attended: [Float]
    var projected: [Float]
    var up: [Float]
    var gelu: [Float]

    init(config: GPT2Config, rows: Int) {
      let hidden = config.hiddenSize
      normed = zeros(rows * hidden)
      mean = zeros(rows)
      rstd = zeros(rows)
      qkv = zeros(rows * 3 * hidden)
      attended = zeros(rows * hidden)
      projected = zeros(rows * hidden)
      up = zeros(rows * config.innerSize)
      gelu = zeros(rows * config.innerSize)
    }
  }

  /// attention(norm(x)) of one block; keys and values join the cache.
  private func attend(
    _ layer: Layer, _ residual: [Float], _ scratch: inout Scratch, _ cache: inout GPT2Cache, index: Int, plan: RowPlan
  ) {
    let (rows, hidden) = (plan.rows, config.hiddenSize)
    layerNorm(
      &scratch.normed, &scratch.mean, &scratch.rstd, residual, gain: layer.attentionGain, bias: layer.attentionBias,
      rows: rows, hidden: hidden, epsilon: config.epsilon)
    linear(&scratch.qkv, scratch.normed, layer.qkv, layer.qkvBias, rows: rows)
    attentionCached(
      &scratch.attended, &cache.keys[index], &cache.values[index], scratch.qkv, sequences: plan.sequences,
      slotRows: cache.slotRows, heads: config.headCount, headDim: config.headDim)
  }

  /// Moves the rows whose logits are wanted to the front: above the last block's attention only these are used.
  private func keepWanted(_ residual: inout [Float], _ attended: inout [Float], _ wanted: [Int32]) {
    let hidden = config.hiddenSize
    var (keptResidual, keptAttended) = (zeros(wanted.count * hidden), zeros(wanted.count * hidden))
    gatherRows(&keptResidual, residual, indexes: wanted, hidden: hidden)
    gatherRows(&keptAttended, attended, indexes: wanted, hidden: hidden)
    residual = keptResidual
    attended = keptAttended
  }

  /// x += projection(attended); x += down(gelu(up(norm(x)))).
  private func finish(_ layer: Layer, _ residual: inout [Float], _ scratch: inout Scratch, rows: Int) {
    let hidden = config.hiddenSize
    linear(&scratch.projected, scratch.attended, layer.projection, layer.projectionBias, rows: rows)
    addRows(&residual, scratch.projected, count: rows * hidden)
    layerNorm(
      &scratch.normed, &scratch.mean, &scratch.rstd, residual, gain: layer.innerGain, bias: layer.innerBias,
      rows: rows, hidden: hidden, epsilon: config.epsilon)
    linear(&scratch.up, scratch.normed, layer.up, layer.upBias, rows: rows)
    gelu(&scratch.gelu, scratch.up, count: rows * config.innerSize)
    linear(&scratch.projected, scratch.gelu, layer.down, layer.downBias, rows: rows)
    addRows(&residual, scratch.projected, count: rows * hidden)
  }

  private func logits(of residual: [Float], rows: Int) -> [Float] {
    guard rows > 0 else { return [] }
    let hidden = config.hiddenSize
    var normed = zeros(rows * hidden)
    var (mean, rstd) = (zeros(rows), zeros(rows))
    layerNorm(
      &normed, &mean, &rstd, residual, gain: finalGain, bias: finalBias, rows: rows, hidden: hidden,
      epsilon: config.epsilon)
    var logits = zeros(rows * config.vocabSize)
    linear(&logits, normed, outputTable, [], rows: rows)
    return logits
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

/// Keys and values of the sequences in progress; each occupies a slot with room for `slotRows` tokens.
package struct GPT2Cache: Sendable {
  package let slotRows: Int
  package private(set) var lengths: [Int]  // (slots) tokens each slot holds
  var keys: [[Float]]  // per layer (slots, slotRows, hidden)
  var values: [[Float]]
  private let hidden: Int

  package init(config: GPT2Config, slots: Int, slotRows: Int) {
    precondition(slots > 0 && slotRows > 0, "a cache of \(slots) slots of \(slotRows) rows")
    self.slotRows = slotRows
    hidden = config.hiddenSize
    lengths = [Int](repeating: 0, count: slots)
    keys = (0..<config.layerCount).map { _ in zeros(slots * slotRows * config.hiddenSize) }
    values = keys
  }

  /// Forgets what a slot holds, beyond its first `length` tokens.
  package mutating func truncate(slot: Int, to length: Int = 0) { lengths[slot] = min(lengths[slot], length) }

  /// Makes `target` hold what `source` holds, as when one prompt is continued several times.
  package mutating func copy(slot source: Int, to target: Int) {
    let count = lengths[source] * hidden
    let (from, to) = (source * slotRows * hidden, target * slotRows * hidden)
    for layer in keys.indices {
      keys[layer].replaceSubrange(to..<to + count, with: Array(keys[layer][from..<from + count]))
      values[layer].replaceSubrange(to..<to + count, with: Array(values[layer][from..<from + count]))
    }
    lengths[target] = lengths[source]
  }

  fileprivate mutating func advance(_ segments: [GPT2Segment]) {
    for segment in segments { lengths[segment.slot] += segment.tokens.count }
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
      let past = cache.lengths[segment.slot]
      precondition(past + segment.tokens.count <= cache.slotRows, "a sequence longer than its slot in the cache")
      let first = tokens.count
      sequences.append(
        CachedRows(slot: segment.slot, firstRow: first, rowCount: segment.tokens.count, past: past))
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
