internal import HoneKernels

/// The way of queries through the lists of an index, to the rows that are to be compared exactly.
struct ListWalk {
  private let trained: TrainedLists
  private let table: VectorTable
  private let effort: SearchEffort
  private let topK: Int
  private let allowed: RowSet?
  private var ranking: CodeRanking

  init(_ trained: TrainedLists, _ table: VectorTable, _ effort: SearchEffort, topK: Int, allowed: RowSet?) {
    (self.trained, self.table, self.effort, self.topK, self.allowed) = (trained, table, effort, topK, allowed)
    // What a filter leaves may be much alike, more than codes can tell apart.
    let rerank = allowed == nil ? effort.rerank : 4 * effort.rerank
    ranking = CodeRanking(keep: min(max(rerank, topK), table.rows.count))
  }

  /// Where one query's candidates are, in no order.
  ///
  /// With a filter, enough allowed rows must be seen, and looking at twice as many lists must not change who is best.
  /// Where the nearest lists hold much less of what is allowed than others do, all lists are scanned and many more rows
  /// compared. Shapes: products (lists).
  mutating func candidates(products: ArraySlice<Float>, tables: CodeTables) -> [UInt32] {
    defer { ranking.clear() }
    let lists = products.count
    let biases = table.metric == .dot ? [] : trained.centroids.biases  // with these, products order lists by distance
    let enough = max(ranking.keep, table.count / lists * effort.probes)
    var (done, wanted, seen, last) = (0, min(effort.probes, lists), 0, -Float.infinity)
    while true {
      let order = orderedLists(products, biases: biases, count: wanted)
      seen += scan(&ranking, order[done..<wanted], products, tables)
      if let allowed, done == 0, isScarce(seen, order, allowed) { return candidatesOfAll(products, tables) }
      done = wanted
      if done == lists { break }
      if ranking.found >= ranking.keep {
        guard allowed != nil else { break }
        let now = ranking.estimate(ofBest: topK)
        if seen >= enough && now == last { break }
        last = now
      }
      wanted = min(lists, 2 * done)
    }
    return ranking.bestPlaces()
  }

  /// Whether lists hold less than half the share of allowed rows that all lists together do.
  private func isScarce(_ seen: Int, _ lists: [UInt32], _ allowed: RowSet) -> Bool {
    let rows = lists.reduce(0) { $0 + trained.lists.places(Int($1)).count + trained.tails[Int($1)].places.count }
    return 2 * Double(seen) * Double(table.count) < Double(allowed.count) * Double(rows)
  }

  private func candidatesOfAll(_ products: ArraySlice<Float>, _ tables: CodeTables) -> [UInt32] {
    var ranking = CodeRanking(keep: min(max(4096, 16 * effort.rerank, topK), table.rows.count))
    _ = scan(&ranking, (0..<UInt32(products.count)).map(\.self)[...], products, tables)
    return ranking.bestPlaces()
  }

  /// Scans some lists and their tails; returns how many allowed rows were seen.
  private func scan(
    _ ranking: inout CodeRanking, _ chosen: ArraySlice<UInt32>, _ products: ArraySlice<Float>, _ tables: CodeTables
  ) -> Int {
    var seen = trained.codes.withBytes { codes in
      ranking.scan(
        trained.lists, chosen: chosen, bases: products, offset: tables.base, codes: codes, groups: trained.groups,
        tables: tables, rows: table.rows, allowed: allowed)
    }
    for list in chosen where !trained.tails[Int(list)].places.isEmpty {
      let tail = trained.tails[Int(list)]
      seen += unsafe ranking.scan(
        places: tail.places, base: products[products.startIndex + Int(list)] + tables.base,
        codes: tail.codes.span.bytes, groups: trained.groups, tables: tables, rows: table.rows, allowed: allowed)
    }
    return seen
  }
}
