package import HoneKernels
internal import Synchronization

// rows: tokens of all sequences    hidden: hidden_size    inner: intermediate_size

/// An encoder laid out for inference: matrices are packed once, and it never changes.
///
/// A sequence gives the same vector alone or among others, in any order, with any number of threads: each row of a
/// product depends on that row alone, and attention on one sequence.
package struct BERTEncoder: Sendable {
  package let config: BERTConfig
  package let precision: PackedPrecision
  private let tokenTable: [Float]  // (vocab, hidden)
  private let placeTable: [Float]  // (positions, hidden) position plus the type of a first text
  private let distances: DistanceScores?
  private let gain: [Float]  // (hidden)
  private let bias: [Float]  // (hidden)
  private let layers: [BERTPackedLayer]

  package init(_ weights: BERTWeights, _ config: BERTConfig, precision: PackedPrecision) {
    self.config = config
    self.precision = precision
    let hidden = config.hiddenSize
    tokenTable = weights.tokenTable
    var places = weights.positionTable
    if !weights.typeTable.isEmpty {
      for place in 0..<config.positionCount {
        for i in 0..<hidden { places[place * hidden + i] += weights.typeTable[i] }
      }
    }
    distances = weights.distanceScores(config, rows: config.contextLength)
    placeTable = places
    gain = weights.embeddingGain
    bias = weights.embeddingBias
    layers = weights.layers.map { BERTPackedLayer($0, config, precision) }
  }

  /// Bytes in memory.
  package var bytes: Int { (tokenTable.count + placeTable.count) * 4 + layers.reduce(0) { $0 + $1.bytes } }

  /// Rows of one pass through all blocks: enough to feed a product, few enough to stay near the core.
  private static let passRows = 384

  /// The pooled vector of each sequence, not yet of length 1.
  ///
  /// Sequences of similar length go through together; passes run side by side, one a thread.
  /// Shapes: result (sequences, hidden).
  /// - Precondition: every sequence has 1 to `contextLength` tokens, all of the vocabulary.
  package func embed(_ sequences: [[Int32]], pooling: Pooling) -> [Float] {
    check(sequences)
    let hidden = config.hiddenSize
    let passes = passes(sequences)
    let rooms = Mutex<[BERTPassRoom]>([])
    let vectors = parallelMap(passes.count) { index in
      var room = rooms.withLock { $0.popLast() } ?? BERTPassRoom()
      let batch = BERTBatch(passes[index].map { sequences[$0] }, config)
      run(&room, batch)
      let pooled = pooling.pool(room.normed, offsets: batch.offsets, dimensions: hidden)
      rooms.withLock { $0.append(room) }
      return pooled
    }
    var result = zeros(sequences.count * hidden)
    for (pass, vectors) in zip(passes, vectors) {
      for (row, sequence) in pass.enumerated() {
        result.replaceSubrange(
          sequence * hidden..<(sequence + 1) * hidden, with: vectors[row * hidden..<(row + 1) * hidden])
      }
    }
    return result
  }

  /// The rows of one sequence after the last block. Shapes: result (tokens, hidden).
  package func states(_ sequence: [Int32]) -> [Float] {
    check([sequence])
    var room = BERTPassRoom()
    run(&room, BERTBatch([sequence], config))
    return Array(room.normed.prefix(sequence.count * config.hiddenSize))
  }

  private func check(_ sequences: [[Int32]]) {
    for sequence in sequences {
      precondition(
        !sequence.isEmpty && sequence.count <= config.contextLength,
        "a sequence of \(sequence.count) tokens, context \(config.contextLength)")
      precondition(
        sequence.allSatisfy { $0 >= 0 && Int($0) < config.vocabSize },
        "a token outside the vocabulary of \(config.vocabSize)")
    }
  }

  /// Which sequences go through together, long ones first.
  private func passes(_ sequences: [[Int32]]) -> [[Int]] {
    let order = sequences.indices.sorted { (sequences[$0].count, $1) > (sequences[$1].count, $0) }
    var passes: [[Int]] = []
    var rows = 0
    for index in order {
      if passes.isEmpty || rows + sequences[index].count > Self.passRows {
        passes.append([])
        rows = 0
      }
      passes[passes.count - 1].append(index)
      rows += sequences[index].count
    }
    return passes
  }

  private func run(_ room: inout BERTPassRoom, _ batch: BERTBatch) {
    let (rows, hidden) = (batch.tokens.count, config.hiddenSize)
    room.makeRoom(config, rows: rows)
    embedding(
      &room.sum, tokens: batch.tokens, positions: batch.positions, tokenTable: tokenTable, positionTable: placeTable,
      rows: rows, hidden: hidden)
    layerNorm(
      &room.normed, &room.mean, &room.rstd, room.sum, gain: gain, bias: bias, rows: rows, hidden: hidden,
      epsilon: config.epsilon)
    for layer in layers { layer.run(&room, distances, config, batch) }
  }
}

