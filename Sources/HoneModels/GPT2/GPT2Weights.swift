internal import HoneKernels

/// Every number that training changes in a GPT-2, as named arrays. Gradients and moments have the same type.
///
/// A matrix is stored (inputs, outputs), row-major. The token table serves as output table too.
package struct GPT2Weights: Sendable, Equatable {
  package var tokenTable: [Float]  // (vocab, hidden)
  package var positionTable: [Float]  // (context, hidden)
  package var layers: [GPT2LayerWeights]
  package var finalGain: [Float]  // (hidden)
  package var finalBias: [Float]  // (hidden)

  /// All zero, as gradients and moments begin.
  package init(zeros config: GPT2Config) {
    tokenTable = zeros(config.vocabSize * config.hiddenSize)
    positionTable = zeros(config.contextLength * config.hiddenSize)
    layers = (0..<config.layerCount).map { _ in GPT2LayerWeights(zeros: config) }
    finalGain = zeros(config.hiddenSize)
    finalBias = zeros(config.hiddenSize)
  }

  /// Random weights to train from: normal with deviation 0.02, the matrices that write into the residual stream
  /// smaller by sqrt(2 · layers), gains one, biases zero.
  ///
  /// Source: Radford et al. 2019, section 2.3.
  package init(random config: GPT2Config, seed: UInt64, deviation: Float = 0.02) {
    self.init(zeros: config)
    var generator = RandomGenerator(seed: seed)
    let residualDeviation = deviation / Float(2 * config.layerCount).squareRoot()
    forEachTensor(of: config) { tensor, values in
      switch tensor.role {
      case .gain: for i in values.indices { values[i] = 1 }
      case .bias: break
      case .matrix, .tokenTable, .positionTable: for i in values.indices { values[i] = generator.normal() * deviation }
      case .residualMatrix: for i in values.indices { values[i] = generator.normal() * residualDeviation }
      }
    }
  }
}

/// The weights of one transformer block.
package struct GPT2LayerWeights: Sendable, Equatable {
  package var attentionGain: [Float]  // (hidden)
  package var attentionBias: [Float]  // (hidden)
  package var qkvWeight: [Float]  // (hidden, 3·hidden)
  package var qkvBias: [Float]  // (3·hidden)
  package var projectionWeight: [Float]  // (hidden, hidden)
  package var projectionBias: [Float]  // (hidden)
  package var innerGain: [Float]  // (hidden)
  package var innerBias: [Float]  // (hidden)
  package var upWeight: [Float]  // (hidden, inner)
  package var upBias: [Float]  // (inner)
  package var downWeight: [Float]  // (inner, hidden)
  package var downBias: [Float]  // (hidden)

  init(zeros config: GPT2Config) {
    let hidden = config.hiddenSize
    let inner = config.innerSize
    attentionGain = zeros(hidden)
    attentionBias = zeros(hidden)
    qkvWeight = zeros(hidden * 3 * hidden)
    qkvBias = zeros(3 * hidden)
    projectionWeight = zeros(hidden * hidden)
    projectionBias = zeros(hidden)
    innerGain = zeros(hidden)
    innerBias = zeros(hidden)
    upWeight = zeros(hidden * inner)
    upBias = zeros(inner)
    downWeight = zeros(inner * hidden)
    downBias = zeros(hidden)
  }
}

func zeros(_ count: Int) -> [Float] { [Float](repeating: 0, count: count) }
