package import Foundation
internal import GRDB

extension CollectionStore {
  /// Reads everything and compares it with what was written. It takes as long as reading the whole file.
  ///
  /// - Returns: what is wrong, the first hundred things; nothing where all is well.
  package func damages(dimensions: Int) throws(StoreError) -> [CollectionDamage] {
    try read { db in
      var found: [CollectionDamage] = []
      let said = try String.fetchAll(db, sql: "PRAGMA integrity_check(10)")
      if said != ["ok"] { found += said.map { .file(found: $0) } }
      let rows = try Row.fetchCursor(
        db, sql: "SELECT key, value FROM item LEFT JOIN vector USING (id) ORDER BY item.id")
      while found.count < 100, let row = try rows.next() {
        let key: String = row["key"]
        guard let data = row["value"] as Data? else {
          found.append(.noVector(key: key))
          continue
        }
        guard let vector = VectorBytes.vector(data) else {
          found.append(.vector(key: key))
          continue
        }
        if vector.count != dimensions {
          found.append(.dimensions(key: key, expected: dimensions, found: vector.count))
        }
      }
      let items = try Int.fetchOne(db, sql: "SELECT count(*) FROM item") ?? 0
      let words = try Int.fetchOne(db, sql: "SELECT count(*) FROM words_docsize") ?? 0
      if items != words { found.append(.words(expected: items, found: words)) }
      return found
    }
  }

  /// Makes the words anew from the texts.
  package func rebuildWords() throws(StoreError) {
    try write { db in
      try db.execute(sql: "INSERT INTO words (words) VALUES ('delete-all')")
      let insert = try db.cachedStatement(sql: "INSERT INTO words (rowid, terms) VALUES (?, ?)")
      let rows = try Row.fetchCursor(db, sql: "SELECT id, text FROM item ORDER BY id")
      while let row = try rows.next() {
        try insert.execute(arguments: [row["id"] as Int64, terms(row["text"])])
      }
    }
  }

  /// Gives the room of what is gone back to the disk, and forgets what went before `change`.
  package func compact(before change: Int) throws(StoreError) {
    try write { db in
      try db.execute(sql: "DELETE FROM gone WHERE change <= ?", arguments: [change])
      try db.execute(sql: "INSERT INTO words (words) VALUES ('optimize')")
    }
    do {
      try pool.vacuum()
      try pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    } catch { throw StoreError(error, file) }
  }

  /// Writes a copy of one moment to a new file, while others read and write.
  package func backup(to target: URL) throws(StoreError) {
    do {
      try pool.vacuum(into: target.path)
    } catch { throw StoreError(error, file) }
  }
}
