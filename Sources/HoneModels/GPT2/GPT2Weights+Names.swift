/// What a tensor is called in a checkpoint, its shape, and what it does.
package struct GPT2Tensor: Sendable, Equatable {
  package enum Role: Sendable { case tokenTable, positionTable, matrix, residualMatrix, bias, gain }
  package let name: String
  package let shape: [Int]
  package let role: Role

  package var count: Int { shape.reduce(1, *) }
  /// Weight decay pulls on matrices and tables, never on biases and gains.
  package var decays: Bool { shape.count > 1 }
}

extension GPT2Weights {
  /// Visits every tensor in the order of a checkpoint; the only place that knows the names there.
  ///
  /// Source: the names of `GPT2LMHeadModel` in the Hugging Face layout.
  package mutating func forEachTensor<Failure>(
    of config: GPT2Config, _ body: (GPT2Tensor, inout [Float]) throws(Failure) -> Void
  ) throws(Failure) {
    let hidden = config.hiddenSize
    func tensor(_ name: String, _ shape: [Int], _ role: GPT2Tensor.Role) -> GPT2Tensor {
      GPT2Tensor(name: "transformer.\(name)", shape: shape, role: role)
    }
    try body(tensor("wte.weight", [config.vocabSize, hidden], .tokenTable), &tokenTable)
    try body(tensor("wpe.weight", [config.contextLength, hidden], .positionTable), &positionTable)
    for index in layers.indices {
      try layers[index].forEachTensor(of: config, prefix: "transformer.h.\(index)", body)
    }
    try body(tensor("ln_f.weight", [hidden], .gain), &finalGain)
    try body(tensor("ln_f.bias", [hidden], .bias), &finalBias)
  }

  /// Name, shape and role of every tensor, in the order of a checkpoint.
  package static func tensors(of config: GPT2Config) -> [GPT2Tensor] {
    var tensors: [GPT2Tensor] = []
    var empty = GPT2Weights(empty: config)
    empty.forEachTensor(of: config) { tensor, _ in tensors.append(tensor) }
    return tensors
  }

  /// The values of every tensor, in the order of a checkpoint; the arrays are shared, not copied.
  package func values(of config: GPT2Config) -> [(tensor: GPT2Tensor, values: [Float])] {
    var result: [(tensor: GPT2Tensor, values: [Float])] = []
    var copy = self
    copy.forEachTensor(of: config) { tensor, values in result.append((tensor, values)) }
    return result
  }

  /// Reads every tensor of a checkpoint by name.
  ///
  /// `tensor` gives shape and values for a name, or nil where the checkpoint has none of that name. Names are tried
  /// with and without the leading `transformer.`, as both are found in the wild.
  /// - Throws: `ModelError`, or what `tensor` throws.
  package init(
    config: GPT2Config, reading tensor: (String) throws -> (shape: [Int], values: [Float])?
  ) throws {
    self.init(empty: config)
    try forEachTensor(of: config) { wanted, values in
      let bare = String(wanted.name.dropFirst("transformer.".count))
      guard let found = try tensor(wanted.name) ?? tensor(bare) else {
        throw ModelError.missingTensor(name: wanted.name, shape: wanted.shape)
      }
      guard found.shape == wanted.shape, found.values.count == wanted.count else {
        throw ModelError.wrongShape(name: wanted.name, expected: wanted.shape, found: found.shape)
      }
      guard found.values.allSatisfy(\.isFinite) else { throw ModelError.notFinite(name: wanted.name) }
      values = found.values
    }
  }

  /// The right number of layers, and no numbers yet.
  private init(empty config: GPT2Config) {
    tokenTable = []
    positionTable = []
    layers = [GPT2LayerWeights](repeating: GPT2LayerWeights(), count: config.layerCount)
    finalGain = []
    finalBias = []
  }
}

extension GPT2LayerWeights {
  fileprivate init() {
    (attentionGain, attentionBias, qkvWeight, qkvBias) = ([], [], [], [])
    (projectionWeight, projectionBias, innerGain, innerBias) = ([], [], [], [])
    (upWeight, upBias, downWeight, downBias) = ([], [], [], [])
  }

  fileprivate mutating func forEachTensor<Failure>(
    of config: GPT2Config, prefix: String, _ body: (GPT2Tensor, inout [Float]) throws(Failure) -> Void
  ) throws(Failure) {
    let hidden = config.hiddenSize
    let inner = config.innerSize
    func tensor(_ name: String, _ shape: [Int], _ role: GPT2Tensor.Role) -> GPT2Tensor {
      GPT2Tensor(name: "\(prefix).\(name)", shape: shape, role: role)
    }
    try body(tensor("ln_1.weight", [hidden], .gain), &attentionGain)
    try body(tensor("ln_1.bias", [hidden], .bias), &attentionBias)
    try body(tensor("attn.c_attn.weight", [hidden, 3 * hidden], .matrix), &qkvWeight)
    try body(tensor("attn.c_attn.bias", [3 * hidden], .bias), &qkvBias)
    try body(tensor("attn.c_proj.weight", [hidden, hidden], .residualMatrix), &projectionWeight)
    try body(tensor("attn.c_proj.bias", [hidden], .bias), &projectionBias)
    try body(tensor("ln_2.weight", [hidden], .gain), &innerGain)
    try body(tensor("ln_2.bias", [hidden], .bias), &innerBias)
    try body(tensor("mlp.c_fc.weight", [hidden, inner], .matrix), &upWeight)
    try body(tensor("mlp.c_fc.bias", [inner], .bias), &upBias)
    try body(tensor("mlp.c_proj.weight", [inner, hidden], .residualMatrix), &downWeight)
    try body(tensor("mlp.c_proj.bias", [hidden], .bias), &downBias)
  }
}
