import HoneKernels
import HoneModels
import HoneTestSupport
import HoneTraining
import Testing

private let (pairs, dimensions) = (5, 7)

private func units(_ seed: Int) -> [Float] {
  var random = Seeded(seed)
  var values = random.values(pairs * dimensions)
  normalizeRows(&values, dimensions: dimensions)
  return values
}

/// Finite differences of size 1e-2 in float32: errors of 1e-3.
private func check(_ loss: ([Float], [Float]) -> PairLoss) {
  let (first, second) = (units(1), units(2))
  let found = loss(first, second)
  for place in first.indices {
    for side in [0, 1] {
      var (up, down) = ((first, second), (first, second))
      if side == 0 { (up.0[place], down.0[place]) = (up.0[place] + 1e-2, down.0[place] - 1e-2) }
      if side == 1 { (up.1[place], down.1[place]) = (up.1[place] + 1e-2, down.1[place] - 1e-2) }
      let slope = (loss(up.0, up.1).loss - loss(down.0, down.1).loss) / 2e-2
      #expect(abs(slope - Double(side == 0 ? found.dFirst[place] : found.dSecond[place])) < 2e-3, "\(place), \(side)")
    }
  }
}

@Test(arguments: [[], [0, 1, 0, 2, 1], [0, 0, 0, 0, 0]])
func theGradientOfRankingIsThatOfFiniteDifferences(groups: [Int]) {
  check { PairLoss.ranking($0, $1, groups: groups, dimensions: dimensions, scale: 3) }
}

@Test func theGradientOfCosinesIsThatOfFiniteDifferences() {
  check { PairLoss.cosine($0, $1, labels: [1, -1, 0, 1, 0.5], dimensions: dimensions) }
}

@Test func pairsOfOneGroupAreNoNegativesOfEachOther() {
  let (first, second) = (units(1), units(2))
  let alone = PairLoss.ranking(first, second, groups: [0, 0, 0, 0, 0], dimensions: dimensions, scale: 3)
  #expect(abs(alone.loss) < 1e-6 && alone.dFirst.allSatisfy { abs($0) < 1e-6 })
  #expect(PairLoss.ranking(first, second, dimensions: dimensions, scale: 3).loss > 0.1)
}

@Test func theGradientOfNormalisingIsThatOfFiniteDifferences() {
  var random = Seeded(3)
  let (x, d) = (random.values(12), random.values(12))
  func loss(_ x: [Float]) -> Double {
    var units = x
    normalizeRows(&units, dimensions: 4)
    return zip(units, d).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }
  var units = x
  normalizeRows(&units, dimensions: 4)
  let found = normalizeRowsBackward(d, units, x, dimensions: 4)
  for place in x.indices {
    var (up, down) = (x, x)
    (up[place], down[place]) = (up[place] + 1e-3, down[place] - 1e-3)
    #expect(abs((loss(up) - loss(down)) / 2e-3 - Double(found[place])) < 5e-3)
  }
}

@Test func aTunedEncoderBringsItsPairsTogether() throws {
  let config = try BERTConfig(
    vocabSize: 40, positionCount: 8, hiddenSize: 24, layerCount: 2, headCount: 3, innerSize: 40)
  var weights = BERTWeights(zerosFor: config)
  var random = Seeded(9)
  weights.forEachArray { decays, values in
    let noise = random.values(values.count)
    for i in values.indices { values[i] = decays ? noise[i] * 0.3 : 1 + noise[i] * 0.1 }
  }
  var options = ContrastiveOptions()
  (options.epochs, options.batchSize, options.learningRate) = (30, 8, 2e-3)
  let pairs = (0..<16).map { number in
    TokenPair(first: [1, Int32(number + 3)], second: [1, Int32(20 + number), 2], group: number)
  }
  var trainer = ContrastiveTrainer(weights, config, pooling: .mean, pairsPerEpoch: 16, options: options)
  var losses: [Double] = []
  for _ in 0..<30 { losses.append(try trainer.run(pairs)) }
  #expect(losses[29] < losses[0] / 4, "\(losses[0]) to \(losses[29])")
  var again = ContrastiveTrainer(weights, config, pooling: .mean, pairsPerEpoch: 16, options: options)
  for _ in 0..<30 { _ = try again.run(pairs) }
  #expect(again.weights == trainer.weights)
}

@Test func aProjectionTellsPairsApartThatCosinesDoNot() throws {
  // What matters is in the first of eight numbers; the others are noise.
  var random = Seeded(4)
  func vector(_ sign: Float) -> [Float] { [sign * 0.3] + random.values(7) }
  var (first, second, labels): ([Float], [Float], [Float]) = ([], [], [])
  for number in 0..<400 {
    let (a, b): (Float, Float) = (number % 2 == 0 ? 1 : -1, number % 4 < 2 ? 1 : -1)
    first += vector(a)
    second += vector(b)
    labels.append(a == b ? 1 : -1)
  }
  var options = ProjectionOptions()
  (options.epochs, options.learningRate) = (60, 0.02)
  var trainer = ProjectionTrainer(inputs: 8, options: options)
  try trainer.run(first, second, labels: labels) { _, _ in true }
  func right(_ a: [Float], _ b: [Float]) -> Int {
    (0..<400).count { pair in
      let cosine = (0..<8).reduce(Float(0)) { $0 + a[pair * 8 + $1] * b[pair * 8 + $1] }
      return (cosine >= 0) == (labels[pair] > 0)
    }
  }
  #expect(right(first, second) < 300)
  #expect(right(trainer.project(first), trainer.project(second)) > 380)
}
