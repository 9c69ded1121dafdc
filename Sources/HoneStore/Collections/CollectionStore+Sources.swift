internal import GRDB

extension CollectionStore {
  /// Takes files, and the batch that they came in. A file that is there already is taken anew: its rows go.
  package func take(_ sources: [StoredSource], batch: StoredBatch? = nil) throws(StoreError) {
    try write { db in
      for source in sources { _ = try remove(db, source: source.id) }
      if let batch { try db.insert(batch) }
      for source in sources { try db.insert(source, "ON CONFLICT (id) DO NOTHING") }
    }
  }

  package func source(_ id: String) throws(StoreError) -> StoredSource? {
    try read { db in try db.record(StoredSource.self, "id = ?", [id]) }
  }

  package func batch(_ id: String) throws(StoreError) -> StoredBatch? {
    try read { db in try db.record(StoredBatch.self, "id = ?", [id]) }
  }

  /// `status`, `batch`: of these alone.
  package func sources(
    _ page: PageRequest, status: String? = nil, batch: String? = nil
  ) throws(StoreError) -> Page<StoredSource> {
    var filter = Condition()
    if let status { (filter.sql, filter.values) = ("\(filter.sql) AND status = ?", filter.values + [status]) }
    if let batch { (filter.sql, filter.values) = ("\(filter.sql) AND batch = ?", filter.values + [batch]) }
    return try read { db in try db.page(StoredSource.self, page, filter: filter) }
  }

  /// How many files have each status.
  package func sourceCounts(batch: String? = nil) throws(StoreError) -> [String: Int] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: "SELECT status, count(*) AS count FROM source \(batch == nil ? "" : "WHERE batch = ?") GROUP BY status",
        arguments: batch.map { [$0] } ?? []
      ).reduce(into: [:]) { $0[$1["status"]] = $1["count"] as Int }
    }
  }

  /// Gives a file another status if it still has `from`, and still these attributes where they are given.
  /// - Returns: whether it had.
  @discardableResult
  package func settle(
    source id: String, from: String, to status: String, attributes: String? = nil, bytes: Int = 0,
    errorCode: String? = nil, error: String? = nil
  ) throws(StoreError) -> Bool {
    var values: [(any DatabaseValueConvertible)?] = [status, bytes, errorCode, error, id, from]
    if let attributes { values.append(attributes) }
    let condition = attributes == nil ? "" : "AND attributes = ?"
    return try write { [values] db in
      try db.change(
        "UPDATE source SET status = ?, bytes = ?, errorCode = ?, error = ? WHERE id = ? AND status = ? \(condition)",
        values) > 0
    }
  }

  /// Gives all files of a batch (nil: all) that have a status another one.
  package func settle(batch: String?, from: String, to status: String) throws(StoreError) {
    _ = try write { db in
      try db.change(
        "UPDATE source SET status = ? WHERE status = ? \(batch == nil ? "" : "AND batch = ?")",
        [status, from] + (batch.map { [$0] } ?? []))
    }
  }

  /// Gives a file other fields, and its rows with it: `payload` makes a row's from the one that it has.
  package func setAttributes(
    source id: String, _ attributes: String, payload: (String) throws -> String
  ) throws(StoreError) {
    try write { db in
      try db.change("UPDATE source SET attributes = ? WHERE id = ?", [attributes, id])
      let change = try Self.change(db) + 1
      for row in try Row.fetchAll(db, sql: "SELECT id, payload FROM item WHERE part = ?", arguments: [id]) {
        try db.change(
          "UPDATE item SET payload = ?, change = ? WHERE id = ?",
          [try payload(row["payload"]), change, row["id"] as Int64])
      }
      try Self.set(db, change: change)
    }
  }

  /// Takes a file out with all its rows.
  /// - Returns: whether it was there.
  package func remove(source id: String) throws(StoreError) -> Bool {
    try write { db in try remove(db, source: id) }
  }

  private func remove(_ db: Database, source id: String) throws -> Bool {
    let keys = try String.fetchAll(db, sql: "SELECT key FROM item WHERE part = ?", arguments: [id])
    _ = try remove(db, keys: keys)
    return try db.change("DELETE FROM source WHERE id = ?", [id]) > 0
  }
}
