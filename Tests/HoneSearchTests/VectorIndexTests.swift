import HoneKernels
import HoneSearch
import HoneTestSupport
import Testing

/// An index over clustered rows 0 ..< rows.
func sampleIndex(
  _ rows: Int = 4_000, dimensions: Int = 48, metric: VectorMetric = .cosine, encoding: RowEncoding = .bfloat16,
  seed: Int = 1
) throws -> VectorIndex {
  var index = try VectorIndex(dimensions: dimensions, metric: metric, encoding: encoding)
  try index.insert(clusteredRows(rows, dimensions: dimensions, seed: seed), rows: (0..<rows).map { UInt32($0) })
  return try index.trained(IndexTraining(lists: 64))
}

@Test(arguments: VectorMetric.allCases, RowEncoding.allCases)
func presetsFindTheShareTheyPromise(metric: VectorMetric, encoding: RowEncoding) throws {
  let index = try sampleIndex(metric: metric, encoding: encoding)
  index.checkInvariants()
  let queries = clusteredRows(200, dimensions: 48, seed: 1)
  let truth = try index.exact(queries: queries, topK: 10)
  for preset in SearchPreset.allCases {
    // 2,000 neighbours: three times the deviation of a share that is measured twice.
    let share = recall(try index.search(queries: queries, topK: 10, preset: preset), truth)
    #expect(share >= preset.recall - 0.03, "\(metric) \(encoding) \(preset): \(share)")
  }
}

@Test func theSameRowsAndSeedGiveTheSameAnswers() throws {
  let (a, b) = (try sampleIndex(), try sampleIndex())
  let queries = clusteredRows(50, dimensions: 48, seed: 3)
  #expect(SearchPreset.allCases.allSatisfy { a.effort($0) == b.effort($0) })
  #expect(try a.search(queries: queries, topK: 10) == b.search(queries: queries, topK: 10))
}

@Test func manyQueriesThroughTheIndexFindWhatEachFindsAlone() throws {
  let index = try sampleIndex()
  let queries = clusteredRows(40, dimensions: 48, seed: 3)
  let together = try index.search(queries: queries, topK: 10)
  for (number, found) in together.enumerated() {
    #expect(try index.search(row(number, of: queries, dimensions: 48), topK: 10) == found)
  }
}

@Test(arguments: [1, 2, 3, 5, 17, 130])
func anyNumberOfDimensionsIsCoded(dimensions: Int) throws {
  let index = try sampleIndex(2_500, dimensions: dimensions)
  index.checkInvariants()
  let queries = clusteredRows(30, dimensions: dimensions, seed: 9)
  let found = try index.search(queries: queries, topK: 5, effort: SearchEffort(probes: 64, rerank: 400))
  #expect(recall(found, try index.exact(queries: queries, topK: 5)) >= 0.95)
}

@Test func fewRowsAndManyAskedFor() throws {
  var index = try VectorIndex(dimensions: 3, metric: .l2)
  #expect(try index.search([1, 2, 3], topK: 10).isEmpty)
  #expect(try index.trained().search([1, 2, 3], topK: 10).isEmpty)
  try index.insert([0, 0, 0, 1, 1, 1], rows: [8, 3])
  #expect(try index.search([1, 1, 1], topK: 10).map(\.row) == [3, 8])
  #expect(try index.search([1, 1, 1], topK: 0).isEmpty)
  let trained = try index.trained(IndexTraining(lists: 2))
  trained.checkInvariants()
  #expect(try trained.search([1, 1, 1], topK: 10, effort: SearchEffort(probes: 1, rerank: 1)).map(\.row) == [3, 8])
}

@Test func equalRowsAreDividedAndFound() throws {
  var index = try VectorIndex(dimensions: 8, metric: .cosine)
  try index.insert([Float](repeating: 1, count: 8 * 3_000), rows: (0..<3_000).map { UInt32($0) })
  let trained = try index.trained(IndexTraining(lists: 16))
  trained.checkInvariants()
  #expect(try trained.search([Float](repeating: 2, count: 8), topK: 5).map(\.row) == [0, 1, 2, 3, 4])
}

@Test func badRequestsToAnIndexAreRefused() throws {
  var index = try sampleIndex(2_100, dimensions: 4)
  let good: [Float] = [1, 2, 3, 4]
  #expect(throws: VectorError.wrongCount(expected: 4, found: 3)) { try index.search([1, 2, 3], topK: 1) }
  #expect(throws: VectorError.notUsable(index: 0)) { try index.search([1, 2, 3, .nan], topK: 1) }
  #expect(throws: VectorError.rowTaken(5)) { try index.insert(good, rows: [5]) }
  #expect(throws: VectorError.rowTaken(9_000)) { try index.insert(good + good, rows: [9_000, 9_000]) }
  #expect(throws: VectorError.noRow(9_000)) { try index.update(good, rows: [9_000]) }
  #expect(throws: VectorError.noRow(9_000)) { try index.remove(rows: [0, 9_000]) }
  #expect(throws: VectorError.reservedRow(.max)) { try index.insert(good, rows: [.max]) }
  #expect(throws: VectorError.wrongCount(expected: 4, found: 8)) { try index.insert(good + good, rows: [9_001]) }
  #expect(throws: VectorError.notUsable(index: 1)) {
    try index.insert(good + [0, 0, .infinity, 0], rows: [9_001, 9_002])
  }
  #expect(throws: VectorError.self) { try index.search(good, topK: 1, effort: SearchEffort(probes: 0, rerank: 1)) }
  #expect(throws: VectorError.self) { try index.search(good, topK: Int.max) }
  #expect(throws: VectorError.self) { try index.trained(IndexTraining(lists: 5_000)) }
  #expect(throws: VectorError.self) { try index.trained(IndexTraining(groups: 1_000)) }
  #expect(index.count == 2_100)
  index.checkInvariants()
}
