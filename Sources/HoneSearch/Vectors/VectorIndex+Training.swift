internal import Foundation
internal import HoneKernels

/// Rows that axes and words are learnt from, for each word.
private let sampleRows = 16_384

/// Rows for each list that middles are learnt from.
private let rowsOfList = 64

extension VectorIndex {
  /// The same rows divided into lists anew; rows that were removed are gone from its memory.
  ///
  /// Below `fewRows` rows nothing is divided. Threads share the work.
  /// Complexity: O(rows · lists · dimensions) in 8-bit products, and O(dimensions³).
  package func trained(_ training: IndexTraining = IndexTraining()) throws(VectorError) -> VectorIndex {
    let lists = training.lists ?? Self.usualLists(rows: count)
    let groups = training.groups ?? min(CodeWords.mostGroups, max(4, (dimensions + 3) / 4))
    guard (1...max(1, count)).contains(lists) else {
      throw .badSetting(name: "lists", found: lists, allowed: 1...max(1, count))
    }
    guard (4...CodeWords.mostGroups).contains(groups) else {
      throw .badSetting(name: "groups", found: groups, allowed: 4...CodeWords.mostGroups)
    }
    let living = table.rows.indices.filter { table.isThere($0, nil) }.map { UInt32($0) }
    guard count >= Self.fewRows || training.lists != nil, count > 0 else {
      return VectorIndex(table: table.selecting(living), trained: nil)
    }
    var random = RandomGenerator(seed: training.seed)
    let sample = Self.drawn(living, min(count, lists * rowsOfList), &random)
    let centroids = ListCentroids(of: table.vectors, sample: sample, lists: lists, rounds: 8, random: &random)
    let assigned = centroids.nearest(count) { table.vectors.floats(at: living[$0]) }
    let space = learntSpace(living, assigned, centroids, groups: groups, random: &random)
    var result = divided(living, assigned, centroids, space)
    result.measureEfforts(random: &random)
    return result
  }

  /// About 3.2 times the root of the rows, in whole panels of products where there are many.
  private static func usualLists(rows: Int) -> Int {
    let lists = Int((3.2 * Double(rows).squareRoot()).rounded())
    return min(max(1, rows), lists < 64 ? max(1, lists) : lists / 32 * 32)
  }

  /// Some rows by chance, in their own order.
  private static func drawn(_ rows: [UInt32], _ wanted: Int, _ random: inout RandomGenerator) -> [UInt32] {
    guard wanted < rows.count else { return rows }
    var (result, left): ([UInt32], Int) = ([], wanted)
    for (index, row) in rows.enumerated() where Int.random(in: 0..<rows.count - index, using: &random) < left {
      result.append(row)
      left -= 1
    }
    return result
  }

  private func learntSpace(
    _ living: [UInt32], _ assigned: [UInt32], _ centroids: ListCentroids, groups: Int, random: inout RandomGenerator
  ) -> CodeSpace {
    let chosen = Self.drawn(living.indices.map { UInt32($0) }, min(count, sampleRows), &random)
    let x = table.vectors.floats(at: chosen.map { living[Int($0)] })
    let differences = centroids.differences(x, chosen.map { assigned[Int($0)] })
    let halves = chosen.indices.map { halfSquare(x[$0 * dimensions..<($0 + 1) * dimensions]) }
    return CodeSpace(
      of: differences, halves: metric == .l2 ? halves : nil, dimensions: dimensions, groups: groups, random: &random)
  }

  /// Rows in the order of their lists, with their codes. Shapes: living, assigned (rows).
  private func divided(
    _ living: [UInt32], _ assigned: [UInt32], _ centroids: ListCentroids, _ space: CodeSpace
  ) -> VectorIndex {
    var members = [[Int]](repeating: [], count: centroids.count)
    for (index, list) in assigned.enumerated() { members[Int(list)].append(index) }
    let order = members.flatMap { $0.map { living[$0] } }
    let counts = members.map { UInt32($0.count) }
    let table = table.selecting(order)
    guard let lists = CodeLists(counts: counts) else { preconditionFailure("\(order.count) rows") }
    let empty = TrainedLists(centroids: centroids, space: space, lists: lists, codes: .owned([]), efforts: [])
    // A list's blocks depend on that list alone.
    let blocks = parallelMap(centroids.count) { list in
      let rows = lists.places(list)
      var blocks = [UInt8](repeating: 0, count: space.words.bytes(rows: rows.count))
      let own = [UInt32](repeating: UInt32(list), count: rows.count)
      let codes = rows.isEmpty ? [] : empty.codes(table.vectors.floats(rows), own)
      for slot in 0..<rows.count {
        space.words.place(codes[slot * empty.groups..<(slot + 1) * empty.groups], in: &blocks, at: slot)
      }
      return blocks
    }
    let trained = TrainedLists(
      centroids: centroids, space: space, lists: lists, codes: .owned(Array(blocks.joined())), efforts: [])
    return VectorIndex(table: table, trained: trained)
  }
}
