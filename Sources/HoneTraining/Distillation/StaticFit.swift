internal import HoneKernels

// vocab: rows of the table    dimensions: numbers of a vector    texts: what is learned from

/// How a table of token vectors is fitted to a teacher.
package struct StaticFitOptions: Sendable, Equatable {
  package var epochs = 2
  package var batchSize = 256
  /// Times the mean length of the table's rows: the rate that the schedule starts from; it falls to zero.
  package var learningRate: Float = 3e-3
  package var seed: UInt64 = 0

  package init() {}
}

/// Fits token vectors so that the sum over a text points where the teacher's vector does.
///
/// Formula: loss = mean over texts of 1 − cos(Σ table[token], target); AdamW without decay.
/// Tokens that no text holds keep their vectors.
package struct StaticFit: Sendable {
  private let dimensions: Int
  private let texts: [[Int32]]
  private let targets: [Float]  // (texts, dimensions), of length 1
  private let options: StaticFitOptions
  /// Shapes: (vocab, dimensions).
  package private(set) var table: [Float]
  private let scale: Float

  /// Shapes: table (vocab, dimensions); targets (texts, dimensions), of length 1. Texts without tokens are left out.
  package init(
    table: [Float], dimensions: Int, texts: [[Int32]], targets: [Float], options: StaticFitOptions = .init()
  ) {
    precondition(targets.count == texts.count * dimensions, "\(targets.count) targets for \(texts.count) texts")
    let vocab = table.count / dimensions
    precondition(
      texts.allSatisfy { $0.allSatisfy { $0 >= 0 && Int($0) < vocab } }, "a token outside a table of \(vocab) rows")
    self.dimensions = dimensions
    self.texts = texts
    self.targets = targets
    self.options = options
    var sum = 0.0
    for row in 0..<vocab {
      var square = 0.0
      for i in row * dimensions..<(row + 1) * dimensions { square += Double(table[i]) * Double(table[i]) }
      sum += square.squareRoot()
    }
    scale = Float(sum / Double(max(1, vocab)))
    self.table = table
  }

  /// Runs to the end. `report` gets the mean loss of each epoch.
  package mutating func run(report: (_ epoch: Int, _ loss: Double) throws -> Void = { _, _ in }) throws {
    let used = texts.indices.filter { !texts[$0].isEmpty }
    guard !used.isEmpty, scale > 0 else { return }
    let batches = (used.count + options.batchSize - 1) / options.batchSize
    var first = [Float](repeating: 0, count: table.count)
    var second = first
    var gradients = first
    var order = used
    for epoch in 0..<options.epochs {
      var random = RandomGenerator(seed: options.seed &+ UInt64(epoch))
      order.shuffle(using: &random)
      var total = 0.0
      for batch in 0..<batches {
        let part = order[batch * options.batchSize..<min(order.count, (batch + 1) * options.batchSize)]
        for i in gradients.indices { gradients[i] = 0 }
        for text in part { total += add(text, to: &gradients, share: 1 / Float(part.count)) }
        let step = epoch * batches + batch
        let rest = 1 - Float(step) / Float(options.epochs * batches)
        adamW(
          &table, &first, &second, gradients, learningRate: options.learningRate * scale * rest, beta1: 0.9,
          beta2: 0.999, epsilon: 1e-8 / scale, weightDecay: 0, step: step + 1, gradientScale: 1)
      }
      try report(epoch + 1, total / Double(used.count))
    }
  }

  /// The loss of one text; adds the gradient of its tokens' vectors.
  ///
  /// Formula: with s the sum and u = s / |s|: d = −(target − u · cos) / |s|.
  private func add(_ text: Int, to gradients: inout [Float], share: Float) -> Double {
    var sum = [Float](repeating: 0, count: dimensions)
    for token in texts[text] {
      let row = Int(token) * dimensions
      for i in 0..<dimensions { sum[i] += table[row + i] }
    }
    var (square, dot): (Float, Float) = (0, 0)
    let target = text * dimensions
    for i in 0..<dimensions {
      square += sum[i] * sum[i]
      dot += sum[i] * targets[target + i]
    }
    let length = square.squareRoot()
    guard length > 0 else { return 1 }
    let cosine = dot / length
    for i in 0..<dimensions { sum[i] = -share * (targets[target + i] - sum[i] / length * cosine) / length }
    for token in texts[text] {
      let row = Int(token) * dimensions
      for i in 0..<dimensions { gradients[row + i] += sum[i] }
    }
    return Double(1 - cosine)
  }
}
