import HoneKernels
import HoneTestSupport
import Testing

/// heads, headDim, then the length of each sequence. 32 queries are one block, and a vector holds up to 16 numbers.
private let shapes = [
  [1, 1, 1], [1, 1, 2, 1], [2, 3, 5], [3, 16, 1, 17, 2], [1, 33, 31, 0, 33], [5, 8, 32, 1], [2, 64, 65],
  [1, 100, 64, 7], [12, 2, 3, 3, 3], [1, 31, 129],
]
private let large = [3, 40, 301, 1, 64, 130]

private func offsets(_ shape: [Int]) -> [Int] {
  shape[2...].reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
}

/// What attention gives, and the formula for the same numbers.
private func forward(
  _ shape: [Int], _ qkv: [Float]
) -> (out: [Float], logSumExp: [Float], reference: AttentionReference) {
  let (heads, headDim, offsets) = (shape[0], shape[1], offsets(shape))
  let rows = offsets.last ?? 0
  var out = [Float](repeating: .nan, count: rows * heads * headDim)
  var logSumExp = [Float](repeating: .nan, count: rows * heads)
  attention(&out, &logSumExp, qkv, offsets: offsets, heads: heads, headDim: headDim)
  return (out, logSumExp, AttentionReference(qkv, offsets: offsets, heads: heads, headDim: headDim))
}

/// How many floats queries, keys and values of all rows are.
private func qkvCount(_ shape: [Int]) -> Int { 3 * (offsets(shape).last ?? 0) * shape[0] * shape[1] }

/// Queries, keys and values as large as 3: scores up to about ±30, so that some probabilities nearly vanish.
private func qkv(_ shape: [Int], _ random: inout Seeded) -> [Float] {
  random.values(qkvCount(shape)).map { $0 * 3 }
}

let attentionLoops = [
  Loop(name: "attention", shapes: shapes, large: large) { shape, seed in
    var random = Seeded(seed)
    let (out, logSumExp, reference) = forward(shape, qkv(shape, &random))
    return [
      LoopOutput("out", out, within: 1e-5) { reference.out() },
      LoopOutput("logSumExp", logSumExp, within: 1e-5) { reference.logSumExp() },
    ]
  },
  Loop(name: "attentionBackward", shapes: shapes, large: large) { shape, seed in
    var random = Seeded(seed)
    let qkv = qkv(shape, &random)
    let (out, logSumExp, reference) = forward(shape, qkv)
    let dOut = random.values(out.count)
    var dqkv = [Float](repeating: .nan, count: qkv.count)
    attentionBackward(
      &dqkv, dOut, qkv, out, logSumExp, offsets: offsets(shape), heads: shape[0], headDim: shape[1])
    return [LoopOutput("dqkv", dqkv, within: 2e-5) { reference.gradient(dOut) }]
  },
]

@Test func theFirstRowOfASequenceIsItsOwnValue() {
  var random = Seeded(6)
  let shape = [2, 17, 5, 1, 40]
  let qkv = qkv(shape, &random)
  let (out, _, _) = forward(shape, qkv)
  for row in offsets(shape).dropLast() {
    #expect(out[row * 34..<(row + 1) * 34] == qkv[(row * 3 + 2) * 34..<(row + 1) * 3 * 34])
  }
}

@Test func laterRowsAndOtherSequencesChangeNothing() {
  var random = Seeded(7)
  let shape = [2, 9, 20, 50, 3]
  let hidden = 18
  let before = qkv(shape, &random)
  var after = before
  // The rest of the second sequence, and all of the third.
  for place in (30 * 3 * hidden)..<(70 * 3 * hidden) { after[place] = 1e6 * after[place] }
  for place in (70 * 3 * hidden)..<after.count { after[place] = .nan }
  let (out, changed) = (forward(shape, before).out, forward(shape, after).out)
  let same = out.indices.filter { out[$0] == changed[$0] }
  #expect(same == Array(0..<30 * hidden))
  #expect(changed[..<(70 * hidden)].allSatisfy { $0.isFinite } && changed[(70 * hidden)...].allSatisfy { $0.isNaN })
}

@Test(arguments: [Float(1e4), 1e6, 1e9], [UInt64(8), 9, 10])
func veryLargeScoresNeitherOverflowNorVanish(size: Float, seed: UInt64) {
  let shape = [1, 17, 40]
  var random = Seeded(seed)
  let qkv = random.values(qkvCount(shape)).map { $0 * size }
  let (out, logSumExp, reference) = forward(shape, qkv)
  // One key is far ahead of all others. A scale of 1 / √17 rounds its score, by far more than 88 at these sizes.
  let share = out.map { $0 / size }
  let wanted = reference.out().map { $0 / Double(size) }
  #expect(largestProductDifference(share, wanted) <= 1e-4 && logSumExp.allSatisfy { $0.isFinite })
  var dqkv = [Float](repeating: .nan, count: qkv.count)
  attentionBackward(&dqkv, out, qkv, out, logSumExp, offsets: [0, 40], heads: 1, headDim: 17)
  #expect(dqkv.allSatisfy { $0.isFinite })
}

@Test func noSequencesGiveNothing() {
  var (out, logSumExp, dqkv): ([Float], [Float], [Float]) = ([9], [9], [9])
  attention(&out, &logSumExp, [1, 2, 3], offsets: [0], heads: 1, headDim: 1)
  attention(&out, &logSumExp, [1, 2, 3], offsets: [], heads: 1, headDim: 1)
  attentionBackward(&dqkv, [1], [1, 2, 3], out, logSumExp, offsets: [0, 0], heads: 1, headDim: 1)
  #expect(out == [9] && logSumExp == [9] && dqkv == [9])
}
