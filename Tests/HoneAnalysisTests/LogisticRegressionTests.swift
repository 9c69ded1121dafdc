import HoneAnalysis
import HoneTestSupport
import Testing

@Test func classesThatALineDividesAreTold() {
  var random = Seeded(2)
  var (x, labels): ([Float], [Int32]) = ([], [])
  let centres: [(Float, Float)] = [(2, 0), (-1, 2), (-1, -2)]
  for number in 0..<300 {
    let noise = random.values(2)
    x += [centres[number % 3].0 + noise[0] * 0.7, centres[number % 3].1 + noise[1] * 0.7]
    labels.append(Int32(number % 3))
  }
  let model = LogisticRegression(x, labels: labels, inputs: 2, classes: 3)
  #expect(model.classify(x) == labels)
  let probabilities = model.probabilities(x)
  for row in 0..<300 {
    #expect(abs(probabilities[row * 3..<(row + 1) * 3].reduce(0, +) - 1) < 1e-5)
  }
  #expect(model.steps > 2 && model.steps < 200)
}

@Test func theMinimumIsThatOfAFormulaThatCanBeSolved() {
  // One number, always 1: probabilities are the shares of the classes where nothing is penalised.
  let labels: [Int32] = [0, 0, 0, 1]
  let model = LogisticRegression([0, 0, 0, 0], labels: labels, inputs: 1, classes: 2, tolerance: 1e-6)
  let found = model.probabilities([0])
  #expect(abs(found[0] - 0.75) < 1e-3 && abs(found[1] - 0.25) < 1e-3)
}

@Test func aStrongerPenaltyMakesSmallerWeights() {
  let x: [Float] = [1, 2, -1, -2]
  let labels: [Int32] = [1, 1, 0, 0]
  func size(_ c: Float) -> Float {
    LogisticRegression(x, labels: labels, inputs: 1, classes: 2, inverseRegularization: c).weights.prefix(2)
      .reduce(0) { $0 + abs($1) }
  }
  #expect(size(0.01) < size(1) && size(1) < size(100))
}
