import HoneKernels
import HoneTestSupport
import Testing

/// rows, hidden, entries of each table. More rows than entries make the same entry come again.
private let shapes = [
  [1, 1, 1], [3, 1, 2], [2, 15, 1], [5, 17, 3], [16, 16, 16], [13, 33, 7], [40, 65, 9], [7, 129, 100], [200, 3, 11],
]
/// Wide enough that several threads share the columns of the gradient.
private let large = [501, 771, 37]

private func indexes(_ count: Int, below limit: Int, _ random: inout Seeded) -> [Int32] {
  (0..<count).map { _ in Int32(random.next() % UInt64(limit)) }
}

/// The table with row i of `added` joined to entry indexes[i].
private func referenceAddToTable(_ table: [Float], _ added: [Float], _ indexes: [Int32], _ hidden: Int) -> [Double] {
  var result = table.map(Double.init)
  for (row, index) in indexes.enumerated() {
    for i in 0..<hidden { result[Int(index) * hidden + i] += Double(added[row * hidden + i]) }
  }
  return result
}

let embeddingLoops = [
  Loop(name: "embedding", shapes: shapes, large: large) { shape, seed in
    var random = Seeded(seed)
    let (rows, hidden, entries) = (shape[0], shape[1], shape[2])
    let (tokenTable, positionTable) = (random.values(entries * hidden), random.values((entries + 2) * hidden))
    let tokens = indexes(rows, below: entries, &random)
    let positions = indexes(rows, below: entries + 2, &random)
    var out = [Float](repeating: .nan, count: rows * hidden)
    embedding(
      &out, tokens: tokens, positions: positions, tokenTable: tokenTable, positionTable: positionTable, rows: rows,
      hidden: hidden)
    // One addition, rounded once.
    return [
      LoopOutput("out", out, within: 0) {
        (0..<rows * hidden).map { place in
          let (row, i) = (place / hidden, place % hidden)
          return Double(tokenTable[Int(tokens[row]) * hidden + i] + positionTable[Int(positions[row]) * hidden + i])
        }
      }
    ]
  },
  Loop(name: "embeddingBackward", shapes: shapes, large: large) { shape, seed in
    var random = Seeded(seed)
    let (rows, hidden, entries) = (shape[0], shape[1], shape[2])
    let (dTokens, dPositions) = (random.values(entries * hidden), random.values((entries + 2) * hidden))
    let dOut = random.values(rows * hidden)
    let tokens = indexes(rows, below: entries, &random)
    let positions = indexes(rows, below: entries + 2, &random)
    var (tokenGradient, positionGradient) = (dTokens, dPositions)
    embeddingBackward(
      &tokenGradient, &positionGradient, dOut, tokens: tokens, positions: positions, rows: rows, hidden: hidden)
    // Up to 200 additions to a sum of at most 30.
    return [
      LoopOutput("dTokenTable", tokenGradient, within: 5e-6) { referenceAddToTable(dTokens, dOut, tokens, hidden) },
      LoopOutput("dPositionTable", positionGradient, within: 5e-6) {
        referenceAddToTable(dPositions, dOut, positions, hidden)
      },
    ]
  },
]

@Test(arguments: shapes)
func scatteringGatheredRowsPutsThemBack(shape: [Int]) {
  let (rows, hidden) = (shape[0], shape[1])
  var random = Seeded(4)
  let x = random.values((rows + 3) * hidden)
  let chosen = (0..<Int32(rows + 3)).shuffled(using: &random).prefix(rows)
  var some = [Float](repeating: .nan, count: rows * hidden)
  gatherRows(&some, x, indexes: Array(chosen), hidden: hidden)
  for (row, index) in chosen.enumerated() {
    #expect(some[row * hidden..<(row + 1) * hidden] == x[Int(index) * hidden..<(Int(index) + 1) * hidden])
  }
  var back = [Float](repeating: 9, count: x.count)
  scatterRows(&back, some, indexes: Array(chosen), hidden: hidden)
  let wanted = x.indices.map { chosen.contains(Int32($0 / hidden)) ? x[$0] : 9 }
  #expect(back == wanted)
}

@Test func oneRowMayBeGatheredTwiceAndNoneAtAll() {
  var out: [Float] = [7, 7, 7, 7, 7]
  gatherRows(&out, [1, 2, 3, 4], indexes: [1, 1], hidden: 2)
  #expect(out == [3, 4, 3, 4, 7])
  gatherRows(&out, [1, 2], indexes: [], hidden: 2)
  scatterRows(&out, [], indexes: [], hidden: 2)
  #expect(out == [3, 4, 3, 4, 7])
}

#if os(Linux) || os(macOS)
  @Test func indexesOutsideTheTableAreRefused() async {
    await #expect(processExitsWith: .failure) {
      var out: [Float] = [0, 0]
      gatherRows(&out, [1, 2], indexes: [1], hidden: 2)
    }
    await #expect(processExitsWith: .failure) {
      var out: [Float] = [0, 0]
      embedding(&out, tokens: [-1], positions: [0], tokenTable: [1, 2], positionTable: [1, 2], rows: 1, hidden: 2)
    }
    await #expect(processExitsWith: .failure) {
      var (dTokens, dPositions): ([Float], [Float]) = ([0, 0], [0, 0])
      embeddingBackward(&dTokens, &dPositions, [1, 1], tokens: [0], positions: [1], rows: 1, hidden: 2)
    }
  }
#endif
