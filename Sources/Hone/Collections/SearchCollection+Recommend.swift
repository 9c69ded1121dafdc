internal import HoneKernels
internal import HoneSearch
internal import HoneStore

/// What to recommend from.
public struct RecommendRequest: Sendable, Equatable {
  /// Rows that are liked and disliked: keys, or places counted from 0.
  public var like: [String] = []
  public var unlike: [String] = []
  /// Everything of one user, in rows of a field: the rows with this value are liked.
  public var user: (field: String, value: String)?
  public var options = SearchOptions()

  public init() { options.legs = .vectors }

  public static func == (a: RecommendRequest, b: RecommendRequest) -> Bool {
    a.like == b.like && a.unlike == b.unlike && a.options == b.options && a.user?.field == b.user?.field
      && a.user?.value == b.user?.value
  }
}

extension SearchCollection {
  /// Rows near the liked ones and away from the disliked ones. Left out are these themselves, and every row whose text
  /// is the same as one of theirs.
  ///
  /// Formula: the query is the mean of the liked vectors, and where rows are disliked twice that minus the mean of the
  /// disliked ones.
  /// - Throws: `HoneError` for rows that are not there.
  public func recommend(_ request: RecommendRequest) throws -> [SearchHit] {
    var liked = try request.like.map { try row($0) }
    let disliked = try request.unlike.map { try row($0) }
    if let user = request.user { liked += try rows(of: user) }
    guard !liked.isEmpty else {
      throw HoneError(
        "like: expected one row or more, found none", remedy: "name rows with --like, or a user", parameter: "like")
    }
    let vectors = try rows.vectors((liked + disliked).map(\.id))
    let near = mean(liked.compactMap { vectors[$0.id] })
    var query = near
    if !disliked.isEmpty {
      let far = mean(disliked.compactMap { vectors[$0.id] })
      query = zip(near, far).map { 2 * $0 - $1 }
    }
    let known = Set((liked + disliked).map(\.id))
    let texts = Set((liked + disliked).map(\.text))
    // Identical texts may stand before all others: ask for more until enough are left.
    var options = request.options
    options.legs = .vectors
    let total = try rows.count()
    while true {
      let asked = min(Self.mostRows, max(options.topK, request.options.topK + known.count + 8))
      options.topK = asked
      let found = try search(text: nil, vector: query, options)
      let left = found.filter { !texts.contains($0.text) }
      if left.count >= request.options.topK || asked >= min(total, Self.mostRows) || found.count < asked {
        return try explained(Array(left.prefix(request.options.topK)), liked, vectors)
      }
      options.topK = asked * 2
    }
  }

  /// Each hit with the liked row that is nearest to it.
  private func explained(
    _ hits: [SearchHit], _ liked: [CollectionRow], _ vectors: [Int64: [Float]]
  ) throws -> [SearchHit] {
    try hits.map { hit in
      var hit = hit
      guard let id = try rows.row(key: hit.key)?.id, let own = try rows.vectors([id])[id] else { return hit }
      for row in liked {
        guard let vector = vectors[row.id] else { continue }
        let similarity = metric.score(own, vector)
        if similarity > hit.becauseSimilarity ?? -.infinity {
          (hit.because, hit.becauseSimilarity) = (row.key, similarity)
        }
      }
      return hit
    }
  }

  /// A row by its key, or by its place counted from 0.
  func row(_ name: String) throws -> CollectionRow {
    if let row = try rows.row(key: name) { return row }
    if let place = Int(name), place >= 0, let row = try rows.row(at: place) { return row }
    throw HoneError(
      "\(self.name): expected the key of a row, or a place from 0 to \(try rows.count() - 1), found '\(name.prefix(80))'",
      remedy: "look for the row with `hone search`", parameter: "like", kind: .notFound)
  }

  private func rows(of user: (field: String, value: String)) throws -> [CollectionRow] {
    let state = try current(fields: true)
    guard state.fields.names.contains(user.field) else {
      throw HoneError(
        "user: expected a field of \(state.fields.names.prefix(20).joined(separator: ", ")), found '\(user.field)'",
        remedy: "name the field that says whose a row is", parameter: "user")
    }
    let wanted = state.fields.values(user.field).filter {
      $0.value == .text(user.value) || $0.value == Double(user.value).map { .number($0) }
    }
    guard !wanted.isEmpty else {
      throw HoneError(
        "user: expected one that has rows, found none with '\(user.value.prefix(60))'", remedy: "check the spelling",
        parameter: "user", kind: .notFound)
    }
    let found = try rows.rows(wanted.map { Int64($0.id) })
    return found.values.sorted { $0.id < $1.id }
  }

  /// The mean of vectors; with cosine that of their directions, of length 1.
  func mean(_ vectors: [[Float]]) -> [Float] {
    var sum = [Float](repeating: 0, count: dimensions)
    for var vector in vectors {
      if metric == .cosine { normalizeRows(&vector, dimensions: dimensions) }
      for (index, value) in vector.enumerated() { sum[index] += value / Float(vectors.count) }
    }
    if metric == .cosine { normalizeRows(&sum, dimensions: dimensions) }
    return sum
  }
}
