internal import GRDB

extension Store {
  /// The models that answer to other names, by these names.
  package func aliases() throws(StoreError) -> [String: String] { try pairs("name, model FROM alias") }

  /// Lets a name stand for a model, or for none.
  package func setAlias(_ name: String, to model: String?) throws(StoreError) {
    try write { db in try db.set("alias (name, model)", name, model) }
  }

  package func settings() throws(StoreError) -> [String: String] { try pairs("name, value FROM setting") }

  package func setting(_ name: String) throws(StoreError) -> String? {
    try settings()[stored(name)]
  }

  /// Keeps a setting; nil removes it.
  package func set(_ name: String, to value: String?) throws(StoreError) {
    try write { db in try db.set("setting (name, value)", name, value) }
  }

  private func pairs(_ columns: String) throws(StoreError) -> [String: String] {
    try read { db in
      var pairs: [String: String] = [:]
      let rows = try Row.fetchCursor(db, sql: "SELECT \(columns)")
      while let row = try rows.next() {
        var reader = RowReader(row, of: columns)
        pairs[try reader.text()] = try reader.text()
      }
      return pairs
    }
  }
}

extension Database {
  /// Keeps one pair of a table of names; a nil value removes it.
  fileprivate func set(_ pair: String, _ name: String, _ value: String?) throws {
    let table = pair.prefix { $0 != " " }
    try change("DELETE FROM \(table) WHERE name = ?", [name])
    if let value { try change("INSERT INTO \(pair) VALUES (?, ?)", [name, value]) }
  }
}
