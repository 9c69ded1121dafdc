import HoneModels
import HoneTraining
import Testing

@Test("The token table has a rate of its own, and nothing else moves differently for it")
func tokenTableRate() throws {
  let config = try GPT2Config(vocabSize: 24, contextLength: 8, hiddenSize: 8, layerCount: 1, headCount: 2)
  let start = GPT2Weights(random: config, seed: 5)
  var batch = PackedBatch()
  batch.append([3, 7, 1, 20], weights: [0, 1, 1, 1])
  func moved(tableRate: Float) -> [(tensor: GPT2Tensor, values: [Float])] {
    var (weights, moments, gradients) = (start, AdamWMoments(config: config), GPT2Weights(zeros: config))
    _ = gpt2Gradients(&gradients, weights, config, batch, scale: 1)
    var options = AdamWOptions()
    options.weightDecay = 0
    options.tokenTableRate = tableRate
    _ = adamWStep(&weights, &moments, gradients, config: config, options: options, learningRate: 0.001, step: 1)
    return weights.values(of: config)
  }
  let (plain, fast, first) = (moved(tableRate: 1), moved(tableRate: 4), start.values(of: config))
  for index in plain.indices {
    guard plain[index].tensor.role == .tokenTable else {
      #expect(plain[index].values == fast[index].values, "\(plain[index].tensor.name)")
      continue
    }
    let steps = zip(plain[index].values, first[index].values).map { $0 - $1 }
    let fastSteps = zip(fast[index].values, first[index].values).map { $0 - $1 }
    #expect(steps.contains { abs($0) > 0.0005 })
    for (step, fastStep) in zip(steps, fastSteps) { #expect(abs(fastStep - 4 * step) < 1e-6) }
  }
}
