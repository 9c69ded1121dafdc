internal import Foundation
package import HoneKernels

/// Queries that share the products with middles and axes.
private let queriesTogether = 16

/// The most rows that can be asked for.
private let mostRows = 1 << 20

/// - Throws: `VectorError.badSetting` for a count of neighbours that is negative or beyond all sense.
func checkTopK(_ topK: Int) throws(VectorError) {
  guard (0...mostRows).contains(topK) else {
    throw .badSetting(name: "topK", found: topK, allowed: 0...mostRows)
  }
}

extension VectorIndex {
  /// The nearest of the allowed rows, by the index.
  ///
  /// Never fewer than the smaller of `topK` and the allowed rows that are there. Among few allowed rows all are
  /// compared; otherwise the search goes on through lists until it has seen as many allowed rows as it would see
  /// without a filter. Runs on the calling thread.
  package func search(
    _ query: [Float], topK: Int, preset: SearchPreset = .balanced, allowed: RowSet? = nil
  ) throws(VectorError) -> [Neighbour] {
    try search(query, topK: topK, effort: effort(preset, topK: topK), allowed: allowed)
  }

  /// The same with an effort of the caller's.
  package func search(
    _ query: [Float], topK: Int, effort: SearchEffort, allowed: RowSet? = nil
  ) throws(VectorError) -> [Neighbour] {
    let query = try table.preparedQuery(query)
    try check(topK, effort)
    guard let trained, !isNarrow(allowed, effort) else { return table.nearest(query, topK: topK, allowed: allowed) }
    return nearest(query, topK, effort, allowed, trained).first ?? []
  }

  /// The nearest rows of many queries, which threads share; the same as one by one.
  ///
  /// Shapes: queries (queries, dimensions); result (queries).
  package func search(
    queries: [Float], topK: Int, preset: SearchPreset = .balanced, allowed: RowSet? = nil
  ) throws(VectorError) -> [[Neighbour]] {
    try search(queries: queries, topK: topK, effort: effort(preset, topK: topK), allowed: allowed)
  }

  package func search(
    queries: [Float], topK: Int, effort: SearchEffort, allowed: RowSet? = nil
  ) throws(VectorError) -> [[Neighbour]] {
    let queries = try table.prepared(queries)
    try check(topK, effort)
    let total = queries.count / dimensions
    guard let trained, !isNarrow(allowed, effort) else {
      return table.nearest(queries: queries, topK: topK, allowed: allowed)
    }
    return parallelMap((total + queriesTogether - 1) / queriesTogether) { part in
      let range = part * queriesTogether..<min(total, (part + 1) * queriesTogether)
      let own = Array(queries[range.lowerBound * dimensions..<range.upperBound * dimensions])
      return nearest(own, topK, effort, allowed, trained)
    }.flatMap(\.self)
  }

  /// All allowed rows compared: the truth. Runs on all threads.
  package func exact(_ query: [Float], topK: Int, allowed: RowSet? = nil) throws(VectorError) -> [Neighbour] {
    try checkTopK(topK)
    return table.nearest(try table.preparedQuery(query), topK: topK, allowed: allowed)
  }

  package func exact(queries: [Float], topK: Int, allowed: RowSet? = nil) throws(VectorError) -> [[Neighbour]] {
    try checkTopK(topK)
    return table.nearest(queries: try table.prepared(queries), topK: topK, allowed: allowed)
  }

  /// What a preset stands for; more is compared where more rows are asked for than the ten it was measured with.
  package func effort(_ preset: SearchPreset, topK: Int = 10) -> SearchEffort {
    guard let trained else { return SearchEffort(probes: 1, rerank: 1) }
    let effort = trained.effort(preset)
    let more = (effort.rerank + 9) / 10 * max(0, min(topK, mostRows))
    return SearchEffort(probes: min(effort.probes, mostRows), rerank: min(max(effort.rerank, more), mostRows))
  }

  private func check(_ topK: Int, _ effort: SearchEffort) throws(VectorError) {
    try checkTopK(topK)
    let range = 1...mostRows
    guard range.contains(effort.probes) else { throw .badSetting(name: "probes", found: effort.probes, allowed: range) }
    guard range.contains(effort.rerank) else { throw .badSetting(name: "rerank", found: effort.rerank, allowed: range) }
  }

  /// Whether comparing the allowed rows one by one is cheaper than scanning codes for them.
  private func isNarrow(_ allowed: RowSet?, _ effort: SearchEffort) -> Bool {
    guard let allowed else { return false }
    return allowed.count <= max(2 * effort.rerank, count / 64)
  }
}

extension VectorIndex {
  /// Shapes: queries (at most `queriesTogether`, dimensions), prepared.
  private func nearest(
    _ queries: [Float], _ topK: Int, _ effort: SearchEffort, _ allowed: RowSet?, _ trained: TrainedLists
  ) -> [[Neighbour]] {
    guard topK > 0, count > 0 else { return [[Neighbour]](repeating: [], count: queries.count / dimensions) }
    var (products, turned): ([Float], [Float]) = ([], [])
    parallelUnits(1) { _ in  // small products: not worth waking other threads
      products = trained.centroids.products(queries)
      turned = trained.space.turned(queries)
    }
    let (lists, axes) = (trained.centroids.count, trained.space.words.dimensions)
    var walk = ListWalk(trained, table, effort, topK: topK, allowed: allowed)
    return (0..<queries.count / dimensions).map { index in
      let places = walk.candidates(
        products: products[index * lists..<(index + 1) * lists],
        tables: trained.space.tables(turned: Array(turned[index * axes..<(index + 1) * axes])))
      return table.ranked(Array(queries[index * dimensions..<(index + 1) * dimensions]), places: places, topK: topK)
    }
  }
}
