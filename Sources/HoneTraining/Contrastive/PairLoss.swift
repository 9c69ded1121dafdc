// pairs: rows of either side    dimensions: numbers of a vector; all vectors are of length 1

/// A loss over pairs of unit vectors, and its gradients.
package struct PairLoss: Sendable, Equatable {
  package var loss: Double
  package var dFirst: [Float]  // (pairs, dimensions)
  package var dSecond: [Float]  // (pairs, dimensions)

  /// Each first vector should be nearer to its own second one than to those of the other pairs, and the other way round.
  ///
  /// Formula: half the mean of cross entropies of scale · first · secondᵀ along rows and along columns, the diagonal
  /// being right. Pairs of one group are no negatives of each other; `groups` empty: every pair is of its own.
  /// Source: van den Oord, Li and Vinyals 2018, with negatives from the batch as Henderson et al. 2017.
  package static func ranking(
    _ first: [Float], _ second: [Float], groups: [Int] = [], dimensions: Int, scale: Float
  ) -> PairLoss {
    let pairs = first.count / dimensions
    precondition(first.count == second.count && first.count == pairs * dimensions && pairs > 0, "\(first.count) values")
    precondition(groups.isEmpty || groups.count == pairs, "\(groups.count) groups for \(pairs) pairs")
    var scores = [Float](repeating: 0, count: pairs * pairs)
    for i in 0..<pairs {
      for j in 0..<pairs {
        let hidden = i != j && !groups.isEmpty && groups[i] == groups[j]
        scores[i * pairs + j] = hidden ? -.infinity : scale * dot(first, i, second, j, dimensions)
      }
    }
    let rows = softmaxLoss(scores, pairs: pairs, along: .rows)
    let columns = softmaxLoss(scores, pairs: pairs, along: .columns)
    var result = PairLoss(
      loss: (rows.loss + columns.loss) / 2, dFirst: [Float](repeating: 0, count: first.count),
      dSecond: [Float](repeating: 0, count: first.count))
    for i in 0..<pairs {
      for j in 0..<pairs {
        let d = (rows.d[i * pairs + j] + columns.d[i * pairs + j]) / 2 * scale
        guard d != 0 else { continue }
        for k in 0..<dimensions {
          result.dFirst[i * dimensions + k] += d * second[j * dimensions + k]
          result.dSecond[j * dimensions + k] += d * first[i * dimensions + k]
        }
      }
    }
    return result
  }

  /// The cosine of a pair should be its label.
  ///
  /// Formula: mean of (first · second − label)². Shapes: labels (pairs), from -1 to 1.
  package static func cosine(_ first: [Float], _ second: [Float], labels: [Float], dimensions: Int) -> PairLoss {
    let pairs = labels.count
    precondition(first.count == pairs * dimensions && second.count == first.count && pairs > 0, "\(first.count) values")
    var result = PairLoss(
      loss: 0, dFirst: [Float](repeating: 0, count: first.count), dSecond: [Float](repeating: 0, count: first.count))
    for pair in 0..<pairs {
      let error = dot(first, pair, second, pair, dimensions) - labels[pair]
      result.loss += Double(error * error) / Double(pairs)
      let d = 2 * error / Float(pairs)
      for k in pair * dimensions..<(pair + 1) * dimensions {
        result.dFirst[k] = d * second[k]
        result.dSecond[k] = d * first[k]
      }
    }
    return result
  }

  private enum Side { case rows, columns }

  /// Mean cross entropy of the diagonal, and its gradient by the scores.
  private static func softmaxLoss(_ scores: [Float], pairs: Int, along side: Side) -> (loss: Double, d: [Float]) {
    var d = [Float](repeating: 0, count: scores.count)
    var loss = 0.0
    for line in 0..<pairs {
      func place(_ other: Int) -> Int { side == .rows ? line * pairs + other : other * pairs + line }
      var largest = -Float.infinity
      for other in 0..<pairs { largest = max(largest, scores[place(other)]) }
      var sum: Float = 0
      for other in 0..<pairs {
        d[place(other)] = Float(expDouble(Double(scores[place(other)] - largest)))
        sum += d[place(other)]
      }
      loss += logDouble(Double(sum)) + Double(largest - scores[place(line)])
      for other in 0..<pairs { d[place(other)] /= sum * Float(pairs) }
      d[place(line)] -= 1 / Float(pairs)
    }
    return (loss / Double(pairs), d)
  }

  private static func dot(_ a: [Float], _ i: Int, _ b: [Float], _ j: Int, _ dimensions: Int) -> Float {
    var lanes = SIMD8<Float>.zero
    var k = 0
    let (left, right) = (i * dimensions, j * dimensions)
    while k + 8 <= dimensions {
      for lane in 0..<8 { lanes[lane] += a[left + k + lane] * b[right + k + lane] }
      k += 8
    }
    var sum = lanes.sum()
    while k < dimensions {
      sum += a[left + k] * b[right + k]
      k += 1
    }
    return sum
  }
}
