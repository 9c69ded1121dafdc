import HoneKernels
import HoneSearch
import HoneTestSupport
import Testing

/// Of 20,000 rows: shares, one row, none; and rows that are all far from the queries.
@Test(arguments: VectorMetric.allCases, [10_000, 2_000, 200, 20, 1, 0])
func aFilterNeverLosesRows(metric: VectorMetric, matches: Int) throws {
  let dimensions = 24
  let index = try filteredIndex(metric)
  var random = Seeded(matches)
  let chosen = Array((0..<20_000).shuffled(using: &random).prefix(matches)).map { UInt32($0) }
  let allowed = RowSet(chosen)
  let queries = clusteredRows(25, dimensions: dimensions, seed: 2)
  let truth = try index.exact(queries: queries, topK: 10, allowed: allowed)
  for preset in SearchPreset.allCases {
    let found = try index.search(queries: queries, topK: 10, preset: preset, allowed: allowed)
    #expect(found.allSatisfy { $0.count == min(10, matches) && $0.allSatisfy { allowed.contains($0.row) } })
    if preset != .fast { #expect(recall(found, truth) >= 0.95, "\(metric) \(matches) \(preset)") }
  }
}

/// The worst filter: only rows that are far from the query, so that its nearest lists hold none that is allowed.
@Test(arguments: [2, 10, 100])
func rowsFarFromTheQueryAreFoundWhenTheyAreTheOnlyOnesAllowed(share: Int) throws {
  let dimensions = 24
  let index = try filteredIndex(.cosine)
  let queries = clusteredRows(20, dimensions: dimensions, seed: 2)
  var (found, truth): ([[Neighbour]], [[Neighbour]]) = ([], [])
  for query in 0..<20 {
    let query = row(query, of: queries, dimensions: dimensions)
    let allowed = RowSet(try index.exact(query, topK: 20_000).suffix(20_000 / share).map(\.row))
    let little = try index.search(query, topK: 10, effort: SearchEffort(probes: 1, rerank: 10), allowed: allowed)
    #expect(little.count == 10 && little.allSatisfy { allowed.contains($0.row) })
    found.append(try index.search(query, topK: 10, allowed: allowed))
    truth.append(try index.exact(query, topK: 10, allowed: allowed))
  }
  #expect(recall(found, truth) >= 0.95, "\(recall(found, truth))")
}

@Test func aFilterMayNameRowsThatAreNotThere() throws {
  var index = try sampleIndex(2_500)
  try index.remove(rows: [1, 2, 3])
  let query = row(0, of: clusteredRows(1, dimensions: 48, seed: 2), dimensions: 48)
  #expect(try index.search(query, topK: 5, allowed: RowSet([1, 2, 3, 4, 900_000])).map(\.row) == [4])
  #expect(try index.search(query, topK: 5, allowed: RowSet([1, 2_000_000])).isEmpty)
}

private func filteredIndex(_ metric: VectorMetric) throws -> VectorIndex {
  var index = try VectorIndex(dimensions: 24, metric: metric)
  try index.insert(clusteredRows(20_000, dimensions: 24, seed: 2), rows: (0..<20_000).map { UInt32($0) })
  return try index.trained(IndexTraining(lists: 128))
}
