/// How well labels were predicted. A quotient whose divisor is zero counts as zero, as in scikit-learn.
package struct ClassificationMetrics: Sendable, Equatable, Codable {
  package var accuracy: Double
  package var weightedF1: Double
  package var macroF1: Double
  /// (classes, classes): row the true class, column the predicted one.
  package var confusion: [[Int]]
  /// Of the positive class, where there are two.
  package var binary: BinaryMetrics?

  package init(gold: [Int], predicted: [Int], classes: Int) {
    var confusion = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
    for (truth, guess) in zip(gold, predicted) where truth < classes && guess < classes { confusion[truth][guess] += 1 }
    self.confusion = confusion
    let total = gold.count
    let hits = (0..<classes).reduce(0) { $0 + confusion[$1][$1] }
    accuracy = ratio(hits, total)
    let present = (0..<classes).filter { index in
      confusion[index].contains { $0 > 0 } || confusion.contains { $0[index] > 0 }
    }
    let scores = present.map { index -> (f1: Double, support: Int) in
      let support = confusion[index].reduce(0, +)
      let guesses = confusion.reduce(0) { $0 + $1[index] }
      return (ratio(2 * confusion[index][index], support + guesses), support)
    }
    weightedF1 = total > 0 ? scores.reduce(0) { $0 + $1.f1 * Double($1.support) } / Double(total) : 0
    macroF1 = scores.isEmpty ? 0 : scores.reduce(0) { $0 + $1.f1 } / Double(scores.count)
  }
}

/// Metrics of one class against the other; the threshold of the probability is 0.5.
package struct BinaryMetrics: Sendable, Equatable, Codable {
  package var precision: Double
  package var recall: Double
  /// The area under the curve of true against false positives: the chance that a positive scores above a negative.
  package var auroc: Double?
  /// Average precision: Σ (recall step) · precision, as `average_precision_score`.
  package var auprc: Double?

  /// `scores` order the examples by how positive they seem.
  package init(isPositive: [Bool], isPredicted: [Bool], scores: [Double]) {
    let hits = zip(isPositive, isPredicted).reduce(0) { $0 + ($1.0 && $1.1 ? 1 : 0) }
    let positives = isPositive.reduce(0) { $0 + ($1 ? 1 : 0) }
    precision = ratio(hits, isPredicted.reduce(0) { $0 + ($1 ? 1 : 0) })
    recall = ratio(hits, positives)
    auroc = Self.auroc(isPositive, scores)
    auprc = Self.averagePrecision(isPositive, scores)
  }

  /// Formula: (1 + β²) · precision · recall / (β² · precision + recall).
  package func fScore(beta: Double) -> Double {
    let square = beta * beta
    let divisor = square * precision + recall
    return divisor > 0 ? (1 + square) * precision * recall / divisor : 0
  }

  private static func auroc(_ isPositive: [Bool], _ scores: [Double]) -> Double? {
    let positives = isPositive.reduce(0) { $0 + ($1 ? 1 : 0) }
    let negatives = isPositive.count - positives
    guard positives > 0, negatives > 0 else { return nil }
    let order = scores.indices.sorted { scores[$0] < scores[$1] }
    var rankSum = 0.0
    var start = 0
    while start < order.count {
      var end = start
      while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
      let rank = Double(start + end + 1) / 2  // equal scores share the middle of their ranks, counted from 1
      for index in order[start..<end] where isPositive[index] { rankSum += rank }
      start = end
    }
    let least = Double(positives * (positives + 1)) / 2
    return (rankSum - least) / (Double(positives) * Double(negatives))
  }

  private static func averagePrecision(_ isPositive: [Bool], _ scores: [Double]) -> Double? {
    let positives = isPositive.reduce(0) { $0 + ($1 ? 1 : 0) }
    guard positives > 0 else { return nil }
    let order = scores.indices.sorted { scores[$0] > scores[$1] }
    var (seen, hits, sum) = (0, 0, 0.0)
    var start = 0
    while start < order.count {
      var end = start
      let before = hits
      while end < order.count, scores[order[end]] == scores[order[start]] {
        hits += isPositive[order[end]] ? 1 : 0
        end += 1
      }
      seen = end
      sum += Double(hits - before) / Double(positives) * ratio(hits, seen)
      start = end
    }
    return sum
  }
}

private func ratio(_ part: Int, _ whole: Int) -> Double { whole > 0 ? Double(part) / Double(whole) : 0 }

/// The 95 % interval of a share of `hits` in `total`. Source: Wilson 1927.
package func wilsonInterval(hits: Int, total: Int) -> ClosedRange<Double> {
  guard total > 0 else { return 0...1 }
  let (n, z) = (Double(total), 1.959964)
  let share = Double(hits) / n
  let middle = (share + z * z / (2 * n)) / (1 + z * z / n)
  let half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
  return max(0, middle - half)...min(1, middle + half)
}

/// The metrics of label scores: the best label is the prediction.
func metrics(_ result: ValidationResult, _ labels: ClassLabels) -> ClassificationMetrics {
  let predicted = result.scores.map { scores in scores.indices.max { scores[$0] < scores[$1] } ?? 0 }
  var metrics = ClassificationMetrics(gold: result.gold, predicted: predicted, classes: labels.names.count)
  if let positive = labels.positive, labels.names.count == 2 {
    let scores = result.scores.map { expDouble(Double($0[positive])) }
    metrics.binary = BinaryMetrics(
      isPositive: result.gold.map { $0 == positive }, isPredicted: scores.map { $0 > 0.5 }, scores: scores)
  }
  return metrics
}
