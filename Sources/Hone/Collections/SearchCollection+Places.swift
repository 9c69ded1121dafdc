internal import HoneFiles
internal import HoneKernels
internal import HoneSearch
internal import HoneStore

/// The rows that places leave, and the way to them.
struct FoundPlaces: Sendable {
  let wanted: WantedPlaces
  /// Units: metres; only of rows that have a place.
  let distances: [UInt32: Double]
  /// nil: all rows, those without a place too.
  let rows: RowSet?

  /// Scores as their distances leave them: without a place nothing is left.
  func decayed(_ ranked: [(id: Int64, score: Double)]) -> [(id: Int64, score: Double)] {
    guard let decay = wanted.decay else { return ranked }
    return ranked.map { id, score in
      (id: id, score: score * (distance(id).map { decay.score($0) } ?? 0))
    }.sorted { $0.score != $1.score ? $0.score > $1.score : $0.id < $1.id }
  }

  func distance(_ id: Int64) -> Double? { UInt32(exactly: id).flatMap { distances[$0] } }
}

extension SearchCollection {
  func found(_ options: PlaceOptions, in fields: FieldTable) throws -> FoundPlaces {
    do {
      let wanted = try WantedPlaces(options, columns: fields.names, of: name)
      let latitudes = Dictionary(uniqueKeysWithValues: fields.values(wanted.latitude).map { ($0.id, $0.value) })
      var (distances, rows): ([UInt32: Double], [UInt32]) = ([:], [])
      for (id, longitude) in fields.values(wanted.longitude) {
        guard let latitude = latitudes[id], let point = wanted.point(latitude.cell, longitude.cell) else { continue }
        let distance = wanted.center.map { point.distance(to: $0) }
        distances[id] = distance
        let isNear = wanted.radius.map { radius in distance.map { $0 <= radius } ?? false } ?? true
        if isNear, wanted.box?.contains(point) ?? true { rows.append(id) }
      }
      let isBounded = wanted.radius != nil || wanted.box != nil
      return FoundPlaces(wanted: wanted, distances: distances, rows: isBounded ? RowSet(rows) : nil)
    } catch let error as GeoError {
      throw HoneError(sentence: error.description)
    }
  }

  /// All rows as a table: their keys, texts and fields.
  func table() throws -> Table {
    var (names, lines): (Set<String>, [CollectionItem]) = ([], [])
    var last: Int64 = 0
    while true {
      let portion = try rows.rows(after: last, limit: 4096)
      guard let end = portion.last else { break }
      for row in portion {
        let fields = row.fields
        names.formUnion(fields.keys)
        lines.append(CollectionItem(key: row.key, text: row.text, fields: fields))
      }
      last = end.id
    }
    let columns = names.subtracting(["key", "text"]).sorted()
    return Table(
      columns: ["key"] + columns + ["text"],
      rows: lines.map { line in [line.key] + columns.map { line.fields[$0]?.description ?? "" } + [line.text] })
  }
}

extension FilterValue {
  /// As a table's cell holds it.
  fileprivate var cell: String {
    switch self {
    case .text(let text): text
    case .number(let number): "\(number)"
    default: ""
    }
  }
}
