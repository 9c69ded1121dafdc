import HoneKernels
import HoneTestSupport
import Testing

/// A cache of several slots beside what all sequences have held so far.
private struct Conversation {
  let heads, headDim, slotRows: Int
  var keys, values: [Float]
  /// Queries, keys and values of every row so far, for each slot.
  var history: [[Float]]
  var random: Seeded

  var hidden: Int { heads * headDim }

  init(heads: Int, headDim: Int, slots: Int, slotRows: Int, seed: UInt64) {
    (self.heads, self.headDim, self.slotRows) = (heads, headDim, slotRows)
    history = [[Float]](repeating: [], count: slots)
    // Places that no row has filled yet must not be read.
    keys = [Float](repeating: .nan, count: slots * slotRows * heads * headDim)
    values = keys
    random = Seeded(seed)
  }

  /// Rows in the cache of a slot.
  func past(_ slot: Int) -> Int { history[slot].count / (3 * hidden) }

  /// Adds new rows to some slots in one call; gives what they found, and how the formula answers.
  mutating func add(_ newRows: [(slot: Int, count: Int)]) -> LoopOutput {
    let width = 3 * hidden
    var sequences: [CachedRows] = []
    var qkv: [Float] = []
    for (slot, count) in newRows {
      let rows = random.values(count * width).map { $0 * 3 }
      sequences.append(CachedRows(slot: slot, firstRow: qkv.count / width, rowCount: count, past: past(slot)))
      history[slot] += rows
      qkv += rows
    }
    var out = [Float](repeating: .nan, count: qkv.count / 3)
    attentionCached(
      &out, &keys, &values, qkv, sequences: sequences, slotRows: slotRows, heads: heads, headDim: headDim)
    return LoopOutput("out", out, within: 1e-5) { [self] in
      sequences.flatMap { sequence in
        let reference = AttentionReference(
          history[sequence.slot], offsets: [0, past(sequence.slot)], heads: heads, headDim: headDim)
        return reference.out()[(sequence.past * hidden)...].prefix(sequence.rowCount * hidden)
      }
    }
  }
}

private func wholeBlocks(_ rows: Int) -> Int { (rows + cacheBlockRows - 1) / cacheBlockRows * cacheBlockRows }

/// heads, headDim, then rows of a first question; the answers that follow come row by row and in small groups.
private let shapes = [[1, 1, 1], [2, 3, 5], [3, 17, 31], [1, 33, 32], [2, 64, 33], [4, 16, 64], [1, 100, 7]]

let cachedAttentionLoops = [
  Loop(name: "attentionCached", shapes: shapes, large: [5, 40, 301]) { shape, seed in
    var talk = Conversation(
      heads: shape[0], headDim: shape[1], slots: 4, slotRows: wholeBlocks(shape[2] + 60), seed: seed)
    return [
      talk.add([(2, shape[2])]), talk.add([(2, 1)]), talk.add([(0, 3), (2, 1), (3, shape[2])]),
      talk.add([(0, 1), (2, 33)]),
      talk.add([(3, 2), (0, 0), (1, 1)]),
    ]
  }
]

@Test(arguments: [1, 2, 31, 32, 33, 70])
func theCacheGivesWhatTheWholeSequenceGives(step: Int) {
  let (heads, headDim, rows) = (2, 24, 70)
  let hidden = heads * headDim
  var random = Seeded(5)
  let qkv = random.values(rows * 3 * hidden)
  var (whole, logSumExp) = ([Float](repeating: 0, count: rows * hidden), [Float](repeating: 0, count: rows * heads))
  attention(&whole, &logSumExp, qkv, offsets: [0, rows], heads: heads, headDim: headDim)
  let slotRows = wholeBlocks(rows)
  var keys = [Float](repeating: 0, count: slotRows * hidden)
  var values = keys
  for past in stride(from: 0, to: rows, by: step) {
    let count = min(step, rows - past)
    var out = [Float](repeating: .nan, count: count * hidden)
    attentionCached(
      &out, &keys, &values, Array(qkv[(past * 3 * hidden)..<((past + count) * 3 * hidden)]),
      sequences: [CachedRows(slot: 0, firstRow: 0, rowCount: count, past: past)], slotRows: slotRows, heads: heads,
      headDim: headDim)
    let wanted = whole[(past * hidden)..<((past + count) * hidden)].map(Double.init)
    #expect(largestProductDifference(out, wanted) <= 2e-6, "\(count) rows after \(past)")
  }
}

