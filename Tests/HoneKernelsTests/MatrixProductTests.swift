import HoneKernels
import HoneTestSupport
import Testing

/// rows, inputs, outputs: one, odd sizes, sizes no tile divides, and one that fills whole tiles.
private let shapes = [
  [1, 1, 1], [1, 7, 3], [3, 5, 17], [13, 33, 65], [64, 64, 96], [129, 100, 50], [300, 257, 131],
]

/// The largest difference that rounding explains, for inputs of size 1: each of `depth` steps rounds a sum that grows
/// like a random walk; bfloat16 inputs keep 8 binary digits.
private func tolerance(_ depth: Int) -> Float {
  let rounding = Engine.current.precision == .bfloat16 ? 2 * Float(depth).squareRoot() * 0x1p-8 : 0
  return Float(depth) * 0x1p-23 + 0x1p-20 + rounding
}

@Test(arguments: shapes)
func linearEqualsTheSumOfProducts(shape: [Int]) {
  let (rows, inputs, outputs) = (shape[0], shape[1], shape[2])
  var random = Seeded(1)
  let x = random.values(rows * inputs)
  let weight = random.values(inputs * outputs)
  let bias = random.values(outputs)
  for bias in [bias, []] {
    var out = [Float](repeating: .nan, count: rows * outputs)
    linear(&out, x, weight, bias, rows: rows, inputs: inputs, outputs: outputs)
    let expected = productReference(rows, outputs, inputs) {
      Double(x[$0 * inputs + $2]) * Double(weight[$2 * outputs + $1])
    }
    let shifted = expected.indices.map { expected[$0] + (bias.isEmpty ? 0 : Double(bias[$0 % outputs])) }
    #expect(largestProductDifference(out, shifted) <= tolerance(inputs))
  }
}

@Test(arguments: shapes)
func linearBackwardGivesAllThreeGradients(shape: [Int]) {
  let (rows, inputs, outputs) = (shape[0], shape[1], shape[2])
  var random = Seeded(2)
  let x = random.values(rows * inputs)
  let weight = random.values(inputs * outputs)
  let dOut = random.values(rows * outputs)
  let before = random.values(inputs * outputs)
  var (dx, dWeight) = ([Float](repeating: .nan, count: rows * inputs), before)
  var dBias = [Float](repeating: 2, count: outputs)
  linearBackward(&dx, &dWeight, &dBias, dOut, x, weight, rows: rows, inputs: inputs, outputs: outputs)
  let wantedX = productReference(rows, inputs, outputs) {
    Double(dOut[$0 * outputs + $2]) * Double(weight[$1 * outputs + $2])
  }
  #expect(largestProductDifference(dx, wantedX) <= tolerance(outputs))
  let added = productReference(inputs, outputs, rows) { Double(x[$2 * inputs + $0]) * Double(dOut[$2 * outputs + $1]) }
  #expect(largestProductDifference(dWeight, zip(before, added).map { Double($0) + $1 }) <= tolerance(rows))
  let sums = productReference(1, outputs, rows) { Double(dOut[$2 * outputs + $1]) }
  #expect(largestProductDifference(dBias, sums.map { $0 + 2 }) <= 1e-4)
}

@Test(arguments: shapes)
func tableProjectionAndItsGradientsTouchOnlyTheirRows(shape: [Int]) {
  let (rows, hidden, vocab, firstRow) = (shape[0], shape[1], shape[2], 2)
  var random = Seeded(3)
  let x = random.values((rows + 5) * hidden)
  let table = random.values(vocab * hidden)
  let (first, last) = (firstRow * hidden, (firstRow + rows) * hidden)
  var logits = [Float](repeating: .nan, count: rows * vocab)
  projectOnTable(&logits, x, table, firstRow: firstRow, rows: rows, hidden: hidden, vocab: vocab)
  let wanted = productReference(rows, vocab, hidden) {
    Double(x[first + $0 * hidden + $2]) * Double(table[$1 * hidden + $2])
  }
  #expect(largestProductDifference(logits, wanted) <= tolerance(hidden))

  let dLogits = random.values(rows * vocab)
  let before = random.values(vocab * hidden)
  var (dx, dTable) = ([Float](repeating: 9, count: x.count), before)
  projectOnTableBackward(
    &dx, &dTable, dLogits, x, table, firstRow: firstRow, rows: rows, hidden: hidden, vocab: vocab)
  let wantedX = productReference(rows, hidden, vocab) {
    Double(dLogits[$0 * vocab + $2]) * Double(table[$2 * hidden + $1])
  }
  #expect(largestProductDifference(Array(dx[first..<last]), wantedX) <= tolerance(vocab))
  #expect(dx[..<first].allSatisfy { $0 == 9 } && dx[last...].allSatisfy { $0 == 9 })
  let added = productReference(vocab, hidden, rows) {
    Double(dLogits[$2 * vocab + $0]) * Double(x[first + $2 * hidden + $1])
  }
  #expect(largestProductDifference(dTable, zip(before, added).map { Double($0) + $1 }) <= tolerance(rows))
}

@Test func noRowsGiveNothing() {
  var out: [Float] = []
  linear(&out, [], [1, 2, 3, 4, 5, 6], [], rows: 0, inputs: 2, outputs: 3)
  #expect(out.isEmpty)
}
