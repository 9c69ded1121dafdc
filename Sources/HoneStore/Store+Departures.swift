internal import GRDB

extension Store {
  /// Keeps where something was in its list that is no record of a table, and is gone.
  package func depart(_ kind: String, _ id: String, from place: Int) throws(StoreError) {
    _ = try write { db in try db.change("INSERT OR REPLACE INTO departed VALUES (?, ?, ?)", [kind, id, place]) }
  }

  /// Where something was that is gone; nil for what never was.
  package func place(ofDeparted id: String, _ kind: String) throws(StoreError) -> Int? {
    try read { db in
      try Int.fetchOne(db, sql: "SELECT place FROM departed WHERE kind = ? AND id = ?", arguments: [kind, stored(id)])
    }
  }
}
