internal import HoneKernels

// rows: tokens or patches of all sequences    hidden: hidden_size of the tower    inner: intermediate_size

/// The blocks of one tower, laid out for inference.
///
/// One block: x ← x + projection(attention(norm(x))); x ← x + down(bend(up(norm(x)))).
struct CLIPTower: Sendable {
  private let config: CLIPConfig.Tower
  private let sight: AttentionSight
  private let layers: [CLIPPackedLayer]

  init(_ layers: [CLIPWeights.Layer], _ config: CLIPConfig.Tower, sight: AttentionSight, _ precision: PackedPrecision) {
    (self.config, self.sight) = (config, sight)
    self.layers = layers.map { CLIPPackedLayer($0, config, precision) }
  }

  var bytes: Int { layers.reduce(0) { $0 + $1.bytes } }

  /// Runs `room.states` through all blocks. Shapes: states (rows, hidden); offsets (sequences + 1).
  func run(_ room: inout CLIPRoom, offsets: [Int]) {
    room.makeRoom(config, rows: offsets[offsets.count - 1])
    for layer in layers { layer.run(&room, config, offsets: offsets, sight) }
  }
}

/// Room for one pass, kept for the next.
struct CLIPRoom: Sendable {
  var states: [Float] = []  // (rows, hidden) what a block begins with and ends with
  var normed: [Float] = []  // (rows, hidden)
  private var qkv: [Float] = []  // (rows, 3·hidden)
  private var attended: [Float] = []  // (rows, hidden)
  private var up: [Float] = []  // (rows, inner)
  private var logSumExp: [Float] = []  // (rows, heads)
  var mean: [Float] = []  // (rows)
  var rstd: [Float] = []  // (rows)

  mutating func makeRoom(_ config: CLIPConfig.Tower, rows: Int) {
    let hidden = config.hiddenSize
    precondition(states.count >= rows * hidden, "\(states.count) states for \(rows) rows of \(hidden)")
    grow(&normed, rows * hidden)
    grow(&qkv, rows * 3 * hidden)
    grow(&attended, rows * hidden)
    grow(&up, rows * config.innerSize)
    grow(&logSumExp, rows * config.headCount)
    grow(&mean, rows)
    grow(&rstd, rows)
  }

  fileprivate mutating func attend(
    _ layer: CLIPPackedLayer, _ config: CLIPConfig.Tower, offsets: [Int], _ sight: AttentionSight
  ) {
    let (rows, hidden) = (offsets[offsets.count - 1], config.hiddenSize)
    layerNorm(
      &normed, &mean, &rstd, states, gain: layer.attentionGain, bias: layer.attentionBias, rows: rows, hidden: hidden,
      epsilon: config.epsilon)
    linear(&qkv, normed, layer.qkv, layer.qkvBias, rows: rows)
    attention(
      &attended, &logSumExp, qkv, offsets: offsets, heads: config.headCount, headDim: config.headDim, sight: sight)
    linear(&normed, attended, layer.projection, layer.projectionBias, rows: rows)
    addRows(&states, normed, count: rows * hidden)
  }

  fileprivate mutating func bend(_ layer: CLIPPackedLayer, _ config: CLIPConfig.Tower, rows: Int) {
    let hidden = config.hiddenSize
    layerNorm(
      &normed, &mean, &rstd, states, gain: layer.innerGain, bias: layer.innerBias, rows: rows, hidden: hidden,
      epsilon: config.epsilon)
    linear(&up, normed, layer.up, layer.upBias, rows: rows)
    config.activation.apply(&up, count: rows * config.innerSize)
    linear(&normed, up, layer.down, layer.downBias, rows: rows)
    addRows(&states, normed, count: rows * hidden)
  }
}

private struct CLIPPackedLayer: Sendable {
  let qkv, projection, up, down: PackedMatrix
  let qkvBias, projectionBias, upBias, downBias: [Float]
  let attentionGain, attentionBias, innerGain, innerBias: [Float]

  init(_ layer: CLIPWeights.Layer, _ config: CLIPConfig.Tower, _ precision: PackedPrecision) {
    let (hidden, inner) = (config.hiddenSize, config.innerSize)
    func pack(_ weight: [Float], _ inputs: Int, _ outputs: Int) -> PackedMatrix {
      PackedMatrix(weight, inputs: inputs, outputs: outputs, transposed: true, precision: precision)
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

  func run(_ room: inout CLIPRoom, _ config: CLIPConfig.Tower, offsets: [Int], _ sight: AttentionSight) {
    room.attend(self, config, offsets: offsets, sight)
    room.bend(self, config, rows: offsets[offsets.count - 1])
  }
}

extension CLIPConfig.Activation {
  fileprivate func apply(_ x: inout [Float], count: Int) {
    switch self {
    case .quick: quickGELU(&x, count: count)
    case .erf: geluErf(&x, count: count)
    case .tanh: geluInPlace(&x, count: count)
    }
  }
}
