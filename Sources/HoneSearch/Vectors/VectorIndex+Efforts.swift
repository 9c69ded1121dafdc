internal import Foundation
internal import HoneKernels

extension VectorIndex {
  /// Chooses each preset's effort: the cheapest that finds its share of the ten nearest of rows of its own, which are
  /// asked for as if they were queries and left out of the answers.
  mutating func measureEfforts(random: inout RandomGenerator) {
    guard let trained else { return }
    let queries = (0..<min(256, count)).map { _ in UInt32.random(in: 0..<UInt32(count), using: &random) }
    let x = table.vectors.floats(at: queries)
    let own = queries.map { table.rows[Int($0)] }
    let truth = zip(table.nearest(queries: x, topK: 11, allowed: nil), own).map { Set(others($0, than: $1)) }
    var best = [(cost: Double, effort: SearchEffort)?](repeating: nil, count: SearchPreset.allCases.count)
    for effort in Self.triedEfforts(lists: trained.centroids.count) {
      let cost = cost(effort)
      guard best.contains(where: { $0.map { cost < $0.cost } ?? true }) else { continue }
      let found = (try? search(queries: x, topK: 11, effort: effort)) ?? []
      var (hits, all) = (0, 0)
      for (index, neighbours) in found.enumerated() {
        hits += others(neighbours, than: own[index]).count { truth[index].contains($0) }
        all += truth[index].count
      }
      for (index, preset) in SearchPreset.allCases.enumerated() {
        guard Double(hits) >= Self.margin(preset.recall) * Double(all), best[index].map({ cost < $0.cost }) ?? true
        else { continue }
        best[index] = (cost, effort)
      }
    }
    let most = SearchEffort(probes: trained.centroids.count, rerank: min(count, 1000))
    self.trained?.efforts = best.map { $0?.effort ?? most }
  }

  /// A little more than what is promised, since the sample is small.
  private static func margin(_ recall: Double) -> Double { recall + (1 - recall) / 8 }

  private func others(_ neighbours: [Neighbour], than row: UInt32) -> [UInt32] {
    Array(neighbours.lazy.map(\.row).filter { $0 != row }.prefix(10))
  }

  /// Steps of about a quarter in both, up to a third of all lists.
  private static func triedEfforts(lists: Int) -> [SearchEffort] {
    let probes = [4, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 64, 80, 96, 128, 160, 192, 256, 320, 384]
    let some = Set(probes.map { min($0, lists) }).sorted().filter { $0 <= max(16, lists / 3) }
    return some.flatMap { probes in
      [14, 20, 28, 40, 56, 80, 112, 160, 224].map { SearchEffort(probes: probes, rerank: $0) }
    }
  }

  /// About how long a search takes, in rows of a scan.
  private func cost(_ effort: SearchEffort) -> Double {
    let lists = Double(max(1, listCount))
    return Double(effort.probes) * (Double(count) / lists + 24) + Double(effort.rerank) * 60
  }
}
