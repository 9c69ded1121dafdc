import HoneKernels
import HoneModels
import Foundation

func batch(_ lengths: [Int], lossOnLast: Bool, _ generator: inout RandomGenerator) -> PackedBatch {
  var batch = PackedBatch()
  for l in lengths {
    let t = (0..<l).map { _ in Int32.random(in: 0..<50257, using: &generator) }
    var w = [Float](repeating: lossOnLast ? 0 : 1, count: l)
    w[l - 1] = 1
    batch.append(t, weights: w)
  }
  return batch
}
func trainingSpeed() throws {
  let config = try GPT2Config(vocabSize: 50257, contextLength: 1024, hiddenSize: 768, layerCount: 6, headCount: 12)
  let weights = GPT2Weights(random: config, seed: 1)
  var gradients = GPT2Weights(zeros: config)
  var generator = RandomGenerator(seed: 1)
  let w1 = batch((0..<16).map { _ in Int.random(in: 120...300, using: &generator) }, lossOnLast: false, &generator)
  let w2 = batch([30, 60, 90, 110, 130, 150, 180, 300], lossOnLast: true, &generator)
  for (name, b) in [("W1", w1), ("W2", w2)] {
    for _ in 0..<3 {
      let z = ContinuousClock.now
      let r = gpt2Gradients(&gradients, weights, config, b, scale: 1)
      let d = ContinuousClock.now - z
      print(name, b.rows, r.losses[0], d)
    }
  }
}
