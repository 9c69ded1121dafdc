internal import Foundation
internal import GRDB

extension CollectionStore {
  /// Adds rows, replaces those of the same key, and leaves alone what is there already; in one transaction.
  ///
  /// Of several with one key the last counts. A replaced row has a new id. `onlyAdds`: hears of a change that took
  /// nothing out, before it is on disk.
  package func add(
    _ rows: [NewCollectionRow], onlyAdds: (AddedRows) -> Void = { _ in }
  ) throws(StoreError) -> CollectionChange {
    try write { db in
      var result = CollectionChange()
      let change = try Self.change(db) + 1
      var fresh = AddedRows(change: change)
      var known = try Self.known(db, rows.map(\.key))
      let insert = try db.cachedStatement(
        sql: "INSERT INTO item (key, part, text, payload, digest, change) VALUES (?, ?, ?, ?, ?, ?)")
      let insertVector = try db.cachedStatement(sql: "INSERT INTO vector VALUES (?, ?)")
      let insertWords = try db.cachedStatement(sql: "INSERT INTO words (rowid, terms) VALUES (?, ?)")
      for (place, row) in rows.enumerated() {
        if let old = known[row.key] {
          guard old.digest != row.digest else {
            result.unchanged += 1
            continue
          }
          try remove(db, old.id, change: change)
          result.replaced += 1
        } else {
          result.added += 1
        }
        try insert.execute(arguments: [row.key, row.part, row.text, row.payload, Data(row.digest), change])
        let id = db.lastInsertedRowID
        known[row.key] = (id, row.digest)
        fresh.ids.append(id)
        fresh.places.append(place)
        try insertVector.execute(arguments: [id, VectorBytes.data(row.vector)])
        try insertWords.execute(arguments: [id, terms(row.text)])
      }
      if result.added + result.replaced > 0 { try Self.set(db, change: change) }
      if result.added > 0, result.replaced == 0 { onlyAdds(fresh) }
      return result
    }
  }

  /// Which rows of some keys are there.
  private static func known(
    _ db: Database, _ keys: [String]
  ) throws -> [String: (id: Int64, digest: [UInt8])] {
    var result: [String: (id: Int64, digest: [UInt8])] = [:]
    try inPortions(keys) { part in
      let rows = try Row.fetchCursor(
        db, sql: "SELECT id, key, digest FROM item WHERE key IN (\(databaseQuestionMarks(count: part.count)))",
        arguments: StatementArguments(part))
      while let row = try rows.next() { result[row["key"]] = (row["id"], [UInt8](row["digest"] as Data)) }
    }
    return result
  }

  /// Takes rows out. Gives how many were there.
  package func remove(keys: [String]) throws(StoreError) -> Int {
    try write { db in try remove(db, keys: keys) }
  }

  func remove(_ db: Database, keys: [String]) throws -> Int {
    let change = try Self.change(db) + 1
    var count = 0
    for key in keys {
      guard let id = try Int64.fetchOne(db, sql: "SELECT id FROM item WHERE key = ?", arguments: [key]) else {
        continue
      }
      try remove(db, id, change: change)
      count += 1
    }
    if count > 0 { try Self.set(db, change: change) }
    return count
  }

  /// Takes all rows of a part out. Gives how many there were.
  package func remove(part: String) throws(StoreError) -> Int {
    try remove(
      keys: try read { try String.fetchAll($0, sql: "SELECT key FROM item WHERE part = ?", arguments: [part]) })
  }

  private func remove(_ db: Database, _ id: Int64, change: Int) throws {
    let text = try String.fetchOne(db, sql: "SELECT text FROM item WHERE id = ?", arguments: [id]) ?? ""
    try db.execute(
      sql: "INSERT INTO words (words, rowid, terms) VALUES ('delete', ?, ?)", arguments: [id, terms(text)])
    try db.execute(sql: "DELETE FROM item WHERE id = ?", arguments: [id])
    try db.execute(sql: "INSERT OR REPLACE INTO gone VALUES (?, ?)", arguments: [id, change])
  }

