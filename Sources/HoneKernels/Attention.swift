internal import CHoneKernels

// rows: tokens of all sequences    hidden: heads · headDim    qkv: queries, keys and values of each row side by side

/// What a query may look at: the keys up to its own, or all keys of its sequence.
package enum AttentionSight: Sendable { case causal, full }

/// Self-attention over packed sequences.
///
/// Formula: out = softmax(q · kᵀ / √headDim + distances, keys that the query may see) · v, per head.
/// Shapes: out (rows, hidden); logSumExp (rows, heads); qkv (rows, 3·hidden); sequence s is rows
/// offsets[s] ..< offsets[s + 1].
/// Source: Vaswani et al. 2017; scores are never stored for more than a few queries, as Dao et al. 2022.
package func attention(
  _ out: inout [Float], _ logSumExp: inout [Float], _ qkv: [Float], offsets: [Int], heads: Int, headDim: Int,
  sight: AttentionSight = .causal, distances: DistanceScores? = nil
) {
  let hidden = heads * headDim
  let rows = offsets.last ?? 0
  precondition(
    out.count >= rows * hidden && logSumExp.count >= rows * heads && qkv.count >= rows * 3 * hidden,
    "attention: out \(out.count), qkv \(qkv.count) for \(rows) rows of \(hidden)")
  let units = AttentionUnits(offsets: offsets, heads: heads)
  units.check(distances, headDim: headDim)
  unsafe withPointers(&out, &logSumExp) { out, logSumExp in
    unsafe withPointers(qkv, distances?.values ?? []) { qkv, scores in
      guard let out = unsafe out, let logSumExp = unsafe logSumExp, let qkv = unsafe qkv else { return }
      unsafe units.run { _, first, count, head, scratch in
        let start = unsafe qkv + first * 3 * hidden + head * headDim
        unsafe hone_attention(
          out + first * hidden + head * headDim, hidden, logSumExp + first * heads + head, heads,
          hone_attention_head(
            q: start, k: start + hidden, v: start + 2 * hidden, q_stride: 3 * hidden, kv_stride: 3 * hidden,
            rows: count, past: 0, head_dim: headDim, sees_all: sight == .full ? 1 : 0,
            distances: center(scores, head, distances)), scratch)
      } scratch: {
        hone_attention_scratch($0, headDim)
      }
    }
  }
}

/// The gradient of `attention`: dqkv = (rows, 3·hidden), overwritten. Probabilities are computed again.
///
/// Formula: with p the probabilities and s = dOut · vᵀ: dv = pᵀ · dOut; dq, dk from p · (s − dOut · out) / √headDim;
/// the gradient of a distance's score is the sum of p · (s − dOut · out) over all pairs so far apart.
/// Returns: the gradient of the scores of distances, (heads, 2·reach + 1); empty without these.
@discardableResult package func attentionBackward(
  _ dqkv: inout [Float], _ dOut: [Float], _ qkv: [Float], _ out: [Float], _ logSumExp: [Float], offsets: [Int],
  heads: Int, headDim: Int, sight: AttentionSight = .causal, distances: DistanceScores? = nil
) -> [Float] {
  let hidden = heads * headDim
  let rows = offsets.last ?? 0
  precondition(
    dqkv.count >= rows * 3 * hidden && dOut.count >= rows * hidden && out.count >= rows * hidden
      && logSumExp.count >= rows * heads && qkv.count >= rows * 3 * hidden,
    "attentionBackward: dqkv \(dqkv.count), dOut \(dOut.count) for \(rows) rows of \(hidden)")
  let units = AttentionUnits(offsets: offsets, heads: heads)
  units.check(distances, headDim: headDim)
  // Each unit adds up its own, so that the sums are the same with any number of threads.
  var parts = [Float](repeating: 0, count: (distances?.width ?? 0) * units.count)
  unsafe withPointers(&dqkv, &parts) { dqkv, parts in
    unsafe withPointers(dOut, out, distances?.values ?? []) { dOut, out, scores in
      unsafe withPointers(qkv, logSumExp) { qkv, logSumExp in
        guard let dqkv = unsafe dqkv, let dOut = unsafe dOut, let out = unsafe out,
          let qkv = unsafe qkv, let logSumExp = unsafe logSumExp
        else { return }
        unsafe units.run { unit, first, count, head, scratch in
          let start = unsafe qkv + first * 3 * hidden + head * headDim
          let place = first * hidden + head * headDim
          let d = unsafe dqkv + first * 3 * hidden + head * headDim
          let input = unsafe hone_attention_head(
            q: start, k: start + hidden, v: start + 2 * hidden, q_stride: 3 * hidden, kv_stride: 3 * hidden,
            rows: count, past: 0, head_dim: headDim, sees_all: sight == .full ? 1 : 0,
            distances: center(scores, head, distances))
          let dScores = unsafe center(parts, unit, distances)
          unsafe hone_attention_backward(
            d, d + hidden, d + 2 * hidden, 3 * hidden, dScores, dOut + place, out + place, hidden,
            logSumExp + first * heads + head, heads, input, scratch)
        } scratch: {
          hone_attention_scratch($0, headDim)
        }
      }
    }
  }
  return distances.map { units.summed(parts, $0) } ?? []
}

