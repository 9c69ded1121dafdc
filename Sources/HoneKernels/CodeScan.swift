internal import CHoneKernels

/// Codes of rows in lists, end to end, and which rows they are.
///
/// ```
/// list 0: blocks of 32 rows   places 0 ..< starts[1]
/// list 1: …                   places starts[1] ..< starts[2]
/// ```
package struct CodeLists: Sendable {
  /// The first place of each list, and after the last one. Shapes: (lists + 1).
  package let starts: [UInt32]
  fileprivate let blocks: [UInt32]  // (lists + 1) likewise, of blocks

  /// nil where the counts do not fit 32 bits.
  package init?(counts: [UInt32]) {
    var starts: [UInt32] = [0]
    var blocks: [UInt32] = [0]
    for count in counts {
      let (next, overflow) = (starts.last ?? 0).addingReportingOverflow(count)
      guard !overflow, next < UInt32.max else { return nil }
      starts.append(next)
      blocks.append((blocks.last ?? 0) + (count + 31) / 32)
    }
    (self.starts, self.blocks) = (starts, blocks)
  }

  package var count: Int { starts.count - 1 }

  /// Places of one list.
  package func places(_ list: Int) -> Range<Int> { Int(starts[list])..<Int(starts[list + 1]) }

  /// The list that holds a place. Complexity: O(log lists).
  package func list(at place: Int) -> Int {
    var (low, high) = (0, count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if Int(starts[middle]) <= place { low = middle } else { high = middle }
    }
    return low
  }

  /// Blocks of all lists.
  package var blockCount: Int { Int(blocks.last ?? 0) }

  /// Where the codes of a list begin, in blocks.
  package func firstBlock(_ list: Int) -> Int { Int(blocks[list]) }
}

/// A set of row numbers as bits, for filters: a bit for every number up to the largest.
package struct RowSet: Sendable {
  fileprivate private(set) var words: [UInt64]
  /// How many rows are in it.
  package private(set) var count: Int

  /// Rows below `bits` can be members; none is at first.
  package init(rowsBelow bits: Int) {
    precondition(bits >= 0, "rows below \(bits)")
    words = [UInt64](repeating: 0, count: (bits + 63) / 64)
    count = 0
  }

  package init(_ rows: some Collection<UInt32>) {
    self.init(rowsBelow: rows.max().map { Int($0) + 1 } ?? 0)
    for row in rows { insert(row) }
  }

  /// Makes room where the row is beyond the last one.
  package mutating func insert(_ row: UInt32) {
    let word = Int(row / 64)
    if word >= words.count { words += [UInt64](repeating: 0, count: word + 1 - words.count) }
    let bit = UInt64(1) << UInt64(row % 64)
    if words[word] & bit == 0 { count += 1 }
    words[word] |= bit
  }

  /// The rows that are in both.
  package func intersection(_ other: RowSet) -> RowSet {
    var result = self
    result.words = zip(words, other.words).map(&)
    result.count = result.words.reduce(0) { $0 + $1.nonzeroBitCount }
    return result
  }

  package func contains(_ row: UInt32) -> Bool {
    let word = Int(row / 64)
    return word < words.count && words[word] >> UInt64(row % 64) & 1 == 1
  }
}