  static func set(_ db: Database, change: Int) throws {
    try db.execute(
      sql: "INSERT INTO head VALUES ('change', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      arguments: ["\(change)"])
  }

  /// Gives rows other vectors, as another model makes them; the texts stay.
  package func replaceVectors(_ vectors: [(id: Int64, vector: [Float])]) throws(StoreError) {
    try write { db in
      let change = try Self.change(db) + 1
      for (id, vector) in vectors {
        try db.execute(
          sql: "UPDATE vector SET value = ? WHERE id = ?", arguments: [VectorBytes.data(vector), id])
        try db.execute(sql: "UPDATE item SET change = ? WHERE id = ?", arguments: [change, id])
      }
      try Self.set(db, change: change)
    }
  }

  // MARK: reading

  /// The digests of rows that are there, by key.
  package func digests(of keys: [String]) throws(StoreError) -> [String: [UInt8]] {
    try read { db in
      var result: [String: [UInt8]] = [:]
      try Self.inPortions(keys) { part in
        let rows = try Row.fetchCursor(
          db, sql: "SELECT key, digest FROM item WHERE key IN (\(databaseQuestionMarks(count: part.count)))",
          arguments: StatementArguments(part))
        while let row = try rows.next() { result[row["key"]] = [UInt8](row["digest"] as Data) }
      }
      return result
    }
  }

  /// Rows by id; those that are not there are left out.
  package func rows(_ ids: [Int64]) throws(StoreError) -> [Int64: CollectionRow] {
    try read { db in
      var result: [Int64: CollectionRow] = [:]
      try Self.inPortions(ids) { part in
        let rows = try Row.fetchCursor(
          db, sql: "SELECT \(Self.columns) FROM item WHERE id IN (\(databaseQuestionMarks(count: part.count)))",
          arguments: StatementArguments(part))
        while let row = try rows.next() { result[row["id"]] = Self.row(row) }
      }
      return result
    }
  }

  /// A row by its key; nil where there is none.
  package func row(key: String) throws(StoreError) -> CollectionRow? {
    try read { db in
      try Row.fetchOne(db, sql: "SELECT \(Self.columns) FROM item WHERE key = ?", arguments: [key]).map(Self.row)
    }
  }

  /// The row at a place, counted from 0 in the order in which rows came; nil beyond the last.
  package func row(at place: Int) throws(StoreError) -> CollectionRow? {
    try read { db in
      try Row.fetchOne(db, sql: "SELECT \(Self.columns) FROM item ORDER BY id LIMIT 1 OFFSET ?", arguments: [place])
        .map(Self.row)
    }
  }

  /// Rows after an id, in the order in which they came. `part`: of one part alone.
  package func rows(after id: Int64, limit: Int, part: String? = nil) throws(StoreError) -> [CollectionRow] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT \(Self.columns) FROM item WHERE id > ? \(part == nil ? "" : "AND part = ?") ORDER BY id LIMIT ?
          """, arguments: part.map { [id, $0, limit] } ?? [id, limit]
      ).map(Self.row)
    }
  }

  /// The ids of all rows, in their order.
  package func ids() throws(StoreError) -> [Int64] {
    try read { try Int64.fetchAll($0, sql: "SELECT id FROM item ORDER BY id") }
  }

  /// The ids of all rows, in their order, and the change of that same moment.
  package func moment() throws(StoreError) -> (change: Int, ids: [Int64]) {
    try read { (try Self.change($0), try Int64.fetchAll($0, sql: "SELECT id FROM item ORDER BY id")) }
  }

  /// The vectors of rows.
  ///
  /// - Throws: `damaged` for one that is not what was written.
  package func vectors(_ ids: [Int64]) throws(StoreError) -> [Int64: [Float]] {
    try read { db in
      var result: [Int64: [Float]] = [:]
      try Self.inPortions(ids) { part in
        let rows = try Row.fetchCursor(
          db, sql: "SELECT id, value FROM vector WHERE id IN (\(databaseQuestionMarks(count: part.count)))",
          arguments: StatementArguments(part))
        while let row = try rows.next() { result[row["id"]] = try vector(row) }
      }
      return result
    }
  }

  private func vector(_ row: Row) throws -> [Float] {
    guard let vector = VectorBytes.vector(row["value"] as Data) else {
      throw StoreError.damaged(path: file.path, found: "the vector of row \(row["id"] as Int64)")
    }
    return vector
  }

  /// What came, changed and went after a change, in one moment of the file: rows and their vectors in portions, in the
  /// order of the ids, then the change up to which this tells and what went.
  ///
  /// Shapes: vectors (ids, dimensions).
  package func news(
    after change: Int, portion: Int = 4096, _ body: (_ ids: [Int64], _ vectors: [Float]) throws -> Void
  ) throws(StoreError) -> (change: Int, gone: [Int64]) {
    try read { db in
      let now = try Self.change(db)
      guard now != change else { return (now, []) }
      let rows = try Row.fetchCursor(
        db, sql: "SELECT item.id AS id, value FROM item JOIN vector USING (id) WHERE change > ? ORDER BY item.id",
        arguments: [change])
      var (ids, vectors): ([Int64], [Float]) = ([], [])
      while let row = try rows.next() {
        ids.append(row["id"])
        vectors += try vector(row)
        guard ids.count == portion else { continue }
        try body(ids, vectors)
        (ids, vectors) = ([], [])
      }
      if !ids.isEmpty { try body(ids, vectors) }
      return (now, try Int64.fetchAll(db, sql: "SELECT id FROM gone WHERE change > ? ORDER BY id", arguments: [change]))
    }
  }

  /// The same for what rows hold beside their texts: ids and payloads.
  package func payloads(
    after change: Int, _ body: (Int64, String) throws -> Void
  ) throws(StoreError) -> (change: Int, gone: [Int64]) {
    try read { db in
      let now = try Self.change(db)
      guard now != change else { return (now, []) }
      let rows = try Row.fetchCursor(
        db, sql: "SELECT id, payload FROM item WHERE change > ? ORDER BY id", arguments: [change])
      while let row = try rows.next() { try body(row["id"], row["payload"]) }
      return (now, try Int64.fetchAll(db, sql: "SELECT id FROM gone WHERE change > ? ORDER BY id", arguments: [change]))
    }
  }

  /// The rows whose terms a query in FTS5's language finds, the best first, with scores of BM25 (larger is better),
  /// until `body` gives false.
  ///
  /// Source: Robertson and Zaragoza 2009, as SQLite computes it (k1 1.2, b 0.75).
  package func matching(_ query: String, _ body: (Int64, Double) throws -> Bool) throws(StoreError) {
    guard !query.isEmpty else { return }
    try read { db in
      let rows = try Row.fetchCursor(
        db, sql: "SELECT rowid AS id, rank AS score FROM words WHERE words MATCH ? ORDER BY rank, rowid",
        arguments: [query])
      while let row = try rows.next() {
        guard try body(row["id"], -(row["score"] as Double)) else { return }
      }
    }
  }

  /// The parts and how many rows each has.
  package func parts() throws(StoreError) -> [(name: String, rows: Int)] {
    try read { db in
      try Row.fetchAll(db, sql: "SELECT part, count(*) AS count FROM item GROUP BY part ORDER BY part")
        .map { ($0["part"], $0["count"]) }
    }
  }

  private static let columns = "id, key, part, text, payload"

  private static func row(_ row: Row) -> CollectionRow {
    CollectionRow(id: row["id"], key: row["key"], part: row["part"], text: row["text"], payload: row["payload"])
  }
}
