import HoneKernels
import HoneTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// ln Σ exp of each row, after the largest is taken away.
private func referenceLogSumExp(_ logits: [Float], _ vocab: Int) -> [Double] {
  stride(from: 0, to: logits.count, by: vocab).map { start in
    let row = logits[start..<start + vocab].map(Double.init)
    let best = row.max() ?? 0
    return best + log(row.reduce(0) { $0 + exp($1 - best) })
  }
}

/// weight · (softmax − onehot) of each row.
private func referenceGradient(_ logits: [Float], _ targets: [Int32], _ weights: [Float], _ vocab: Int) -> [Double] {
  let totals = referenceLogSumExp(logits, vocab)
  return logits.indices.map { place in
    let (row, token) = (place / vocab, place % vocab)
    return Double(weights[row]) * (exp(Double(logits[place]) - totals[row]) - (Int(targets[row]) == token ? 1 : 0))
  }
}

/// 1 where the target is the first of the largest.
private func referenceCorrect(_ logits: [Float], _ targets: [Int32], _ vocab: Int) -> [Double] {
  targets.enumerated().map { row, target in
    let line = logits[row * vocab..<(row + 1) * vocab]
    return line.firstIndex(of: line.max() ?? 0) == row * vocab + Int(target) ? 1 : 0
  }
}

/// rows, vocab, size of the logits.
private let shapes = [
  [1, 1, 1], [3, 2, 1], [2, 3, 30], [7, 15, 5], [5, 17, 5], [4, 63, 20], [3, 64, 5], [9, 65, 5], [2, 1000, 3],
  [3, 129, 100],
]
private let large = [131, 5_003, 5]

/// A chunk of predictions that begins after `firstRow` others.
private struct Chunk {
  static let firstRow = 3
  let rows, vocab: Int
  let logits: [Float]
  let targets: [Int32]
  let weights: [Float]
  var losses: [Float]
  var correct: [UInt8]

  init(_ shape: [Int], seed: UInt64) {
    var random = Seeded(seed)
    (rows, vocab) = (shape[0], shape[1])
    let (rows, vocab) = (rows, vocab)
    var logits = random.values(rows * vocab).map { $0 * Float(shape[2]) }
    targets = (0..<rows + Chunk.firstRow).map { _ in Int32(random.next() % UInt64(vocab)) }
    // In every second row the target is the largest, together with the last token.
    for row in stride(from: 0, to: rows, by: 2) {
      logits[row * vocab + Int(targets[row + Chunk.firstRow])] = Float(shape[2]) + 1
      logits[row * vocab + vocab - 1] = Float(shape[2]) + 1
    }
    self.logits = logits
    weights = random.values(rows + Chunk.firstRow)
    losses = [Float](repeating: 9, count: rows + Chunk.firstRow)
    correct = [UInt8](repeating: 9, count: rows + Chunk.firstRow)
  }

  var ownTargets: [Int32] { Array(targets[Chunk.firstRow...]) }

  /// What was there in front of the chunk stays.
  var before: [Double] { [Double](repeating: 9, count: Chunk.firstRow) }

  func outputs() -> [LoopOutput] {
    // Logits of 100 are exact to 2⁻¹⁸, and so is a loss that is their difference.
    [
      LoopOutput("losses", losses, within: 1e-5) {
        before
          + zip(referenceLogSumExp(logits, vocab), ownTargets).enumerated().map { row, pair in
            pair.0 - Double(logits[row * vocab + Int(pair.1)])
          }
      },
      LoopOutput("correct", correct.map { Float($0) }, within: 0) {
        before + referenceCorrect(logits, ownTargets, vocab)
      },
    ]
  }
}

let crossEntropyLoops = [
  Loop(name: "crossEntropy", shapes: shapes, large: large) { shape, seed in
    var chunk = Chunk(shape, seed: seed)
    var dLogits = chunk.logits
    crossEntropy(
      &dLogits, &chunk.losses, &chunk.correct, firstRow: Chunk.firstRow, targets: chunk.targets,
      weights: chunk.weights, rows: chunk.rows, vocab: chunk.vocab)
    let gradient = LoopOutput("dLogits", dLogits, within: 1e-5) { [chunk] in
      referenceGradient(chunk.logits, chunk.ownTargets, Array(chunk.weights[Chunk.firstRow...]), chunk.vocab)
    }
    return chunk.outputs() + [gradient]
  },
  Loop(name: "crossEntropyForward", shapes: shapes, large: large) { shape, seed in
    var chunk = Chunk(shape, seed: seed)
    crossEntropyForward(
      chunk.logits, &chunk.losses, &chunk.correct, firstRow: Chunk.firstRow, targets: chunk.targets, rows: chunk.rows,
      vocab: chunk.vocab)
    return chunk.outputs()
  },
  Loop(name: "logSumExpRows", shapes: shapes, large: large) { shape, seed in
    let chunk = Chunk(shape, seed: seed)
    var out = [Float](repeating: .nan, count: chunk.rows)
    logSumExpRows(&out, chunk.logits, rows: chunk.rows, vocab: chunk.vocab)
    return [LoopOutput("out", out, within: 1e-5) { referenceLogSumExp(chunk.logits, chunk.vocab) }]
  },
]
