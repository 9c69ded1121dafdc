internal import HoneData
internal import HoneKernels
internal import HoneModels

extension TrainingCost {
  /// What training this model costs here, measured in a fraction of a second.
  ///
  /// Small models run one real pass over a few hundred made-up tokens. For large ones, whose gradients alone would
  /// fill the memory, the rate of one matrix product stands for the whole.
  static func measured(_ weights: GPT2Weights, _ config: GPT2Config) -> TrainingCost {
    let parameters = config.parameterCount
    let rate = parameters <= 40_000_000 ? passRate(weights, config) : productRate(config)
    let (hidden, inner) = (config.hiddenSize, config.innerSize)
    let layer = 7 * hidden + inner + config.headCount + 4
    let scratch = 14 * hidden + 2 * inner
    let chunk = min(512, max(16, 12_000_000 / config.vocabSize)) * config.vocabSize
    // Weights, gradients and two moments; the best epoch's weights beside them.
    return TrainingCost(
      tokensPerSecond: rate, fixedBytes: (5 * parameters + chunk) * 4,
      bytesPerToken: (config.layerCount * layer + scratch) * 4)
  }

  private static func passRate(_ weights: GPT2Weights, _ config: GPT2Config) -> Double {
    var generator = RandomGenerator(seed: 1)
    var batch = PackedBatch()
    let length = min(128, config.contextLength)
    for _ in 0..<4 {
      let tokens = (0..<length).map { _ in Int32.random(in: 0..<Int32(config.vocabSize), using: &generator) }
      batch.append(tokens, weights: tokens.map { _ in 1 })
    }
    var gradients = GPT2Weights(zeros: config)
    var room = GPT2Workspace()
    _ = gpt2Gradients(&gradients, &room, weights, config, batch, scale: 1)
    let start = ContinuousClock.now
    _ = gpt2Gradients(&gradients, &room, weights, config, batch, scale: 1)
    return Double(4 * length) / ((ContinuousClock.now - start) / .seconds(1))
  }

  private static func productRate(_ config: GPT2Config) -> Double {
    let (rows, hidden) = (256, config.hiddenSize)
    let (x, weight) = (
      [Float](repeating: 0.5, count: rows * hidden), [Float](repeating: 0.5, count: 4 * hidden * hidden)
    )
    var out = [Float](repeating: 0, count: rows * 4 * hidden)
    func product() { linear(&out, x, weight, [], rows: rows, inputs: hidden, outputs: 4 * hidden) }
    product()
    let start = ContinuousClock.now
    for _ in 0..<4 { product() }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let rate = 4 * 8 * Double(rows) * Double(hidden) * Double(hidden) / seconds
    return 0.85 * rate / (6 * Double(config.parameterCount))
  }
}
