internal import HoneFiles
internal import HoneKernels
internal import HoneSearch
internal import HoneStore
internal import Foundation

extension SearchCollection {
  /// Rows that each leg brings to the fusion, beyond those that are asked for.
  private static let leastCandidates = 100
  /// How much the vectors count beside the words. Measured on titles that should find their abstracts: with this neither a
  /// small static model nor MiniLM makes the fused order worse than the better leg.
  private static let vectorsWeight = 0.35
  /// Rows that can be asked for at a time.
  static let mostRows = 10_000

  /// Finds rows.
  ///
  /// - Throws: `HoneError` for another model than that of the vectors, a filter that cannot be read, and counts out of
  ///   range.
  public func search(_ text: String, _ embedder: Embedder, _ options: SearchOptions = SearchOptions()) throws
    -> [SearchHit]
  {
    guard options.legs != .words else { return try search(text: text, vector: nil, options) }
    try check(embedder.model)
    let vector = try embedder.embed([.text(text)], EmbeddingOptions(task: "query")).values
    return try search(text: text, vector: vector, options)
  }

  /// Finds rows with a vector that is there already; `text` is what the words are searched with.
  public func search(text: String?, vector: [Float]?, _ options: SearchOptions = SearchOptions()) throws
    -> [SearchHit]
  {
    guard (1...Self.mostRows).contains(options.topK) else {
      throw HoneError(
        "k: expected 1 to \(Self.mostRows) rows, found \(options.topK)", remedy: "ask for fewer", parameter: "k")
    }
    let filter = try options.filter.map { try rowFilter($0) }
    return try search(text: text, vector: vector, options, filter)
  }

  /// A filter as people write it. - Throws: `HoneError` with the place of the mistake.
  func rowFilter(_ text: String) throws -> RowFilter {
    do {
      return try RowFilter(parsing: text)
    } catch {
      throw HoneError("\(error)", remedy: "mend the filter", parameter: "where")
    }
  }

  /// Where rows were replaced or went between looking into the index and reading them, the search is made again, so that
  /// what stands in their place is not missed.
  func search(text: String?, vector: [Float]?, _ options: SearchOptions, _ filter: RowFilter?) throws -> [SearchHit] {
    var found = try searchOnce(text: text, vector: vector, options, filter)
    for _ in 0..<Self.mostAttempts where !found.isWhole {
      found = try searchOnce(text: text, vector: vector, options, filter)
    }
    return found.hits
  }

  private static let mostAttempts = 4

  /// `isWhole`: no row went meanwhile.
  private func searchOnce(
    text: String?, vector: [Float]?, _ options: SearchOptions, _ filter: RowFilter?
  ) throws -> (hits: [SearchHit], isWhole: Bool) {
    let state = try current(fields: filter != nil || options.place != nil)
    let places = try options.place.map { try found($0, in: state.fields) }
    var allowed = try filter.map { filter in
      let names = state.fields.names.filter { !(places?.wanted.hidden.contains($0) ?? false) }
      if !state.fields.names.isEmpty { _ = try checked(filter, names) }
      return state.fields.rows(filter)
    }
    if let near = places?.rows { allowed = allowed.map { $0.intersection(near) } ?? near }
    // A far row may lose its place to any other: all of them are candidates.
    let all = places?.wanted.decay == nil ? 0 : state.index.count
    let wanted = max(Self.leastCandidates, 2 * options.topK, all)
    var (near, words): ([(id: Int64, score: Double)], [(id: Int64, score: Double)]) = ([], [])
    var isWhole = true
    if let vector, options.legs != .words {
      let count = options.legs == .vectors ? max(options.topK * 2, all) : wanted
      (near, isWhole) = try nearest(state, vector, count, options, allowed)
    }
    if let text, options.legs != .vectors { words = try matching(text, wanted, allowed) }
    let similarities = Dictionary(uniqueKeysWithValues: near.map { ($0.id, $0.score) })
    var ranked: [(id: Int64, score: Double)] =
      switch options.legs {
      case .both: combined([(Self.vectorsWeight, near), (1 - Self.vectorsWeight, words)])
      case .vectors: near
      case .words: words
      }
    if let places, places.wanted.decay != nil {
      if options.legs == .vectors {  // what falls with the distance must not be below 0
        ranked = metric == .dot ? combined([(1, ranked)]) : ranked.map { (id: $0.id, score: metric.share($0.score)) }
      }
      ranked = places.decayed(ranked)
    }
    if options.diversity > 0 { ranked = try diversified(ranked, options) }
    let wantedHits = Array(ranked.prefix(options.topK))
    var hits = try hits(wantedHits, similarities)
    let isComplete = isWhole && hits.count == wantedHits.count
    if let places { try tell(&hits, places) }
    return (hits, isComplete)
  }

  /// Adds the way to each hit, and leaves out what is hidden.
  private func tell(_ hits: inout [SearchHit], _ places: FoundPlaces) throws {
    for index in hits.indices {
      hits[index].distance = places.distance(hits[index].id)
      for name in places.wanted.hidden { hits[index].fields[name] = nil }
    }
  }

  private func checked(_ filter: RowFilter, _ names: [String]) throws -> RowFilter {
    do {
      return try filter.checked(against: names)
    } catch {
      throw HoneError("\(error)", remedy: "mend the filter", parameter: "where")
    }
  }