/// New rows of one cached sequence: `rowCount` rows of a batch from `firstRow` on, after `past` rows in the cache.
///
/// The sequence has `slots` slots of the cache to itself, the first of them `slot`.
package struct CachedRows: Sendable, Equatable {
  package var slot: Int
  package var slots: Int
  package var firstRow: Int
  package var rowCount: Int
  package var past: Int

  package init(slot: Int, slots: Int = 1, firstRow: Int, rowCount: Int, past: Int) {
    self.slot = slot
    self.slots = slots
    self.firstRow = firstRow
    self.rowCount = rowCount
    self.past = past
  }
}

/// Rows of the cache whose keys lie side by side.
package let cacheBlockRows = Int(HONE_CACHE_BLOCK)

/// Attention of new rows to all earlier rows of their sequences; their keys and values join the cache first.
///
/// An answer has the same bits however many rows come at a time, and whoever else is in the call.
/// Shapes: out (rows, hidden); qkv (rows, 3·hidden); values (slots, slotRows, hidden); keys the same in blocks of
/// `cacheBlockRows` rows, (blocks, hidden, cacheBlockRows), so that one dimension of several keys is a vector.
package func attentionCached(
  _ out: inout [Float], _ keys: inout [Float], _ values: inout [Float], _ qkv: [Float], sequences: [CachedRows],
  slotRows: Int, heads: Int, headDim: Int
) {
  let hidden = heads * headDim
  precondition(slotRows % cacheBlockRows == 0, "attentionCached: slots of \(slotRows) rows are no whole blocks")
  for sequence in sequences {
    let last = sequence.firstRow + sequence.rowCount
    precondition(
      min(sequence.slot, sequence.slots, sequence.firstRow, sequence.rowCount, sequence.past) >= 0,
      "attentionCached: \(sequence) has a number below zero")
    precondition(
      out.count >= last * hidden && qkv.count >= last * 3 * hidden
        && sequence.past + sequence.rowCount <= sequence.slots * slotRows
        && min(keys.count, values.count) >= (sequence.slot + sequence.slots) * slotRows * hidden,
      "attentionCached: rows up to \(last), \(sequence) in slots of \(slotRows) rows"
    )
  }
  let sequences = sequences.filter { $0.rowCount > 0 }
  unsafe withPointers(&out, &keys, &values) { out, keys, values in
    unsafe qkv.withUnsafeBufferPointer { qkv in
      guard let out = unsafe out, let keys = unsafe keys, let values = unsafe values, let qkv = qkv.baseAddress
      else { return }
      parallelRows(sequences.count * heads) { pieces in
        for index in pieces {
          let (sequence, head) = (sequences[index / heads], index % heads * headDim)
          let start = sequence.slot * slotRows * hidden
          let query = unsafe qkv + sequence.firstRow * 3 * hidden + head
          let scratch = hone_attention_cached_scratch(sequence.rowCount, sequence.past + sequence.rowCount, headDim)
          unsafe withScratch(scratch) { scratch in
            unsafe hone_attention_cached(
              out + sequence.firstRow * hidden + head, hidden,
              hone_cached_head(
                q: query, k: query + hidden, v: query + 2 * hidden, stride: 3 * hidden,
                keys: keys + start + head * cacheBlockRows, values: values + start + head,
                block_stride: hidden * cacheBlockRows, value_stride: hidden, rows: sequence.rowCount,
                past: sequence.past, head_dim: headDim), scratch)
          }
        }
      }
    }
  }
}

private func withScratch(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
  unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { buffer in
    if let start = buffer.baseAddress { unsafe body(start) }
  }
}

/// Where the distance 0 of the index-th row of scores lies; nil without scores.
private func center<Pointer: Strideable>(_ rows: Pointer?, _ index: Int, _ scores: DistanceScores?) -> Pointer?
where Pointer.Stride == Int {
  guard let rows, let scores else { return nil }
  return rows.advanced(by: index * scores.width + scores.reach)
}

/// The pieces of attention that do not depend on each other: every head of every sequence, long sequences first.
private struct AttentionUnits {
  private let sequences: [Range<Int>]
  private let heads: Int

  init(offsets: [Int], heads: Int) {
    precondition(offsets.first ?? 0 >= 0, "attention: the first of the offsets is \(offsets[0])")
    self.heads = heads
    sequences = zip(offsets, offsets.dropFirst()).map { $0..<$1 }.filter { !$0.isEmpty }.sorted { $0.count > $1.count }
  }

  var count: Int { sequences.count * heads }

  func check(_ distances: DistanceScores?, headDim: Int) {
    guard let distances else { return }
    let longest = sequences.first?.count ?? 0
    precondition(
      distances.heads == heads && distances.headDim == headDim && distances.reach + 1 >= longest,
      "attention: scores of \(distances.reach + 1) places and \(distances.heads) heads for \(longest) rows, \(heads) heads"
    )
  }

  /// The gradients of all units' scores, added up head by head. Shapes: parts (units, width); result (heads, width).
  func summed(_ parts: [Float], _ distances: DistanceScores) -> [Float] {
    let (width, scale) = (distances.width, Float(distances.headDim).squareRoot())
    var result = [Float](repeating: 0, count: heads * width)
    for unit in 0..<count {
      for place in 0..<width { result[unit % heads * width + place] += parts[unit * width + place] * scale }
    }
    return result
  }

  func run(
    _ body: (_ unit: Int, _ first: Int, _ count: Int, _ head: Int, _ scratch: UnsafeMutablePointer<Float>) -> Void,
    scratch: (Int) -> Int
  ) {
    parallelUnits(count) { unit in
      let rows = sequences[unit / heads]
      unsafe withScratch(scratch(rows.count)) { unsafe body(unit, rows.lowerBound, rows.count, unit % heads, $0) }
    }
  }
}
