internal import HoneKernels
package import HoneModels

/// Two texts as tokens, special ones included, that belong together or not.
package struct TokenPair: Sendable, Equatable {
  package var first: [Int32]
  package var second: [Int32]
  /// What their cosine should be; counts under `ContrastiveOptions.Loss.cosine` alone.
  package var label: Float
  /// Pairs of one group are no negatives of each other.
  package var group: Int

  package init(first: [Int32], second: [Int32], label: Float = 1, group: Int) {
    self.first = first
    self.second = second
    self.label = label
    self.group = group
  }
}

/// How an encoder is tuned on pairs.
package struct ContrastiveOptions: Sendable, Equatable {
  package enum Loss: String, Sendable, Codable { case ranking, cosine }

  package var loss = Loss.ranking
  package var epochs = 3
  /// Pairs of a step.
  package var batchSize = 32
  package var learningRate: Float = 5e-5
  /// Share of the steps in which the rate grows from zero; then it falls to zero in a straight line.
  package var warmup = 0.1
  /// What cosines are multiplied by under the ranking loss.
  package var scale: Float = 20
  package var adamW = AdamWOptions()
  package var seed: UInt64 = 0

  package init() {}
}

/// Tunes an encoder so that texts that belong together have vectors near each other.
///
/// Source: Reimers and Gurevych 2019; hyperparameters as sentence-transformers' trainer.
package struct ContrastiveTrainer: Sendable {
  package private(set) var weights: BERTWeights
  private let config: BERTConfig
  private let pooling: Pooling
  private let options: ContrastiveOptions
  private let schedule: LearningRateSchedule
  private let stepsPerEpoch: Int
  private let totalSteps: Int
  /// Steps that are done.
  package private(set) var step = 0
  private var epochLoss = 0.0  // summed over the pairs of the epoch at hand
  private var room = BERTWorkspace()
  private var gradients: BERTWeights
  private var first: [[Float]]
  private var second: [[Float]]

  package init(
    _ weights: BERTWeights, _ config: BERTConfig, pooling: Pooling, pairsPerEpoch: Int, options: ContrastiveOptions
  ) {
    self.weights = weights
    self.config = config
    self.pooling = pooling
    self.options = options
    stepsPerEpoch = (pairsPerEpoch + options.batchSize - 1) / options.batchSize
    totalSteps = options.epochs * stepsPerEpoch
    schedule = .linear(warmupSteps: Int(Double(totalSteps) * options.warmup))
    gradients = BERTWeights(zerosFor: config)
    first = weights.arrays.map { [Float](repeating: 0, count: $0.count) }
    second = first
  }

  /// Passes over the pairs that are done.
  package var epoch: Int { stepsPerEpoch > 0 ? step / stepsPerEpoch : 0 }

  /// One pass over pairs, in their order, or what is left of it after `restore`. Gives the mean loss of the pass.
  ///
  /// Precondition: as many pairs as `pairsPerEpoch`.
  package mutating func run(
    _ pairs: [TokenPair],
    onStep: (_ trainer: ContrastiveTrainer, _ totalSteps: Int, _ loss: Double) throws -> Void = { _, _, _ in }
  ) throws -> Double {
    precondition((pairs.count + options.batchSize - 1) / options.batchSize == stepsPerEpoch, "\(pairs.count) pairs")
    for batch in step % max(1, stepsPerEpoch)..<stepsPerEpoch {
      if batch == 0 { epochLoss = 0 }
      let part = pairs[batch * options.batchSize..<min(pairs.count, (batch + 1) * options.batchSize)]
      let loss = advance(Array(part))
      epochLoss += loss * Double(part.count)
      try onStep(self, totalSteps, loss)
    }
    return epochLoss / Double(max(1, pairs.count))
  }

  /// What a run needs to go on.
  package var state: ContrastiveState {
    ContrastiveState(step: step, epochLoss: epochLoss, weights: weights.arrays, first: first, second: second)
  }

  /// Goes on where another trainer of the same model, pairs and options was. Gives false where `state` does not fit.
  package mutating func restore(_ state: ContrastiveState) -> Bool {
    let counts = first.map(\.count)
    guard [state.weights, state.first, state.second].allSatisfy({ $0.map(\.count) == counts }),
      (0...totalSteps).contains(state.step)
    else { return false }
    var index = 0
    weights.forEachArray { _, values in
      values = state.weights[index]
      index += 1
    }
    (step, epochLoss, first, second) = (state.step, state.epochLoss, state.first, state.second)
    return true
  }

  /// One batch forward and backward, and one step of the optimiser.
  private mutating func advance(_ pairs: [TokenPair]) -> Double {
    let hidden = config.hiddenSize
    let batch = BERTBatch(pairs.map(\.first) + pairs.map(\.second), config)
    bertForward(&room, weights, config, batch)
    let pooled = pooling.pool(room.states, batch, dimensions: hidden)
    var units = pooled
    normalizeRows(&units, dimensions: hidden)
    let middle = pairs.count * hidden
    let (left, right) = (Array(units[..<middle]), Array(units[middle...]))
    let found =
      switch options.loss {
      case .ranking:
        PairLoss.ranking(left, right, groups: pairs.map(\.group), dimensions: hidden, scale: options.scale)
      case .cosine: PairLoss.cosine(left, right, labels: pairs.map(\.label), dimensions: hidden)
      }
    let dPooled = normalizeRowsBackward(found.dFirst + found.dSecond, units, pooled, dimensions: hidden)
    let dStates = pooling.backward(dPooled, room.states, batch, dimensions: hidden)
    gradients.forEachArray { _, values in
      for index in values.indices { values[index] = 0 }
    }
    bertBackward(&gradients, &room, dStates: dStates, weights, config, batch)
    update()
    return found.loss
  }

  private mutating func update() {
    let rate = schedule.rate(step: step, totalSteps: totalSteps, base: options.learningRate)
    step += 1
    let arrays = gradients.arrays
    let norm = arrays.reduce(0.0) { $0 + sumOfSquares($1) }.squareRoot()
    let largest = Double(options.adamW.maxGradientNorm)
    let clip = largest > 0 && norm > largest ? Float(largest / norm) : 1
    var index = 0
    let (adamOptions, step) = (options.adamW, step)
    weights.forEachArray { decays, values in
      adamW(
        &values, &first[index], &second[index], arrays[index], learningRate: rate, beta1: adamOptions.beta1,
        beta2: adamOptions.beta2, epsilon: adamOptions.epsilon, weightDecay: decays ? adamOptions.weightDecay : 0,
        step: step, gradientScale: clip)
      index += 1
    }
  }
}

/// The gradient of rows before they were made to length 1.
///
/// Formula: (d − u · (d · u)) / |x|, u = x / |x|. Shapes: d, units, x (rows, dimensions).
package func normalizeRowsBackward(_ d: [Float], _ units: [Float], _ x: [Float], dimensions: Int) -> [Float] {
  var result = d
  for start in stride(from: 0, to: d.count, by: dimensions) {
    var (dot, square): (Float, Float) = (0, 0)
    for i in start..<start + dimensions {
      dot += d[i] * units[i]
      square += x[i] * x[i]
    }
    let scale = square > 0 ? 1 / square.squareRoot() : 0
    for i in start..<start + dimensions { result[i] = (d[i] - units[i] * dot) * scale }
  }
  return result
}
