public import Foundation
internal import HoneFiles
internal import HoneKernels
internal import HoneSearch
internal import HoneStore

/// What adding rows came to.
public struct AddReport: Sendable, Codable, Equatable {
  public let collection: String
  public var added = 0
  /// Rows whose key was there with another text or other fields.
  public var replaced = 0
  /// Rows that were there already, as they are.
  public var unchanged = 0
  public var tokens = 0
  /// Rows longer than the model's window, embedded in pieces.
  public var rowsInPieces = 0
  public var fromCache = 0
  /// Places of rows without text, counted from 1, the first hundred; these were not added.
  public var rowsWithoutText: [Int] = []
  public var withoutText = 0

  enum CodingKeys: String, CodingKey {
    case collection, added, replaced, unchanged, tokens
    case rowsInPieces = "rows_in_pieces"
    case fromCache = "from_cache"
    case rowsWithoutText = "rows_without_text"
    case withoutText = "without_text"
  }
}

extension SearchCollection {
  /// Refuses a model that is not the one that the vectors are of.
  func check(_ model: EmbeddingModel) throws {
    let expected = try fingerprint
    guard model.fingerprint == expected else {
      throw HoneError(
        "\(name): expected vectors of \(try self.model) (\(expected.prefix(12))), found the model \(model.info.name) "
          + "(\(model.fingerprint.prefix(12)))",
        remedy: "vectors of different models cannot be mixed; embed all rows again: hone index rebuild \(name)",
        parameter: "model", code: "mixed_lineage", kind: .conflict)
    }
  }

  /// Embeds rows and keeps them; each portion is on disk before the next one begins, so an interrupted call goes on
  /// where it was when it is made again. Rows that are there already are not embedded.
  ///
  /// - Throws: `HoneError` for another model than that of the vectors.
  public func add(
    _ items: [CollectionItem], _ embedder: Embedder,
    onProgress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws -> AddReport {
    try check(embedder.model)
    var report = AddReport(collection: name)
    for (place, item) in items.enumerated() where item.text.isEmpty {
      report.withoutText += 1
      if report.rowsWithoutText.count < 100 { report.rowsWithoutText.append(place + 1) }
    }
    let usable = items.filter { !$0.text.isEmpty }
    for start in stride(from: 0, to: usable.count, by: 512) {
      try Task.checkCancellation()
      let part = usable[start..<min(usable.count, start + 512)]
      try add(Array(part), embedder, &report)
      try onProgress(start + part.count, usable.count)
    }
    return report
  }

  private func add(_ items: [CollectionItem], _ embedder: Embedder, _ report: inout AddReport) throws {
    let drafts = try items.map { try NewCollectionRow(draft: $0) }
    let known = try rows.digests(of: drafts.map(\.key))
    var fresh = drafts.filter { known[$0.key] != $0.digest }
    report.unchanged += drafts.count - fresh.count
    guard !fresh.isEmpty else { return }
    let (vectors, hits) = try embedder.embedCounting(fresh.map { .text($0.text) }, EmbeddingOptions(task: "document"))
    for index in fresh.indices { fresh[index].vector = Array(vectors[index]) }
    let change = try add(fresh)
    report.added += change.added
    report.replaced += change.replaced
    report.unchanged += change.unchanged
    report.tokens += vectors.tokenCounts.reduce(0, +)
    report.rowsInPieces += vectors.pieceCounts.count { $0 > 1 }
    report.fromCache += hits
  }

  /// Keeps rows with vectors that are there already. Shapes: vectors (items, dimensions).
  ///
  /// - Throws: `HoneError` for vectors of another length or with numbers that are none; nothing is kept then.
  public func add(_ items: [CollectionItem], vectors: [Float]) throws -> AddReport {
    guard vectors.count == items.count * dimensions else {
      throw HoneError(
        "\(name): expected vectors of \(dimensions) numbers for \(items.count) rows, found \(vectors.count) numbers",
        remedy: "give vectors of the collection's own model", parameter: "vectors")
    }
    if let row = VectorIndex.firstUnusable(vectors, dimensions: dimensions) {
      throw HoneError(
        "\(name), row \(row): expected finite numbers whose squares add up to 1e30 or less, found others",
        remedy: "embed the row again", parameter: "vectors")
    }
    let drafts = try parallelMap(items.count) { index in
      Result {
        var row = try NewCollectionRow(draft: items[index])
        row.vector = Array(vectors[index * dimensions..<(index + 1) * dimensions])
        return row
      }
    }.map { try $0.get() }
    let change = try add(drafts)
    var report = AddReport(collection: name)
    (report.added, report.replaced, report.unchanged) = (change.added, change.replaced, change.unchanged)
    return report
  }

  /// Below so many rows the next search takes them into memory itself.
  private static let manyRows = 64

  private func add(_ drafts: [NewCollectionRow]) throws -> CollectionChange {
    guard drafts.count >= Self.manyRows else { return try rows.add(drafts) }
    return try addFollowed(drafts)
  }

  /// Takes rows out. Gives how many were there.
  @discardableResult
  public func remove(keys: [String]) throws -> Int { try rows.remove(keys: keys) }

  /// Takes all rows of a source out. Gives how many there were.
  @discardableResult
  public func remove(part: String) throws -> Int { try rows.remove(part: part) }
}

extension NewCollectionRow {
  /// A row that still lacks its vector.
  init(draft item: CollectionItem) throws {
    let payload = try FieldValue.payload(item.fields)
    let digest = sha256(of: Array("\(item.text.utf8.count)\n\(item.text)\n\(item.part)\n\(payload)".utf8))
    self.init(
      key: item.key, part: item.part, text: item.text, payload: payload, digest: Array(digest.utf8.prefix(32)),
      vector: [])
  }
}

extension Home {
  /// Rows of tables (csv, tsv, xlsx, json, jsonl) for a collection.
  ///
  /// `text`: the column of texts. `fields`: the columns that are kept beside it; nil: all others. `id`: the column of
  /// keys; nil: `FILE:ROW`, rows counted from 0.
  public func collectionItems(
    _ file: URL, text: String? = nil, fields: [String]? = nil, id: String? = nil
  ) throws -> [CollectionItem] {
    let name = file.lastPathComponent
    let table = try readTable(at: file).table
    let texts = try textColumn(of: table, file: name, column: text)
    func place(_ column: String) throws -> Int {
      guard let place = table.columns.firstIndex(of: column) else {
        throw HoneError(
          "\(name): expected a column '\(column)', found \(table.columns.prefix(12).joined(separator: ", "))",
          remedy: "name a column that is there", parameter: "fields")
      }
      return place
    }
    let textPlace =
      (text.map { [$0] } ?? ["prompt", "text"]).lazy.compactMap { table.columns.firstIndex(of: $0) }.first
      ?? (table.columns.count == 1 ? 0 : nil)
    let kept =
      try fields?.map { ($0, try place($0)) }
      ?? table.columns.enumerated().filter { $0.offset != textPlace }.map { ($1, $0) }
    let keyPlace = try id.map(place)
    return table.rows.enumerated().map { row, cells in
      CollectionItem(
        key: keyPlace.map { cells[$0] } ?? "\(name):\(row)", text: texts[row],
        fields: kept.reduce(into: [:]) { $0[$1.0] = FieldValue(cell: cells[$1.1]) }, part: name)
    }
  }
}
