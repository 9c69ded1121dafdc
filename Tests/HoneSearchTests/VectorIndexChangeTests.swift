import HoneKernels
import HoneSearch
import HoneTestSupport
import Testing

@Test(arguments: 0..<6)
func anIndexFollowsEveryChange(seed: Int) throws {
  let dimensions = 12
  let metric = VectorMetric.allCases[seed % 3]
  var random = Seeded(seed)
  var index = try VectorIndex(dimensions: dimensions, metric: metric, encoding: RowEncoding.allCases[seed / 2])
  var rows: [UInt32: [Float]] = [:]
  for step in 0..<40 {
    let some = Array(Set((0..<random.number(1...60)).map { _ in UInt32(random.number(0...900)) })).sorted()
    let vectors = random.values(some.count * dimensions)
    switch random.number(0...4) {
    case 0, 1:
      try index.upsert(vectors, rows: some)
      for (at, number) in some.enumerated() { rows[number] = row(at, of: vectors, dimensions: dimensions) }
    case 2:
      let new = some.filter { rows[$0] == nil }
      try index.insert(Array(vectors[..<(new.count * dimensions)]), rows: new)
      for (at, number) in new.enumerated() { rows[number] = row(at, of: vectors, dimensions: dimensions) }
    case 3:
      let old = some.filter { rows[$0] != nil }
      try index.remove(rows: old)
      for number in old { rows[number] = nil }
    default:
      if rows.count > 30 && step % 3 == 0 { index = try index.trained(IndexTraining(lists: 8, seed: UInt64(step))) }
      if step % 4 == 0 { index = index.compacted() }
    }
    index.checkInvariants()
    #expect(index.count == rows.count)
    // Everything is looked at: the index must then name the rows that the exact scan names.
    let query = random.values(dimensions)
    let all = SearchEffort(probes: 8, rerank: 1_000)
    let found = try index.search(query, topK: 10, effort: all)
    #expect(found == (try index.exact(query, topK: 10)), "seed \(seed), step \(step)")
    #expect(Set(found.map(\.row)).isSubset(of: rows.keys) && found.count == min(10, rows.count))
  }
}

@Test func aChangedRowIsFoundWhereItIsNow() throws {
  var index = try sampleIndex()
  let mark = row(0, of: clusteredRows(1, dimensions: 48, seed: 77), dimensions: 48)
  try index.update(mark, rows: [123])
  #expect(try index.search(mark, topK: 1).first?.row == 123)
  try index.insert(mark, rows: [70_000])
  #expect(try index.search(mark, topK: 2).map(\.row) == [123, 70_000])
  try index.remove(rows: [123])
  #expect(try index.search(mark, topK: 1).map(\.row) == [70_000])
  #expect(index.drift > 0 && index.drift < 0.01)
  index.checkInvariants()
}

@Test func compactingChangesNoAnswer() throws {
  var index = try sampleIndex()
  try index.remove(rows: (0..<4_000).filter { $0 % 5 == 0 }.map { UInt32($0) })
  try index.insert(clusteredRows(900, dimensions: 48, seed: 21), rows: (5_000..<5_900).map { UInt32($0) })
  let queries = clusteredRows(60, dimensions: 48, seed: 22)
  let compacted = index.compacted()
  compacted.checkInvariants()
  for preset in SearchPreset.allCases {
    let effort = index.effort(preset)
    #expect(
      try compacted.search(queries: queries, topK: 10, effort: effort)
        == index.search(queries: queries, topK: 10, effort: effort))
  }
}
