import HoneKernels
import Testing

private let sizes = [1, 2, 15, 16, 17, 255, 256, 257, 1000, 8192]

/// Numbers with many equals among them.
private func logits(_ rows: Int, _ vocab: Int, seed: UInt64) -> [Float] {
  var generator = RandomGenerator(seed: seed)
  return (0..<rows * vocab).map { _ in (generator.normal() * 4).rounded() / 2 }
}

@Test(arguments: sizes)
func theTopOfARowIsThatOfASort(vocab: Int) {
  let x = logits(3, vocab, seed: UInt64(vocab))
  for row in 0..<3 {
    let line = x[row * vocab..<(row + 1) * vocab].enumerated().map { ($0.offset, $0.element) }
    let sorted = line.sorted { ($0.1, $1.0) > ($1.1, $0.0) }.map { Int32($0.0) }
    for count in [0, 1, 5, 21, vocab] {
      #expect(topOfRow(x, row: row, vocab: vocab, count: count) == Array(sorted.prefix(count)))
    }
  }
}

@Test(arguments: sizes, [Float(1), 0.5, 3])
func softmaxOfARowIsThatOfTheFormula(vocab: Int, inverse: Float) {
  let x = logits(2, vocab, seed: 9).map { $0 + 50 }
  var out = [Float](repeating: .nan, count: vocab)
  softmaxOfRow(&out, x, row: 1, vocab: vocab, inverseTemperature: inverse)
  let line = x[vocab...]
  let best = line.max() ?? 0
  let powers = line.map { exponential(Double(($0 - best) * inverse)) }
  let sum = powers.reduce(0, +)
  for (found, power) in zip(out, powers) { #expect(abs(Double(found) - power / sum) < 2e-6) }
}

@Test func rowsThatAreNotFiniteTrapNothing() {
  for value in [Float.nan, .infinity, -.infinity] {
    let x = [Float](repeating: value, count: 300)
    var out = x
    #expect(topOfRow(x, row: 0, vocab: 300, count: 1).count == 1)
    softmaxOfRow(&out, x, row: 0, vocab: 300, inverseTemperature: 1)
    #expect((0..<300).contains(placeOfShare(out, share: 0.5, count: 300)))
  }
}

@Test(arguments: sizes)
func aShareFallsOnAPlaceAsOftenAsItsMass(count: Int) {
  var generator = RandomGenerator(seed: 4)
  let masses = (0..<count).map { _ in max(0, generator.normal()) }
  let total = masses.reduce(0.0) { $0 + Double($1) }
  guard total > 0 else { return }
  var sum = 0.0
  for (index, mass) in masses.enumerated() {
    let middle = (sum + Double(mass) / 2) / total
    sum += Double(mass)
    guard Double(mass) / total > 1e-4 else { continue }
    #expect(placeOfShare(masses, share: middle, count: count) == index)
  }
  let last = masses.lastIndex { $0 > 0 } ?? 0
  #expect(placeOfShare(masses, share: 1, count: count) == last)
  #expect(placeOfShare(masses, share: 0, count: count) == masses.firstIndex { $0 > 0 } ?? 0)
}

/// e to the power of x, by its series after halving.
private func exponential(_ x: Double) -> Double {
  var (sum, term) = (1.0, 1.0)
  for n in 1..<30 {
    term *= x / 64 / Double(n)
    sum += term
  }
  for _ in 0..<6 { sum *= sum }
  return sum
}

@Test func keptRowsMoveToTheFront() {
  var x: [Float] = [0, 1, 10, 11, 20, 21, 30, 31]
  keepRows(&x, indexes: [1, 3], hidden: 2)
  #expect(Array(x.prefix(4)) == [10, 11, 30, 31])
  moveWithin(&x, from: 0, to: 1, count: 7)
  #expect(Array(x.prefix(3)) == [10, 10, 11])
}
