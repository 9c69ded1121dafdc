internal import HoneKernels

// rows: examples    inputs: numbers of an example    classes: what they are told apart into

/// Tells classes apart by a linear function of each, with probabilities by softmax.
///
/// Formula: minimises mean cross entropy + ‖weights‖² / (2 · C · rows), the bias not counted; L-BFGS.
/// Source: Nocedal and Wright, Numerical Optimization, algorithms 7.4 and 3.1; the weight C as in scikit-learn.
package struct LogisticRegression: Sendable {
  package let inputs: Int
  package let classes: Int
  /// Shapes: (inputs + 1, classes); the last row is the bias.
  package private(set) var weights: [Float]
  /// Steps that were taken.
  package private(set) var steps = 0

  /// Shapes: x (rows, inputs); labels (rows), from 0 to classes − 1.
  package init(
    _ x: [Float], labels: [Int32], inputs: Int, classes: Int, inverseRegularization c: Float = 1, mostSteps: Int = 200,
    tolerance: Float = 1e-4
  ) {
    precondition(x.count == labels.count * inputs && !labels.isEmpty && classes > 1, "\(x.count) values")
    precondition(labels.allSatisfy { $0 >= 0 && Int($0) < classes }, "a label outside \(classes) classes")
    self.inputs = inputs
    self.classes = classes
    weights = [Float](repeating: 0, count: (inputs + 1) * classes)
    var problem = Problem(x, labels, inputs: inputs, classes: classes, penalty: 1 / (c * Float(labels.count)))
    var (loss, gradient) = problem.evaluate(weights)
    var memory: [(s: [Float], y: [Float], scale: Float)] = []
    while steps < mostSteps, gradient.reduce(0, { max($0, abs($1)) }) > tolerance {
      let direction = Self.direction(gradient, memory)
      let slope = Self.dot(direction, gradient)
      guard slope < 0 else { break }
      var size: Float = memory.isEmpty ? min(1, 1 / Self.dot(gradient, gradient).squareRoot()) : 1
      var accepted = false
      for _ in 0..<20 {
        let tried = zip(weights, direction).map { $0 + size * $1 }
        let (triedLoss, triedGradient) = problem.evaluate(tried)
        if triedLoss <= loss + 1e-4 * Double(size * slope) {
          let s = zip(tried, weights).map { $0 - $1 }
          let y = zip(triedGradient, gradient).map { $0 - $1 }
          let curvature = Self.dot(s, y)
          if curvature > 1e-12 {
            memory.append((s, y, 1 / curvature))
            if memory.count > 10 { memory.removeFirst() }
          }
          (weights, loss, gradient, accepted) = (tried, triedLoss, triedGradient, true)
          break
        }
        size /= 2
      }
      steps += 1
      guard accepted else { break }
    }
  }

  /// Probabilities of each class. Shapes: x (rows, inputs); result (rows, classes).
  package func probabilities(_ x: [Float]) -> [Float] {
    var problem = Problem(
      x, [Int32](repeating: 0, count: x.count / inputs), inputs: inputs, classes: classes, penalty: 0)
    return problem.probabilities(weights)
  }

  /// The most probable class of each row.
  package func classify(_ x: [Float]) -> [Int32] {
    let found = probabilities(x)
    return stride(from: 0, to: found.count, by: classes).map { start in
      var best = 0
      for index in 1..<classes where found[start + index] > found[start + best] { best = index }
      return Int32(best)
    }
  }

  /// The two-loop recursion: minus the inverse Hessian, as far as the last steps tell, times the gradient.
  private static func direction(_ gradient: [Float], _ memory: [(s: [Float], y: [Float], scale: Float)]) -> [Float] {
    var q = gradient.map { -$0 }
    var factors: [Float] = []
    for (s, y, scale) in memory.reversed() {
      let factor = scale * dot(s, q)
      factors.append(factor)
      for i in q.indices { q[i] -= factor * y[i] }
    }
    if let last = memory.last {
      let size = 1 / (last.scale * dot(last.y, last.y))
      for i in q.indices { q[i] *= size }
    }
    for ((s, y, scale), factor) in zip(memory, factors.reversed()) {
      let back = scale * dot(y, q)
      for i in q.indices { q[i] += (factor - back) * s[i] }
    }
    return q
  }

  private static func dot(_ a: [Float], _ b: [Float]) -> Float {
    var sum = 0.0
    for i in a.indices { sum += Double(a[i]) * Double(b[i]) }
    return Float(sum)
  }
}

/// The examples with a column of ones behind them, and room for one pass.
private struct Problem {
  private let x: [Float]  // (rows, inputs + 1)
  private let labels: [Int32]
  private let rows: Int
  private let width: Int
  private let classes: Int
  private let penalty: Float
  private var logits: [Float]

  init(_ x: [Float], _ labels: [Int32], inputs: Int, classes: Int, penalty: Float) {
    rows = labels.count
    width = inputs + 1
    var wide: [Float] = []
    wide.reserveCapacity(rows * width)
    for row in 0..<rows {
      wide += x[row * inputs..<(row + 1) * inputs]
      wide.append(1)
    }
    self.x = wide
    self.labels = labels
    self.classes = classes
    self.penalty = penalty
    logits = [Float](repeating: 0, count: rows * classes)
  }

  mutating func probabilities(_ weights: [Float]) -> [Float] {
    linear(&logits, x, weights, [], rows: rows, inputs: width, outputs: classes)
    for row in 0..<rows {
      let line = row * classes..<(row + 1) * classes
      let largest = logits[line].max() ?? 0
      var sum: Float = 0
      for i in line {
        logits[i] = exponential(logits[i] - largest)
        sum += logits[i]
      }
      for i in line { logits[i] /= sum }
    }
    return logits
  }

  /// The objective and its gradient. Shapes: weights, gradient (inputs + 1, classes).
  mutating func evaluate(_ weights: [Float]) -> (loss: Double, gradient: [Float]) {
    var d = probabilities(weights)
    var loss = 0.0
    for row in 0..<rows {
      let place = row * classes + Int(labels[row])
      loss -= logarithm(Double(max(d[place], 1e-30)))
      d[place] -= 1
    }
    let share = 1 / Float(rows)
    for i in d.indices { d[i] *= share }
    var (none, gradient, noBias): ([Float], [Float], [Float]) = ([], [Float](repeating: 0, count: weights.count), [])
    linearBackward(&none, &gradient, &noBias, d, x, weights, rows: rows, inputs: width, outputs: classes)
    var square = 0.0
    for i in 0..<(width - 1) * classes {
      square += Double(weights[i]) * Double(weights[i])
      gradient[i] += penalty * weights[i]
    }
    return (loss / Double(rows) + 0.5 * Double(penalty) * square, gradient)
  }
}
