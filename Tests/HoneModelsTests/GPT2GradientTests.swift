import HoneKernels
import HoneModels
import Testing

private func smallConfig() throws -> GPT2Config {
  try GPT2Config(vocabSize: 23, contextLength: 12, hiddenSize: 12, layerCount: 2, headCount: 3)
}

/// Weights large enough that no gradient is lost in rounding.
private func smallWeights(_ config: GPT2Config, seed: UInt64) -> GPT2Weights {
  var weights = GPT2Weights(random: config, seed: seed, deviation: 0.3)
  var generator = RandomGenerator(seed: seed &+ 1)
  weights.forEachTensor(of: config) { tensor, values in
    if tensor.role == .bias || tensor.role == .gain {
      for index in values.indices { values[index] += generator.normal() * 0.2 }
    }
  }
  return weights
}

private func smallBatch(_ config: GPT2Config, seed: UInt64) -> PackedBatch {
  var generator = RandomGenerator(seed: seed)
  var batch = PackedBatch()
  for length in [2, 12, 5, 1, 7] {
    let tokens = (0..<length).map { _ in Int32.random(in: 0..<Int32(config.vocabSize), using: &generator) }
    let weights = (0..<length).map { _ in Float([0, 0.1, 1].randomElement(using: &generator) ?? 1) }
    batch.append(tokens, weights: weights)
  }
  return batch
}

private func weightedLoss(
  _ weights: GPT2Weights, _ config: GPT2Config, _ batch: PackedBatch, _ dropout: GPT2Dropout?
) -> Double {
  var unused = GPT2Weights(zeros: config)
  let losses = gpt2Gradients(&unused, weights, config, batch, scale: 1, dropout: dropout).losses
  return zip(losses, batch.weights).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}

/// The derivative along a random direction of each tensor, by central differences, against its gradient.
@Test(arguments: [UInt64(1), 2, 3], [Float(0), 0.3])
func everyGradientEqualsTheFiniteDifference(seed: UInt64, dropoutRate: Float) throws {
  let config = try smallConfig()
  let weights = smallWeights(config, seed: seed)
  let batch = smallBatch(config, seed: seed)
  let dropout = dropoutRate > 0 ? GPT2Dropout(rate: dropoutRate, key: seed) : nil
  var gradients = GPT2Weights(zeros: config)
  let losses = gpt2Gradients(&gradients, weights, config, batch, scale: 1, dropout: dropout)
  #expect((losses.losses == gpt2Evaluate(weights, config, batch).losses.losses) == (dropout == nil))
  let gradientOf = Dictionary(uniqueKeysWithValues: gradients.values(of: config).map { ($0.tensor.name, $0.values) })
  var generator = RandomGenerator(seed: seed)
  for tensor in GPT2Weights.tensors(of: config) {
    let direction = (0..<tensor.count).map { _ in generator.normal() }
    let norm = direction.reduce(0) { $0 + Double($1 * $1) }.squareRoot()
    let expected = zip(gradientOf[tensor.name] ?? [], direction).reduce(0) { $0 + Double($1.0 * $1.1) } / norm
    func loss(_ shift: Double) -> Double {
      var moved = weights
      moved.forEachTensor(of: config) { candidate, values in
        guard candidate == tensor else { return }
        for index in values.indices { values[index] += Float(shift / norm) * direction[index] }
      }
      return weightedLoss(moved, config, batch, dropout)
    }
    let shift = 4e-3
    let found = (loss(shift) - loss(-shift)) / (2 * shift)
    // Float32 losses of about 50 carry 3e-6; over 2 · shift that is 4e-4, with room for the third derivative.
    #expect(
      abs(found - expected) < 4e-3 * max(1, abs(expected)),
      "\(tensor.name): \(found) against \(expected), seed \(seed), dropout \(dropoutRate)")
  }
}

@Test func aChangedTokenLeavesTheLossesBeforeIt() throws {
  let config = try smallConfig()
  let weights = smallWeights(config, seed: 5)
  let tokens: [Int32] = [3, 9, 1, 22, 7, 7, 4, 0, 15]
  let ones = [Float](repeating: 1, count: tokens.count)
  func losses(_ tokens: [Int32]) -> [Float] {
    var batch = PackedBatch()
    batch.append(tokens, weights: ones)
    return gpt2Evaluate(weights, config, batch).losses.losses
  }
  let before = losses(tokens)
  for place in 1..<tokens.count {
    var changed = tokens
    changed[place] = (changed[place] + 5) % 23
    #expect(losses(changed).prefix(place - 1) == before.prefix(place - 1))
    #expect(losses(changed)[place - 1] != before[place - 1])
  }
}

@Test func packedSequencesLoseWhatTheyLoseAlone() throws {
  let config = try smallConfig()
  let weights = smallWeights(config, seed: 6)
  let batch = smallBatch(config, seed: 6)
  let together = gpt2Evaluate(weights, config, batch).losses.losses
  for sequence in 0..<batch.sequences {
    let rows = batch.offsets[sequence]..<batch.offsets[sequence + 1]
    guard !rows.isEmpty else { continue }
    let targets = batch.lossOffsets[sequence]..<batch.lossOffsets[sequence + 1]
    var alone = PackedBatch()
    var weightsOfTokens = [Float](repeating: 0, count: rows.count + 1)
    var tokens = Array(batch.tokens[rows]) + [0]
    for target in targets {
      let place = Int(batch.lossRows[target]) - rows.lowerBound + 1
      weightsOfTokens[place] = batch.weights[target]
      if place == rows.count { tokens[place] = batch.targets[target] }
    }
    alone.append(tokens, weights: weightsOfTokens)
    let found = gpt2Evaluate(weights, config, alone).losses.losses
    for (index, target) in targets.enumerated() {
      #expect(abs(found[index] - together[target]) < 1e-5)
    }
  }
}

@Test func aRoomUsedBeforeChangesNothing() throws {
  let config = try smallConfig()
  let weights = smallWeights(config, seed: 8)
  var room = GPT2Workspace()
  for seed in [UInt64(8), 9, 10] {
    let batch = smallBatch(config, seed: seed)
    var (used, fresh) = (GPT2Weights(zeros: config), GPT2Weights(zeros: config))
    let losses = gpt2Gradients(&used, &room, weights, config, batch, scale: 1)
    #expect(losses == gpt2Gradients(&fresh, weights, config, batch, scale: 1))
    #expect(used == fresh)
    #expect(gpt2Evaluate(&room, weights, config, batch).losses == losses)
  }
}
