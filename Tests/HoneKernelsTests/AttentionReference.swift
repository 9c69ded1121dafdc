#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Causal attention over packed sequences, written as the formula says, in Float64.
struct AttentionReference {
  let qkv: [Double]
  let offsets: [Int]
  let heads, headDim: Int

  var hidden: Int { heads * headDim }
  var rows: Int { offsets.last ?? 0 }

  init(_ qkv: [Float], offsets: [Int], heads: Int, headDim: Int) {
    (self.qkv, self.offsets, self.heads, self.headDim) = (qkv.map(Double.init), offsets, heads, headDim)
  }

  /// Value `i` of this row's query (part 0), key (1) or value (2).
  func place(_ part: Int, _ row: Int, _ head: Int, _ i: Int) -> Int {
    (row * 3 + part) * hidden + head * headDim + i
  }

  private func dot(_ part: Int, _ row: Int, _ other: Int, _ otherRow: Int, _ head: Int) -> Double {
    (0..<headDim).reduce(0) { $0 + qkv[place(part, row, head, $1)] * qkv[place(other, otherRow, head, $1)] }
  }

  /// What a query sees: the keys of its own sequence up to its own row.
  func visible(from row: Int) -> ClosedRange<Int> {
    (offsets.last { $0 <= row } ?? 0)...row
  }

  /// The probabilities of the visible keys, and ln Σ exp of their scores.
  func probabilities(_ row: Int, _ head: Int) -> (probs: [Double], logSumExp: Double) {
    let scores = visible(from: row).map { dot(0, row, 1, $0, head) / Double(headDim).squareRoot() }
    let best = scores.max() ?? 0
    let sum = scores.reduce(0) { $0 + exp($1 - best) }
    return (scores.map { exp($0 - best) / sum }, best + log(sum))
  }

  /// (rows, hidden)
  func out() -> [Double] {
    var out = [Double](repeating: 0, count: rows * hidden)
    for row in 0..<rows {
      for head in 0..<heads {
        for (p, key) in zip(probabilities(row, head).probs, visible(from: row)) {
          for i in 0..<headDim { out[row * hidden + head * headDim + i] += p * qkv[place(2, key, head, i)] }
        }
      }
    }
    return out
  }

  /// (rows, heads)
  func logSumExp() -> [Double] {
    (0..<rows * heads).map { probabilities($0 / heads, $0 % heads).logSumExp }
  }

  /// (rows, 3·hidden): ds = p · (dOut · v − Σ p · (dOut · v)), the derivative of softmax taken directly.
  func gradient(_ dOut: [Float]) -> [Double] {
    var d = [Double](repeating: 0, count: rows * 3 * hidden)
    for row in 0..<rows {
      for head in 0..<heads {
        let g = (0..<headDim).map { Double(dOut[row * hidden + head * headDim + $0]) }
        let probs = probabilities(row, head).probs
        let keys = visible(from: row)
        let slopes = keys.map { key in (0..<headDim).reduce(0) { $0 + g[$1] * qkv[place(2, key, head, $1)] } }
        let middle = zip(probs, slopes).reduce(0) { $0 + $1.0 * $1.1 }
        for (index, key) in keys.enumerated() {
          let ds = probs[index] * (slopes[index] - middle) / Double(headDim).squareRoot()
          for i in 0..<headDim {
            d[place(0, row, head, i)] += ds * qkv[place(1, key, head, i)]
            d[place(1, key, head, i)] += ds * qkv[place(0, row, head, i)]
            d[place(2, key, head, i)] += probs[index] * g[i]
          }
        }
      }
    }
    return d
  }
}
