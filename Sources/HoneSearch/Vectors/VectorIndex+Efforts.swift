internal import Foundation
internal import HoneKernels

/// What a search must look at to find one of the nearest rows.
private struct Need {
  /// Lists whose middles are nearer than that of the row's list.
  let lists: Int
  /// Rows that seem nearer by their codes; nil beyond the most that are compared.
  let rows: Int?
}

/// The most rows that a preset compares exactly.
private let mostCompared = 400

extension VectorIndex {
  /// Chooses each preset's effort: the cheapest that finds its share of the ten nearest of rows of its own, which are
  /// asked for as if they were queries and left out of the answers.
  ///
  /// All codes are scanned, so that what every effort would find is known after one search of each row.
  mutating func measureEfforts(random: inout RandomGenerator) {
    guard let trained else { return }
    let asked = (0..<min(512, count)).map { _ in UInt32.random(in: 0..<UInt32(count), using: &random) }
    let x = table.vectors.floats(at: asked)
    let places = Dictionary(uniqueKeysWithValues: table.rows.enumerated().map { ($1, UInt32($0)) })
    let nearest = table.nearest(queries: x, topK: 11, allowed: nil)
    let needs = parallelMap(asked.count) { index in
      let wanted = nearest[index].compactMap { places[$0.row] }.filter { $0 != asked[index] }.prefix(10)
      let query = Array(x[index * dimensions..<(index + 1) * dimensions])
      return self.needs(query, asked: asked[index], wanted: Array(wanted), trained)
    }.flatMap(\.self)
    let efforts = SearchPreset.allCases.map { cheapest(needs, share: $0.recall) }
    self.trained?.efforts = efforts
  }

  /// What finding each of the wanted places needs.
  private func needs(_ query: [Float], asked: UInt32, wanted: [UInt32], _ trained: TrainedLists) -> [Need] {
    let products = trained.centroids.products(query)[...]
    let biases = metric == .dot ? [] : trained.centroids.biases
    let order = orderedLists(products, biases: biases, count: products.count)
    var rank = [Int](repeating: 0, count: order.count)
    for (place, list) in order.enumerated() { rank[Int(list)] = place }
    let tables = trained.space.tables(turned: trained.space.turned(query))
    var ranking = CodeRanking(keep: min(count, mostCompared + 1))
    _ = trained.codes.withBytes { codes in
      ranking.scan(
        trained.lists, chosen: order[...], bases: products, offset: tables.base, codes: codes, groups: trained.groups,
        tables: tables, rows: table.rows, allowed: nil)
    }
    let best = ranking.best().map(\.place).filter { $0 != asked }
    return wanted.map { place in
      Need(lists: rank[trained.lists.list(at: Int(place))], rows: best.firstIndex(of: place))
    }
  }

  /// The cheapest effort that meets a share of the needs, and a little more, since they are those of a sample.
  private func cheapest(_ needs: [Need], share: Double) -> SearchEffort {
    let enough = Int((Double(needs.count) * (share + min(0.01, (1 - share) / 3))).rounded(.up))
    var best = SearchEffort(probes: listCount, rerank: mostCompared)
    guard enough > 0 else { return best }
    for rerank in [12, 16, 20, 25, 32, 40, 50, 64, 80, 100, 128, 160, 200, 256, 320, mostCompared] {
      let lists = needs.filter { ($0.rows ?? Int.max) < rerank }.map(\.lists).sorted()
      guard lists.count >= enough else { continue }
      let effort = SearchEffort(probes: lists[enough - 1] + 1, rerank: rerank)
      if nanoseconds(effort) < nanoseconds(best) { best = effort }
    }
    return best
  }

  /// About how long a search takes.
  private func nanoseconds(_ effort: SearchEffort) -> Double {
    let rows = Double(count) / Double(max(1, listCount))
    return Double(effort.probes) * (rows * 2.5 + 50) + Double(effort.rerank) * 120
  }
}
