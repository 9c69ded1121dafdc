import HoneKernels
import HoneTestSupport
import Testing

/// Weights and both moments after one step, all in Float64.
private func referenceAdamW(
  _ w: [Float], _ m: [Float], _ v: [Float], _ g: [Float], _ o: AdamWChoice
) -> (w: [Double], m: [Double], v: [Double]) {
  func power(_ base: Float) -> Double { (0..<o.step).reduce(1) { product, _ in product * Double(base) } }
  let (correction1, correction2) = (1 - power(o.beta1), 1 - power(o.beta2))
  let (beta1, beta2, rate) = (Double(o.beta1), Double(o.beta2), Double(o.learningRate))
  let gradients = g.map { Double($0) * Double(o.gradientScale) }
  let means = zip(m, gradients).map { beta1 * Double($0) + (1 - beta1) * $1 }
  let squares = zip(v, gradients).map { beta2 * Double($0) + (1 - beta2) * $1 * $1 }
  let steps = zip(means, squares).map { mean, square in
    rate * (mean / correction1) / ((square / correction2).squareRoot() + Double(o.epsilon))
  }
  let weights = zip(w, steps).map { Double($0) * (1 - rate * Double(o.weightDecay)) - $1 }
  return (weights, means, squares)
}

private struct AdamWChoice {
  var learningRate: Float = 1e-3
  var beta1: Float = 0.9
  var beta2: Float = 0.999
  var epsilon: Float = 1e-8
  var weightDecay: Float = 0.01
  var gradientScale: Float = 1
  var step = 1

  func update(_ w: inout [Float], _ m: inout [Float], _ v: inout [Float], _ g: [Float]) {
    adamW(
      &w, &m, &v, g, learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon,
      weightDecay: weightDecay, step: step, gradientScale: gradientScale)
  }
}

/// count, step.
private let shapes = [
  [1, 1], [2, 1], [15, 2], [16, 3], [17, 10], [31, 100], [65, 1000], [1000, 7], [333, 20_000],
]

let adamWLoops = [
  Loop(name: "adamW", shapes: shapes, large: [300_001, 3]) { shape, seed in
    var random = Seeded(seed)
    let count = shape[0]
    let choice = AdamWChoice(
      learningRate: 0.01, beta2: seed % 2 == 0 ? 0.95 : 0.999, weightDecay: 0.1, gradientScale: 0.3, step: shape[1])
    let (w, m, g) = (random.values(count), random.values(count), random.values(count))
    // A second moment far from zero, so that a step is at most a few times the rate.
    let v = random.values(count).map { 1.25 + $0 }
    var (weights, mean, square) = (w, m, v)
    choice.update(&weights, &mean, &square, g)
    // 3·10⁻⁷ is two and a half units in the last place of 1.
    return [
      LoopOutput("weights", weights, within: 3e-7) { referenceAdamW(w, m, v, g, choice).w },
      LoopOutput("m", mean, within: 3e-7) { referenceAdamW(w, m, v, g, choice).m },
      LoopOutput("v", square, within: 3e-7) { referenceAdamW(w, m, v, g, choice).v },
    ]
  }
]

@Test func theFirstStepIsTheLearningRateWhateverTheGradient() {
  var (w, m, v) = ([Float](repeating: 0, count: 5), [Float](repeating: 0, count: 5), [Float](repeating: 0, count: 5))
  AdamWChoice(epsilon: 1e-12).update(&w, &m, &v, [1, -1, 1e-6, -300, 0])
  for (found, wanted) in zip(w, [Float(-1e-3), 1e-3, -1e-3, 1e-3, 0]) { #expect(abs(found - wanted) < 1e-8) }
}

@Test func decayShrinksWeightsThatNothingPulls() {
  var (w, m, v) = ([Float](repeating: 2, count: 37), [Float](repeating: 0, count: 37), [Float](repeating: 0, count: 37))
  for step in 1...10 {
    AdamWChoice(learningRate: 0.1, weightDecay: 0.5, step: step).update(&w, &m, &v, [Float](repeating: 0, count: 37))
  }
  // 2 · 0.95¹⁰
  #expect(w.allSatisfy { abs($0 - 1.197474) < 1e-5 } && m.allSatisfy { $0 == 0 } && v.allSatisfy { $0 == 0 })
}

@Test func theScaleActsOnTheGradientsAlone() {
  let g = (0..<50).map { Float($0 - 25) / 16 }
  let zeros = [Float](repeating: 0, count: 50)
  var scaled = (w: g, m: zeros, v: zeros)
  var plain = scaled
  AdamWChoice(gradientScale: 0.25).update(&scaled.w, &scaled.m, &scaled.v, g)
  AdamWChoice().update(&plain.w, &plain.m, &plain.v, g.map { $0 / 4 })
  #expect(scaled == plain)
}