/// The rows that may be among the best, by estimates from codes: the larger estimate first, the lower row among equals.
package struct CodeRanking {
  private var candidates: [hone_candidate]
  private var count = 0
  private var least = -Float.infinity
  /// How many are wanted.
  package let keep: Int

  /// Keeps the best `keep` of all that are scanned.
  package init(keep: Int) {
    precondition(keep > 0 && keep <= 1 << 24, "\(keep) candidates")
    self.keep = keep
    candidates = [hone_candidate](repeating: hone_candidate(), count: max(2 * keep, keep + 64))
  }

  /// Scans some lists; returns how many of their rows are there and allowed, or all of them without a filter.
  ///
  /// Shapes: chosen (lists that are scanned); bases (all lists), which with `offset` are the estimate of a row whose
  /// sum is 0; codes: all blocks of `lists`; rows: of each place, `UInt32.max` where there is none any more.
  package mutating func scan(
    _ lists: CodeLists, chosen: ArraySlice<UInt32>, bases: ArraySlice<Float>, offset: Float, codes: RawSpan,
    groups: Int, tables: CodeTables, rows: [UInt32], allowed: RowSet?
  ) -> Int {
    precondition(codes.byteCount >= lists.blockCount * groups * 16, "codes of \(codes.byteCount) bytes")
    precondition(rows.count >= Int(lists.starts.last ?? 0), "\(rows.count) rows")
    precondition(bases.count == lists.count && chosen.allSatisfy { Int($0) < lists.count }, "\(bases.count) bases")
    return unsafe withScan(codes, groups, tables, rows, allowed) { candidates, scan in
      unsafe withPointers(lists.starts, lists.blocks) { starts, blocks in
        unsafe chosen.withUnsafeBufferPointer { chosen in
          unsafe bases.withUnsafeBufferPointer { bases in
            unsafe hone_scan_lists(
              candidates, scan, starts, blocks, chosen.baseAddress, chosen.count, bases.baseAddress, offset)
          }
        }
      }
    }
  }

  /// Scans one list whose rows are at `places`.
  package mutating func scan(
    places: [UInt32], base: Float, codes: RawSpan, groups: Int, tables: CodeTables, rows: [UInt32], allowed: RowSet?
  ) -> Int {
    precondition(codes.byteCount >= (places.count + 31) / 32 * groups * 16, "codes of \(codes.byteCount) bytes")
    precondition(places.allSatisfy { Int($0) < rows.count }, "a place outside \(rows.count) rows")
    return unsafe withScan(codes, groups, tables, rows, allowed) { candidates, scan in
      unsafe places.withUnsafeBufferPointer {
        unsafe hone_scan_places(candidates, scan, $0.baseAddress, places.count, base)
      }
    }
  }

  /// How many candidates there are, at most `keep`.
  package var found: Int { min(count, keep) }

  /// The best, in order. Shapes: (found).
  package mutating func best() -> [(place: UInt32, row: UInt32, estimate: Float)] {
    unsafe withCandidates { unsafe hone_finish_candidates($0) }
    return candidates[..<count].map { ($0.place, $0.row, $0.estimate) }
  }

  /// The estimate of the last of the best `count`; −∞ where there are fewer.
  package func estimate(ofBest count: Int) -> Float {
    let estimates = candidates[..<self.count].map(\.estimate).sorted(by: >)
    return count > 0 && count <= estimates.count ? estimates[count - 1] : -.infinity
  }

  /// Where the best are, in no order. Shapes: (found).
  package mutating func bestPlaces() -> [UInt32] {
    unsafe withCandidates { unsafe hone_prune_candidates($0) }
    return candidates[..<count].map(\.place)
  }

  /// Forgets everything, for the next query.
  package mutating func clear() {
    count = 0
    least = -.infinity
  }

  private mutating func withCandidates<Result>(_ body: (UnsafeMutablePointer<hone_candidates>) -> Result) -> Result {
    var (count, least) = (count, least)
    let keep = keep
    let result = unsafe candidates.withUnsafeMutableBufferPointer { buffer in
      var state = unsafe hone_candidates(
        candidates: buffer.baseAddress, count: count, capacity: buffer.count, keep: keep, least: least)
      let result = unsafe body(&state)
      unsafe (count, least) = (state.count, state.least)
      return result
    }
    (self.count, self.least) = (count, least)
    return result
  }

  private mutating func withScan(
    _ codes: RawSpan, _ groups: Int, _ tables: CodeTables, _ rows: [UInt32], _ allowed: RowSet?,
    _ body: (UnsafeMutablePointer<hone_candidates>, UnsafePointer<hone_code_scan>) -> Int
  ) -> Int {
    precondition(tables.entries.count == groups * 16, "tables of \(tables.entries.count) bytes for \(groups) groups")
    let bits = allowed?.words ?? []
    return unsafe codes.withUnsafeBytes { codes in
      unsafe withPointers(tables.entries, rows, bits) { entries, rows, bits_ in
        let first = unsafe codes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        return unsafe withCandidates { candidates in
          var scan = unsafe hone_code_scan(
            codes: first, tables: entries, groups: groups, most: tables.most, step: tables.step, rows: rows,
            allowed: nil, allowed_rows: bits.count * 64)
          // An empty set allows nothing, but has no address.
          var nothing: UInt64 = 0
          return unsafe withUnsafePointer(to: &nothing) { nothing in
            if allowed != nil { unsafe scan.allowed = bits_ ?? nothing }
            return unsafe body(candidates, &scan)
          }
        }
      }
    }
  }
}

/// The lists with the largest product + bias, in order, the first one first among equals.
///
/// Shapes: products (lists); biases (lists) or empty; result (count).
package func orderedLists(_ products: ArraySlice<Float>, biases: [Float], count: Int) -> [UInt32] {
  precondition(count >= 0 && count <= products.count, "\(count) of \(products.count) lists")
  precondition(biases.isEmpty || biases.count == products.count, "\(biases.count) biases of \(products.count)")
  guard count > 0 else { return [] }
  return unsafe [UInt32](unsafeUninitializedCapacity: count) { order, filled in
    let order = order.baseAddress
    unsafe withUnsafeTemporaryAllocation(of: hone_candidate.self, capacity: products.count) { scratch in
      unsafe products.withUnsafeBufferPointer { products in
        unsafe biases.withUnsafeBufferPointer { biases in
          unsafe hone_order_lists(
            order, products.baseAddress, biases.isEmpty ? nil : biases.baseAddress, products.count, count,
            scratch.baseAddress)
        }
      }
    }
    filled = count
  }
}
