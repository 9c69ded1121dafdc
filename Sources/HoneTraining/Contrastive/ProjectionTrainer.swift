internal import HoneKernels

// pairs: rows of either side    inputs: numbers of a vector    outputs: numbers of a projected one

/// How a projection matrix is learned.
package struct ProjectionOptions: Sendable, Equatable {
  /// Numbers of a projected vector; nil: as many as come in.
  package var outputs: Int?
  package var epochs = 30
  package var batchSize = 100
  package var learningRate: Float = 1e-3
  /// Share of the vectors' numbers set to zero while training.
  package var dropout: Float = 0
  package var seed: UInt64 = 0

  package init() {}
}

/// Learns a matrix under which pairs that belong together are near, and others are not: for vectors that are computed
/// already, so that nothing is embedded again.
///
/// Formula: loss = mean over pairs of (cos(first · M, second · M) − label)², labels 1 and -1; AdamW; M begins as the
/// identity (and a little noise where it has more columns).
package struct ProjectionTrainer: Sendable {
  package let inputs: Int
  package let outputs: Int
  /// Shapes: (inputs, outputs).
  package private(set) var matrix: [Float]
  private let options: ProjectionOptions
  private var moments: (first: [Float], second: [Float])
  private var step = 0

  package init(inputs: Int, options: ProjectionOptions) {
    self.inputs = inputs
    let outputs = options.outputs ?? inputs
    self.outputs = outputs
    self.options = options
    var random = RandomGenerator(seed: options.seed)
    matrix = (0..<inputs * outputs).map { place in
      let (row, column) = place.quotientAndRemainder(dividingBy: outputs)
      return (row == column ? 1 : 0) + (outputs > inputs ? random.normal() * 0.02 : 0)
    }
    moments = ([Float](repeating: 0, count: inputs * outputs), [Float](repeating: 0, count: inputs * outputs))
  }

  /// Runs to the end. Shapes: first, second (pairs, inputs); labels (pairs), 1 or -1.
  ///
  /// `report` gets the mean loss after each epoch, and may stop the run by giving false.
  package mutating func run(
    _ first: [Float], _ second: [Float], labels: [Float], report: (_ epoch: Int, _ loss: Double) throws -> Bool
  ) throws {
    let pairs = labels.count
    precondition(first.count == pairs * inputs && second.count == first.count, "\(first.count) values, \(pairs) pairs")
    let steps = (pairs + options.batchSize - 1) / options.batchSize * options.epochs
    var order = Array(0..<pairs)
    for epoch in 0..<options.epochs {
      var random = RandomGenerator(seed: options.seed &+ UInt64(epoch) &+ 1)
      order.shuffle(using: &random)
      var sum = 0.0
      for start in stride(from: 0, to: pairs, by: options.batchSize) {
        let part = Array(order[start..<min(pairs, start + options.batchSize)])
        sum += advance(first, second, labels, part, totalSteps: steps) * Double(part.count)
      }
      guard try report(epoch + 1, sum / Double(max(1, pairs))) else { return }
    }
  }

  /// The rows under the matrix, of length 1. Shapes: x (rows, inputs); result (rows, outputs).
  package func project(_ x: [Float]) -> [Float] {
    let rows = x.count / inputs
    var result = [Float](repeating: 0, count: rows * outputs)
    linear(&result, x, matrix, [], rows: rows, inputs: inputs, outputs: outputs)
    normalizeRows(&result, dimensions: outputs)
    return result
  }

  private mutating func advance(
    _ first: [Float], _ second: [Float], _ labels: [Float], _ part: [Int], totalSteps: Int
  ) -> Double {
    let rows = 2 * part.count
    var x: [Float] = []
    x.reserveCapacity(rows * inputs)
    for pair in part { x += first[pair * inputs..<(pair + 1) * inputs] }
    for pair in part { x += second[pair * inputs..<(pair + 1) * inputs] }
    if options.dropout > 0 {
      dropout(&x, rate: options.dropout, key: options.seed &+ UInt64(step) &* 0x9E37_79B9, count: x.count)
    }
    var projected = [Float](repeating: 0, count: rows * outputs)
    linear(&projected, x, matrix, [], rows: rows, inputs: inputs, outputs: outputs)
    var units = projected
    normalizeRows(&units, dimensions: outputs)
    let middle = part.count * outputs
    let found = PairLoss.cosine(
      Array(units[..<middle]), Array(units[middle...]), labels: part.map { labels[$0] }, dimensions: outputs)
    let d = normalizeRowsBackward(found.dFirst + found.dSecond, units, projected, dimensions: outputs)
    var (none, gradient, noBias): ([Float], [Float], [Float]) = ([], [Float](repeating: 0, count: matrix.count), [])
    linearBackward(&none, &gradient, &noBias, d, x, matrix, rows: rows, inputs: inputs, outputs: outputs)
    let rate = options.learningRate * (1 - Float(step) / Float(max(1, totalSteps)))
    step += 1
    adamW(
      &matrix, &moments.first, &moments.second, gradient, learningRate: rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8,
      weightDecay: 0, step: step, gradientScale: 1)
    return found.loss
  }
}
