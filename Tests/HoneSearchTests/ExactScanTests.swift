import HoneKernels
import HoneSearch
import HoneTestSupport
import Testing

@Test(arguments: VectorMetric.allCases, [1, 3, 17, 64, 100])
func theExactScanGivesTheNearestRows(metric: VectorMetric, dimensions: Int) throws {
  let x = clusteredRows(300, dimensions: dimensions, seed: dimensions)
  let scan = try ExactScan(x, dimensions: dimensions, metric: metric)
  let rows = Dictionary(uniqueKeysWithValues: (0..<300).map { (UInt32($0), row($0, of: x, dimensions: dimensions)) })
  for seed in 0..<5 {
    var random = Seeded(seed)
    let query = random.values(dimensions)
    let found = try scan.search(query, topK: 10)
    let wanted = nearestByDefinition(query, rows, metric: metric, topK: 10)
    // Sums of float32 may change places of rows that are equally near to six digits.
    for (a, b) in zip(found, wanted) {
      let difference = metric.score(query, rows[b] ?? []) - Double(a.score)
      #expect(abs(difference) <= 1e-4, "\(metric) seed \(seed): \(a) in the place of \(b)")
    }
    #expect(found.count == 10)
  }
}

@Test(arguments: VectorMetric.allCases, RowEncoding.allCases)
func manyQueriesAtOnceFindWhatEachFindsAlone(metric: VectorMetric, encoding: RowEncoding) throws {
  let dimensions = 33
  let x = clusteredRows(9_000, dimensions: dimensions, seed: 4)
  let scan = try ExactScan(x, dimensions: dimensions, metric: metric, encoding: encoding)
  let queries = clusteredRows(20, dimensions: dimensions, seed: 5)
  let some = RowSet((0..<9_000).filter { $0 % 3 == 0 }.map { UInt32($0) })
  let few = RowSet([7, 8, 4_000])
  for allowed in [nil, some, few] {
    let together = try scan.search(queries: queries, topK: 7, allowed: allowed)
    for (index, found) in together.enumerated() {
      #expect(found == (try scan.search(row(index, of: queries, dimensions: dimensions), topK: 7, allowed: allowed)))
      #expect(found.allSatisfy { allowed?.contains($0.row) != false })
    }
  }
}

@Test(arguments: VectorMetric.allCases)
func theScanOfBytesFindsWhatTheExactScanFinds(metric: VectorMetric) throws {
  let dimensions = 96
  let x = clusteredRows(5_000, dimensions: dimensions, seed: 6)
  let scan = try ExactScan(x, dimensions: dimensions, metric: metric, withBytes: true)
  let queries = clusteredRows(50, dimensions: dimensions, seed: 7)
  let found = try (0..<50).map {
    try scan.searchByBytes(row($0, of: queries, dimensions: dimensions), topK: 10, rerank: 40)
  }
  #expect(recall(found, try scan.search(queries: queries, topK: 10)) >= 0.99)
}

@Test func rowsThatAreEquallyNearStandInTheirOrder() throws {
  let scan = try ExactScan([Float](repeating: 1, count: 40), dimensions: 4, metric: .cosine)
  #expect(try scan.search([1, 0, 0, 0], topK: 4).map(\.row) == [0, 1, 2, 3])
  #expect(try scan.search([1, 0, 0, 0], topK: 99).map(\.row) == Array(0..<10))
  #expect(try scan.search([1, 0, 0, 0], topK: 3, allowed: RowSet([9, 4])).map(\.row) == [4, 9])
  #expect(try scan.search([1, 0, 0, 0], topK: 3, allowed: RowSet(rowsBelow: 0)).isEmpty)
}

@Test func whatCannotBeComparedIsRefused() throws {
  let scan = try ExactScan([1, 2, 3, 4], dimensions: 2, metric: .dot)
  #expect(throws: VectorError.wrongCount(expected: 2, found: 3)) { try scan.search([1, 2, 3], topK: 1) }
  #expect(throws: VectorError.wrongCount(expected: 2, found: 0)) { try scan.search([], topK: 1) }
  for bad in [Float.nan, .infinity, -.infinity, 1e20] {
    #expect(throws: VectorError.notUsable(index: 0)) { try scan.search([0, bad], topK: 1) }
    #expect(throws: VectorError.notUsable(index: 1)) {
      try ExactScan([0, 0, 0, bad], dimensions: 2, metric: .cosine)
    }
  }
  #expect(throws: VectorError.self) { try scan.search([0, 1], topK: -1) }
  #expect(throws: VectorError.self) { try ExactScan([], dimensions: 0, metric: .dot) }
  #expect(try ExactScan([], dimensions: 3, metric: .l2).search([1, 2, 3], topK: 5).isEmpty)
}
