internal import HoneKernels
package import HoneModels

/// The settings of the optimiser.
///
/// Source: Loshchilov and Hutter 2019; defaults as `torch.optim.AdamW`.
package struct AdamWOptions: Sendable, Equatable, Codable {
  package var beta1: Float = 0.9
  package var beta2: Float = 0.999
  package var epsilon: Float = 1e-8
  package var weightDecay: Float = 0.01
  /// The largest norm of all gradients together; larger ones are scaled down to it. 0 turns this off.
  package var maxGradientNorm: Float = 1
  /// Times the learning rate, for the token table: most of its rows have a gradient in few of the steps.
  package var tokenTableRate: Float = 1

  package init() {}
}

/// Running means of the gradients and of their squares, for every tensor.
package struct AdamWMoments: Sendable {
  package var first: GPT2Weights
  package var second: GPT2Weights

  package init(config: GPT2Config) {
    first = GPT2Weights(zeros: config)
    second = GPT2Weights(zeros: config)
  }
}

/// One step of AdamW over all tensors. Gives the norm of the gradients before they were clipped.
///
/// Formula: g ← g · min(1, max norm / norm); m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²;
/// w ← w − rate · (m̂ / (√v̂ + ε) + decay · w), m̂ and v̂ corrected for their start at zero; the token table has
/// a rate of its own.
package func adamWStep(
  _ weights: inout GPT2Weights, _ moments: inout AdamWMoments, _ gradients: GPT2Weights, config: GPT2Config,
  options: AdamWOptions, learningRate: Float, step: Int
) -> Double {
  let gradientValues = gradients.values(of: config).map(\.values)
  let norm = gradientValues.reduce(0.0) { $0 + sumOfSquares($1) }.squareRoot()
  let clip = options.maxGradientNorm > 0 && norm > Double(options.maxGradientNorm)
  let scale = clip ? Float(Double(options.maxGradientNorm) / norm) : 1
  var firsts = takeValues(&moments.first, config)
  var seconds = takeValues(&moments.second, config)
  var index = 0
  weights.forEachTensor(of: config) { tensor, values in
    let rate = tensor.role == .tokenTable ? learningRate * options.tokenTableRate : learningRate
    adamW(
      &values, &firsts[index], &seconds[index], gradientValues[index], learningRate: rate,
      beta1: options.beta1, beta2: options.beta2, epsilon: options.epsilon,
      weightDecay: tensor.decays ? options.weightDecay : 0, step: step, gradientScale: scale)
    index += 1
  }
  giveValues(&moments.first, config, firsts)
  giveValues(&moments.second, config, seconds)
  return norm
}

/// Moves the arrays out, in the order of a checkpoint, so that they can be changed without being copied.
private func takeValues(_ weights: inout GPT2Weights, _ config: GPT2Config) -> [[Float]] {
  var result: [[Float]] = []
  weights.forEachTensor(of: config) { _, values in
    result.append(values)
    values = []
  }
  return result
}

private func giveValues(_ weights: inout GPT2Weights, _ config: GPT2Config, _ values: [[Float]]) {
  var index = 0
  weights.forEachTensor(of: config) { _, place in
    place = values[index]
    index += 1
  }
}