  /// The nearest rows with their exact scores. `isWhole`: none of them went meanwhile.
  private func nearest(
    _ state: State, _ vector: [Float], _ count: Int, _ options: SearchOptions, _ allowed: RowSet?
  ) throws -> (rows: [(id: Int64, score: Double)], isWhole: Bool) {
    let found: [Neighbour]
    do {
      if let name = options.preset {
        guard let preset = SearchPreset(rawValue: name) else {
          throw HoneError(
            "preset: expected \(SearchPreset.allCases.map(\.rawValue).joined(separator: ", ")), found '\(name.prefix(40))'",
            remedy: "choose one of these", parameter: "preset")
        }
        var effort = state.index.effort(preset, topK: count)
        effort = SearchEffort(probes: options.probes ?? effort.probes, rerank: options.rerank ?? effort.rerank)
        found = try state.index.search(vector, topK: count, effort: effort, allowed: allowed)
        observe(state.index, vector, options.probes == nil && options.rerank == nil ? preset : nil, allowed)
      } else {
        found = try state.index.exact(vector, topK: count, allowed: allowed)
      }
    } catch VectorError.badSetting(let setting, let found, let range) {
      throw HoneError(
        "\(setting): expected \(range.lowerBound) to \(range.upperBound), found \(found)", remedy: "choose another",
        parameter: setting)
    } catch let error as VectorError {
      throw HoneError("\(name): \(error)", remedy: "give a vector of the collection's model", parameter: "vector")
    }
    // The index holds rounded numbers: what is told is computed from those that are kept.
    let kept = try rows.vectors(found.map { Int64($0.row) })
    let scored = found.compactMap { hit in
      kept[Int64(hit.row)].map { (id: Int64(hit.row), score: metric.score(vector, $0)) }
    }.sorted { $0.score != $1.score ? $0.score > $1.score : $0.id < $1.id }
    return (scored, scored.count == found.count)
  }

  /// Learns from a search what the index is worth, without letting it wait. `preset`: nil where it was asked otherwise.
  private func observe(_ index: VectorIndex, _ vector: [Float], _ preset: SearchPreset?, _ allowed: RowSet?) {
    trainInBackground(index)
    guard let preset, index.listCount > 0 else { return }
    let count = RecallSampler.topK
    sampler.offer {
      (
        try index.search(vector, topK: count, preset: preset, allowed: allowed).map(\.row),
        try index.exact(vector, topK: count, allowed: allowed).map(\.row)
      )
    }
  }

  private func matching(_ text: String, _ count: Int, _ allowed: RowSet?) throws -> [(id: Int64, score: Double)] {
    var found: [(id: Int64, score: Double)] = []
    try rows.matching(SearchTerms.query(text)) { id, score in
      if let allowed, !(UInt32(exactly: id).map { allowed.contains($0) } ?? false) { return true }
      found.append((id, score))
      return found.count < count
    }
    return found
  }

  private func diversified(
    _ ranked: [(id: Int64, score: Double)], _ options: SearchOptions
  ) throws -> [(id: Int64, score: Double)] {
    guard options.diversity <= 1 else {
      throw HoneError(
        "diversity: expected 0 to 1, found \(options.diversity)", remedy: "give less", parameter: "diversity")
    }
    let candidates = Array(ranked.prefix(max(50, 5 * options.topK)))
    let vectors = try rows.vectors(candidates.map(\.id))
    let best = candidates.map(\.score).max() ?? 1
    // Up to 1, as the cosines that they are held against.
    let relevant =
      metric != .cosine && options.legs == .vectors
      ? combined([(1, candidates)]) : candidates.map { (id: $0.id, score: best > 0 ? $0.score / best : $0.score) }
    let chosen = diverse(relevant, count: options.topK, relevance: 1 - options.diversity) { a, b in
      VectorMetric.cosine.score(vectors[a] ?? [], vectors[b] ?? [])
    }
    let scores = Dictionary(uniqueKeysWithValues: candidates.map { ($0.id, $0.score) })
    return chosen.map { (id: $0.id, score: scores[$0.id] ?? 0) }
  }

  func hits(_ ranked: [(id: Int64, score: Double)], _ similarities: [Int64: Double]) throws -> [SearchHit] {
    let kept = try rows.rows(ranked.map(\.id))
    return ranked.compactMap { hit in
      guard let row = kept[hit.id] else { return nil }
      return SearchHit(
        id: hit.id, key: row.key, part: row.part, text: row.text, fields: row.fields, score: hit.score,
        similarity: similarities[hit.id])
    }
  }
}

extension CollectionRow {
  /// The payload read.
  var fields: [String: FieldValue] {
    guard case .object(let members)? = try? JSONValue(parsing: Array(payload.utf8)) else { return [:] }
    return members.reduce(into: [:]) { $0[$1.key] = FieldValue($1.value) }
  }
}

extension FieldValue {
  fileprivate init(_ json: JSONValue) {
    switch json {
    case .null: self = .null
    case .bool(let flag): self = .bool(flag)
    case .number(let digits): self = Double(digits).map { .number($0) } ?? .text(digits)
    case .string(let text): self = .text(text)
    case .array(let values): self = .list(values.map { FieldValue($0) })
    case .object: self = .text(json.text)
    }
  }
}
