internal import HoneKernels

/// How the next token is chosen from the logits.
package struct SamplingOptions: Sendable, Equatable {
  package var temperature: Float = 1  // 0 chooses the arg max
  package var topP: Float = 1  // share of probability that stays in the draw
  package var presencePenalty: Float = 0  // taken once from the logit of a token sampled before
  package var frequencyPenalty: Float = 0  // taken as often as it was sampled
  package var logitBias: [Int32: Float] = [:]  // added to the logit

  package init() {}
}

/// A token and the natural logarithm of its probability at temperature 1, before bias, penalties and top-p.
package struct ScoredToken: Sendable, Equatable {
  package let token: Int32
  package let logprob: Float

  package init(token: Int32, logprob: Float) {
    self.token = token
    self.logprob = logprob
  }
}

/// Draws tokens for one sequence. Two samplers of the same seed and options draw alike.
package struct Sampler: Sendable {
  private let options: SamplingOptions
  private var generator: RandomGenerator
  private var counts: [Int32: Int] = [:]

  package init(_ options: SamplingOptions, seed: UInt64) {
    self.options = options
    generator = RandomGenerator(seed: seed)
  }

  /// Chooses the next token from row `row` of `logits` (rows, vocab) and remembers it for the penalties.
  package mutating func next(_ logits: [Float], row: Int, vocab: Int) -> Int32 {
    var scores = Array(logits[row * vocab..<(row + 1) * vocab])
    for (token, bias) in options.logitBias where token >= 0 && Int(token) < vocab { scores[Int(token)] += bias }
    if options.presencePenalty != 0 || options.frequencyPenalty != 0 {
      for (token, count) in counts {
        scores[Int(token)] -= options.presencePenalty + Float(count) * options.frequencyPenalty
      }
    }
    let token = options.temperature == 0 ? argMax(scores) : draw(scores)
    counts[token, default: 0] += 1
    return token
  }

  /// One draw from softmax(scores / temperature), cut to the most probable tokens that together reach top-p.
  private mutating func draw(_ scores: [Float]) -> Int32 {
    let best = scores[Int(argMax(scores))]
    let inverse = 1 / options.temperature
    var masses = scores.map { Double(exponential(max(-100, ($0 - best) * inverse))) }
    if options.topP < 1 { keepNucleus(&masses) }
    let total = masses.reduce(0, +)
    var rest = Double(generator.uniform()) * total
    var last = 0
    for (index, mass) in masses.enumerated() where mass > 0 {
      last = index
      rest -= mass
      if rest < 0 { break }
    }
    return Int32(last)
  }

  private func keepNucleus(_ masses: inout [Double]) {
    let total = masses.reduce(0, +)
    let order = masses.indices.filter { masses[$0] > total * 1e-9 }.sorted { (masses[$0], $1) > (masses[$1], $0) }
    var kept = [Double](repeating: 0, count: masses.count)
    var sum = 0.0
    for index in order {
      kept[index] = masses[index]
      sum += masses[index]
      if sum >= Double(options.topP) * total { break }
    }
    masses = kept
  }
}

/// The index of the largest value, the first of equals.
package func argMax(_ values: [Float]) -> Int32 {
  var best = 0
  for index in values.indices.dropFirst() where values[index] > values[best] { best = index }
  return Int32(best)
}

/// The logarithms of the probabilities of row `row` of `logits` (rows, vocab), as far as they are asked for.
package struct RowScores: Sendable {
  private let logits: [Float]
  private let first: Int
  private let vocab: Int
  private let logSumExp: Float

  package init(_ logits: [Float], row: Int, vocab: Int) {
    self.logits = logits
    self.vocab = vocab
    first = row * vocab
    var best = -Float.infinity
    for index in first..<first + vocab where logits[index] > best { best = logits[index] }
    var sum = 0.0
    for index in first..<first + vocab { sum += Double(exponential(logits[index] - best)) }
    logSumExp = best + Float(logarithm(sum))
  }

  /// ln p(token).
  package func logprob(_ token: Int32) -> Float { logits[first + Int(token)] - logSumExp }

  /// The `count` most probable tokens, best first, the lower id first among equals.
  package func top(_ count: Int) -> [ScoredToken] {
    var best: [Int] = []
    guard count > 0 else { return [] }
    for index in first..<first + vocab {
      if best.count == count, let worst = best.last, logits[index] <= logits[worst] { continue }
      let place = best.firstIndex { logits[$0] < logits[index] } ?? best.count
      best.insert(index, at: place)
      if best.count > count { best.removeLast() }
    }
    return best.map { ScoredToken(token: Int32($0 - first), logprob: logits[$0] - logSumExp) }
  }
}
