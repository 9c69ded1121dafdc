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
  ///
  /// The logits are changed while it chooses, and are as before when it returns. `room` is for its own use.
  package mutating func next(_ logits: inout [Float], row: Int, vocab: Int, room: inout SamplingRoom) -> Int32 {
    let before = adjust(&logits, first: row * vocab, vocab: vocab)
    let token: Int32 =
      options.temperature == 0 ? argMax(logits, row: row, vocab: vocab) : draw(logits, row: row, vocab: vocab, &room)
    for (index, value) in before.reversed() { logits[index] = value }
    counts[token, default: 0] += 1
    return token
  }

  /// Adds bias and takes penalties; gives what stood at the places that changed.
  private func adjust(_ logits: inout [Float], first: Int, vocab: Int) -> [(index: Int, value: Float)] {
    var before: [(index: Int, value: Float)] = []
    for (token, bias) in options.logitBias where token >= 0 && Int(token) < vocab {
      before.append((first + Int(token), logits[first + Int(token)]))
      logits[first + Int(token)] += bias
    }
    guard options.presencePenalty != 0 || options.frequencyPenalty != 0 else { return before }
    for (token, count) in counts {
      before.append((first + Int(token), logits[first + Int(token)]))
      logits[first + Int(token)] -= options.presencePenalty + Float(count) * options.frequencyPenalty
    }
    return before
  }

  /// One draw from softmax(scores / temperature), cut to the most probable tokens that together reach top-p.
  private mutating func draw(_ logits: [Float], row: Int, vocab: Int, _ room: inout SamplingRoom) -> Int32 {
    grow(&room.masses, vocab)
    softmaxOfRow(
      &room.masses, logits, row: row, vocab: vocab, inverseTemperature: min(1 / options.temperature, 1e30))
    let share = Double(generator.uniform())
    guard options.topP < 1 else { return Int32(placeOfShare(room.masses, share: share, count: vocab)) }
    let nucleus = nucleus(room.masses, vocab: vocab)
    guard !nucleus.isEmpty else { return argMax(logits, row: row, vocab: vocab) }
    let place = placeOfShare(nucleus.map { room.masses[Int($0)] }, share: share, count: nucleus.count)
    return nucleus[place]
  }

  /// The most probable tokens that together reach top-p, the lower id first among equals.
  ///
  /// Tokens below (1 − topP) / vocab sum to less than 1 − topP, so the others reach top-p without them.
  private func nucleus(_ masses: [Float], vocab: Int) -> [Int32] {
    let least = (1 - options.topP) / Float(vocab) * 0.99
    var candidates: [Int32] = []
    for token in 0..<vocab where masses[token] > 0 && masses[token] >= least { candidates.append(Int32(token)) }
    candidates.sort { (masses[Int($0)], $1) > (masses[Int($1)], $0) }
    var sum = 0.0
    let end = candidates.firstIndex { token in
      sum += Double(masses[Int(token)])
      return sum >= Double(options.topP)
    }
    return Array(candidates.prefix((end ?? candidates.count) + 1))
  }
}

/// Memory that samplers share, asked for once.
package struct SamplingRoom: Sendable {
  fileprivate var masses: [Float] = []  // (vocab)

  package init() {}
}

/// The token with the largest logit of a row, the first of equals.
private func argMax(_ logits: [Float], row: Int, vocab: Int) -> Int32 {
  topOfRow(logits, row: row, vocab: vocab, count: 1).first ?? 0
}

/// The logarithms of the probabilities of row `row` of `logits` (rows, vocab), as far as they are asked for.
package struct RowScores: Sendable {
  private let logits: [Float]
  private let row: Int
  private let vocab: Int
  private let logSumExp: Float

  /// `logSumExp` is that of the row, as `logSumExpRows` gives it.
  package init(_ logits: [Float], row: Int, vocab: Int, logSumExp: Float) {
    self.logits = logits
    self.row = row
    self.vocab = vocab
    self.logSumExp = logSumExp
  }

  /// The scores of each of the first `rows` rows.
  package static func ofRows(_ logits: [Float], rows: Int, vocab: Int) -> [RowScores] {
    var sums = zeros(rows)
    logSumExpRows(&sums, logits, rows: rows, vocab: vocab)
    return sums.enumerated().map { RowScores(logits, row: $0, vocab: vocab, logSumExp: $1) }
  }

  /// ln p(token).
  package func logprob(_ token: Int32) -> Float { logits[row * vocab + Int(token)] - logSumExp }

  /// The `count` most probable tokens, best first, the lower id first among equals.
  package func top(_ count: Int) -> [ScoredToken] {
    topOfRow(logits, row: row, vocab: vocab, count: count).map { ScoredToken(token: $0, logprob: logprob($0)) }
  }
}
