import HoneKernels

/// `products ROWS`: the rate of every matrix product in one training step of distilgpt2's shape.
func products(_ arguments: [String]) throws {
  let rows = arguments.first.flatMap { Int($0) } ?? 3360
  let chunk = min(rows, 238)
  for (inputs, outputs) in [(768, 2304), (768, 768), (768, 3072), (3072, 768)] {
    let (x, dOut) = (random(rows * inputs), random(rows * outputs))
    let (weight, bias) = (random(inputs * outputs), random(outputs))
    var (out, dx, dWeight) = (random(rows * outputs), random(rows * inputs), random(inputs * outputs))
    let work = 2 * Double(rows) * Double(inputs) * Double(outputs)
    report("\(rows) × \(inputs) → \(outputs) forward", work) {
      linear(&out, x, weight, bias, rows: rows, inputs: inputs, outputs: outputs)
    }
    report("\(rows) × \(inputs) → \(outputs) dx", work) {
      var (noWeight, noBias): ([Float], [Float]) = ([], [])
      linearBackward(&dx, &noWeight, &noBias, dOut, x, weight, rows: rows, inputs: inputs, outputs: outputs)
    }
    report("\(rows) × \(inputs) → \(outputs) dWeight", work) {
      var (noDX, noBias): ([Float], [Float]) = ([], [])
      linearBackward(&noDX, &dWeight, &noBias, dOut, x, weight, rows: rows, inputs: inputs, outputs: outputs)
    }
  }
  let (vocab, hidden) = (50257, 768)
  let (x, table) = (random(chunk * hidden), random(vocab * hidden))
  var (logits, dx, dTable) = (random(chunk * vocab), random(chunk * hidden), random(vocab * hidden))
  var none: [Float] = []
  let work = 2 * Double(chunk) * Double(hidden) * Double(vocab)
  report("\(chunk) × \(hidden) → \(vocab) logits", work) {
    projectOnTable(&logits, x, table, firstRow: 0, rows: chunk, hidden: hidden, vocab: vocab)
  }
  report("\(chunk) × \(hidden) → \(vocab) dx", work) {
    projectOnTableBackward(&dx, &none, logits, x, table, firstRow: 0, rows: chunk, hidden: hidden, vocab: vocab)
  }
  report("\(chunk) × \(hidden) → \(vocab) dTable", work) {
    var noDX: [Float] = []
    projectOnTableBackward(&noDX, &dTable, logits, x, table, firstRow: 0, rows: chunk, hidden: hidden, vocab: vocab)
  }
}

private func random(_ count: Int) -> [Float] {
  var generator = RandomGenerator(seed: UInt64(count))
  return (0..<count).map { _ in generator.normal() }
}

/// Prints the median of five.
private func report(_ name: String, _ work: Double, _ body: () -> Void) {
  body()
  let seconds = (0..<5).map { _ in
    let start = ContinuousClock.now
    body()
    return (ContinuousClock.now - start) / .seconds(1)
  }.sorted()[2]
  print("\(name): \(Int(work / seconds / 1e9)) GFLOP/s, \(Int(seconds * 1000)) ms")
}