/// Sequences laid end to end.
package struct BERTBatch: Sendable {
  package private(set) var tokens: [Int32] = []  // (rows)
  package private(set) var positions: [Int32] = []  // (rows)
  package private(set) var offsets = [0]  // (sequences + 1)

  /// Rows of the longest sequence.
  package var longest: Int { zip(offsets, offsets.dropFirst()).reduce(0) { max($0, $1.1 - $1.0) } }

  package init(_ sequences: [[Int32]], _ config: BERTConfig) {
    for sequence in sequences {
      tokens += sequence
      let first = Int32(config.firstPosition)
      if first > 0 {
        // Where positions begin behind the padding token, one that stands in a text is passed over by the count.
        var next = first
        for token in sequence {
          positions.append(token == config.paddingToken ? first - 1 : next)
          if token != config.paddingToken { next += 1 }
        }
      } else {
        positions += (0..<Int32(sequence.count))
      }
      offsets.append(tokens.count)
    }
  }
}

/// Room for one pass, kept for the next.
private struct BERTPassRoom: Sendable {
  var normed: [Float] = []  // (rows, hidden) what a block begins with, and what the last one leaves
  var sum: [Float] = []  // (rows, hidden)
  var qkv: [Float] = []  // (rows, 3·hidden)
  var attended: [Float] = []  // (rows, hidden)
  var branch: [Float] = []  // (rows, hidden) what a block's two branches add
  var up: [Float] = []  // (rows, inner)
  var logSumExp: [Float] = []  // (rows, heads)
  var mean: [Float] = []  // (rows)
  var rstd: [Float] = []  // (rows)

  mutating func makeRoom(_ config: BERTConfig, rows: Int) {
    let hidden = config.hiddenSize
    grow(&normed, rows * hidden)
    grow(&sum, rows * hidden)
    grow(&qkv, rows * 3 * hidden)
    grow(&attended, rows * hidden)
    grow(&branch, rows * hidden)
    grow(&up, rows * config.innerSize)
    grow(&logSumExp, rows * config.headCount)
    grow(&mean, rows)
    grow(&rstd, rows)
  }
}

/// One block: x ← norm(x + projection(attention(x))); x ← norm(x + down(gelu(up(x)))).
private struct BERTPackedLayer: Sendable {
  private let qkv, projection, up, down: PackedMatrix
  private let qkvBias, projectionBias, upBias, downBias: [Float]
  private let attentionGain, attentionBias, innerGain, innerBias: [Float]

  init(_ layer: BERTLayerWeights, _ config: BERTConfig, _ precision: PackedPrecision) {
    let (hidden, inner) = (config.hiddenSize, config.innerSize)
    func pack(_ weight: [Float], _ inputs: Int, _ outputs: Int) -> PackedMatrix {
      PackedMatrix(weight, inputs: inputs, outputs: outputs, transposed: false, precision: precision)
    }
    qkv = pack(layer.qkvWeight, hidden, 3 * hidden)
    projection = pack(layer.projectionWeight, hidden, hidden)
    up = pack(layer.upWeight, hidden, inner)
    down = pack(layer.downWeight, inner, hidden)
    (qkvBias, projectionBias) = (layer.qkvBias, layer.projectionBias)
    (upBias, downBias) = (layer.upBias, layer.downBias)
    (attentionGain, attentionBias) = (layer.attentionGain, layer.attentionBias)
    (innerGain, innerBias) = (layer.innerGain, layer.innerBias)
  }

  var bytes: Int { qkv.bytes + projection.bytes + up.bytes + down.bytes }

  func run(_ room: inout BERTPassRoom, _ distances: DistanceScores?, _ config: BERTConfig, _ batch: BERTBatch) {
    let (rows, hidden) = (batch.tokens.count, config.hiddenSize)
    linear(&room.qkv, room.normed, qkv, qkvBias, rows: rows)
    attention(
      &room.attended, &room.logSumExp, room.qkv, offsets: batch.offsets, heads: config.headCount,
      headDim: config.headDim, sight: .full, distances: distances)
    linear(&room.branch, room.attended, projection, projectionBias, rows: rows)
    swap(&room.sum, &room.normed)
    addLayerNorm(
      &room.normed, &room.sum, &room.mean, &room.rstd, room.branch, gain: attentionGain, bias: attentionBias,
      rows: rows, hidden: hidden, epsilon: config.epsilon)
    linear(&room.up, room.normed, up, upBias, rows: rows)
    config.activation.apply(&room.up, count: rows * config.innerSize)
    linear(&room.branch, room.up, down, downBias, rows: rows)
    swap(&room.sum, &room.normed)
    addLayerNorm(
      &room.normed, &room.sum, &room.mean, &room.rstd, room.branch, gain: innerGain, bias: innerBias, rows: rows,
      hidden: hidden, epsilon: config.epsilon)
  }
}

extension BERTConfig.Activation {
  fileprivate func apply(_ x: inout [Float], count: Int) {
    switch self {
    case .erf: geluErf(&x, count: count)
    case .tanh: geluInPlace(&x, count: count)
    }
  }
}