@Test(arguments: [[1, 64], [3, 17], [2, 32]])
func answersHaveTheSameBitsHoweverManyRowsComeAtATime(shape: [Int]) {
  let (heads, headDim, rows) = (shape[0], shape[1], 150)
  let hidden = heads * headDim
  var random = Seeded(8)
  let qkv = random.values(rows * 3 * hidden).map { $0 * 2 }
  func answer(step: Int) -> [UInt32] {
    var keys = [Float](repeating: .nan, count: wholeBlocks(rows) * hidden)
    var values = keys
    var all: [Float] = []
    for past in stride(from: 0, to: rows, by: step) {
      let count = min(step, rows - past)
      var out = [Float](repeating: .nan, count: count * hidden)
      attentionCached(
        &out, &keys, &values, Array(qkv[(past * 3 * hidden)..<((past + count) * 3 * hidden)]),
        sequences: [CachedRows(slot: 0, firstRow: 0, rowCount: count, past: past)], slotRows: wholeBlocks(rows),
        heads: heads, headDim: headDim)
      all += out
    }
    return all.map(\.bitPattern)
  }
  let whole = answer(step: rows)
  for step in [1, 2, 7, 16, 31, 33, 64] { #expect(answer(step: step) == whole, "\(step) rows at a time") }
}

@Test func keysAndValuesGoToTheirOwnPlacesAlone() {
  let block = cacheBlockRows
  var (keys, values) = ([Float](repeating: 9, count: 4 * block), [Float](repeating: 9, count: 4 * block))
  var out = [Float](repeating: 9, count: 6)
  attentionCached(
    &out, &keys, &values, [1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60],
    sequences: [CachedRows(slot: 1, firstRow: 1, rowCount: 1, past: 2)], slotRows: block, heads: 1, headDim: 2)
  var (wantedKeys, wantedValues) = ([Float](repeating: 9, count: 4 * block), [Float](repeating: 9, count: 4 * block))
  (wantedKeys[2 * block + 2], wantedKeys[3 * block + 2]) = (30, 40)
  (wantedValues[2 * block + 4], wantedValues[2 * block + 5]) = (50, 60)
  #expect(keys == wantedKeys && values == wantedValues)
  #expect(out[..<2] == [9, 9] && out[4...] == [9, 9] && out[2...3].allSatisfy { $0.isFinite })
  attentionCached(&out, &keys, &values, [], sequences: [], slotRows: block, heads: 1, headDim: 2)
}

#if os(Linux) || os(macOS)
  /// A cache of one block, for one head of one dimension.
  private let block = [Float](repeating: 0, count: cacheBlockRows)

  @Test func rowsThatDoNotFitTheCacheAreRefused() async {
    await #expect(processExitsWith: .failure) {
      var (out, keys, values): ([Float], [Float], [Float]) = ([0], block, block)
      attentionCached(
        &out, &keys, &values, [1, 2, 3], sequences: [CachedRows(slot: 0, firstRow: 0, rowCount: 1, past: block.count)],
        slotRows: block.count, heads: 1, headDim: 1)
    }
    await #expect(processExitsWith: .failure) {
      var (out, keys, values): ([Float], [Float], [Float]) = ([0], block, block)
      attentionCached(
        &out, &keys, &values, [1, 2, 3], sequences: [CachedRows(slot: 1, firstRow: 0, rowCount: 1, past: 0)],
        slotRows: block.count, heads: 1, headDim: 1)
    }
  }

  @Test(arguments: [[-1, 0, 1, 0], [0, -1, 1, 0], [0, 1, -1, 0], [0, 0, 1, -1]])
  func placesBelowZeroAreRefused(place: [Int]) async {
    await #expect(processExitsWith: .failure) { [place = place as [Int]] in
      var (out, keys, values): ([Float], [Float], [Float]) = ([0, 0], block, block)
      attentionCached(
        &out, &keys, &values, [1, 2, 3, 4, 5, 6],
        sequences: [CachedRows(slot: place[0], firstRow: place[1], rowCount: place[2], past: place[3])],
        slotRows: block.count, heads: 1, headDim: 1)
    }
  }

  @Test(arguments: [[-1, 1], [0, 2, 1]])
  func sequencesThatDoNotFollowEachOtherAreRefused(offsets: [Int]) async {
    await #expect(processExitsWith: .failure) { [offsets = offsets as [Int]] in
      var (out, logSumExp): ([Float], [Float]) = ([0, 0], [0, 0])
      attention(&out, &logSumExp, [1, 2, 3, 4, 5, 6], offsets: offsets, heads: 1, headDim: 1)
    }
  }
#endif
