import HoneKernels
import HoneSearch
import HoneTestSupport

/// Rows around a few middles, so that neighbours are not all equally far.
func clusteredRows(_ rows: Int, dimensions: Int, seed: Int, middles: Int = 40) -> [Float] {
  var random = Seeded(seed)
  let centres = random.values(middles * dimensions)
  return (0..<rows).flatMap { _ in
    let centre = random.number(0...middles - 1)
    let noise = random.values(dimensions)
    return (0..<dimensions).map { centres[centre * dimensions + $0] + 0.6 * noise[$0] }
  }
}

/// The truth by the metric's own definition.
func nearestByDefinition(
  _ query: [Float], _ rows: [UInt32: [Float]], metric: VectorMetric, topK: Int, allowed: RowSet? = nil
) -> [UInt32] {
  let there = rows.filter { allowed?.contains($0.key) != false }
  let scored: [(row: UInt32, score: Double)] = there.map { ($0.key, metric.score(query, $0.value)) }
  let sorted = scored.sorted { a, b in a.score > b.score || (a.score == b.score && a.row < b.row) }
  return sorted.prefix(topK).map(\.row)
}

/// The share of the wanted rows that were found.
func recall(_ found: [[Neighbour]], _ wanted: [[Neighbour]]) -> Double {
  var (hits, all) = (0, 0)
  for (found, wanted) in zip(found, wanted) {
    let rows = Set(found.map(\.row))
    hits += wanted.count { rows.contains($0.row) }
    all += wanted.count
  }
  return all == 0 ? 1 : Double(hits) / Double(all)
}

/// Row `index` of flat rows.
func row(_ index: Int, of x: [Float], dimensions: Int) -> [Float] {
  Array(x[index * dimensions..<(index + 1) * dimensions])
}
