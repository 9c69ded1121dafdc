package import Foundation
internal import GRDB

/// Vectors that were computed before, in a file of their own: losing it costs time and nothing else.
///
/// Keys are hashes, so that the file holds no text. Several processes may use it at once. Each vector carries a sum over
/// its bytes: one that was damaged on disk counts as not there. Beyond `limitBytes` the vectors not asked for longest go.
package final class VectorCache: Sendable {
  /// A vector and what is known of the text it stands for.
  package struct Entry: Sendable, Equatable {
    package var vector: [Float]
    package var tokens: Int
    package var pieces: Int
    package var lost: Int

    package init(vector: [Float], tokens: Int, pieces: Int, lost: Int) {
      self.vector = vector
      self.tokens = tokens
      self.pieces = pieces
      self.lost = lost
    }
  }

  /// What the cache holds and how often it helped, since it was made.
  package struct Counts: Sendable, Equatable {
    package var entries: Int
    package var bytes: Int
    package var hits: Int
    package var misses: Int
  }

  package let file: URL
  package let limitBytes: Int
  private let pool: DatabasePool

  /// Whether the file was of no use and had to be put aside; the name it has now.
  package let putAside: URL?

  /// Opens the cache, and makes it where there is none. A damaged file is renamed, and another begun.
  package init(at file: URL, limitBytes: Int) throws(StoreError) {
    self.file = file
    self.limitBytes = limitBytes
    do {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      if let pool = try Self.open(file) {
        self.pool = pool
        putAside = nil
        return
      }
      putAside = try Self.setAside(file)
      guard let pool = try Self.open(file) else {
        throw StoreError.damaged(path: file.path, found: "a file that cannot be made anew")
      }
      self.pool = pool
    } catch {
      throw StoreError(error, file)
    }
  }

  /// nil: the file is damaged, or another program's.
  private static func open(_ file: URL) throws -> DatabasePool? {
    var configuration = Configuration()
    configuration.busyMode = .timeout(Store.patience)
    configuration.maximumReaderCount = 2
    do {
      let pool = try DatabasePool(path: file.path, configuration: configuration)
      try pool.write { db in
        try db.execute(sql: schema)
        guard try Int.fetchOne(db, sql: "SELECT version FROM total") == 1 else {
          throw StoreError.damaged(path: file.path, found: "another version")
        }
        _ = try Row.fetchOne(db, sql: "SELECT key, value, tokens, pieces, lost, used FROM vector LIMIT 1")
      }
      return pool
    } catch let error as DatabaseError where error.resultCode != .SQLITE_BUSY {
      switch error.resultCode {
      case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY, .SQLITE_FULL, .SQLITE_IOERR: throw error
      default: return nil
      }
    } catch StoreError.damaged {
      return nil
    }
  }

  private static let schema = """
    CREATE TABLE IF NOT EXISTS vector (
      id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, value BLOB NOT NULL, tokens INTEGER NOT NULL,
      pieces INTEGER NOT NULL, lost INTEGER NOT NULL, used INTEGER NOT NULL);
    CREATE INDEX IF NOT EXISTS vector_used ON vector (used, id);
    CREATE TABLE IF NOT EXISTS total (
      id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL, entries INTEGER NOT NULL,
      bytes INTEGER NOT NULL, hits INTEGER NOT NULL, misses INTEGER NOT NULL);
    INSERT OR IGNORE INTO total VALUES (1, 1, 0, 0, 0, 0);
    """

  private static func setAside(_ file: URL) throws -> URL {
    let manager = FileManager.default
    var number = 0
    var target: URL
    repeat {
      number += 1
      target = URL(fileURLWithPath: "\(file.path)-damaged-\(number)")
    } while manager.fileExists(atPath: target.path)
    for ending in ["-wal", "-shm"] { try? manager.removeItem(atPath: file.path + ending) }
    try manager.moveItem(at: file, to: target)
    return target
  }

  /// The vectors of these keys, in their order; nil where there is none.
  package func find(_ keys: [[UInt8]]) throws(StoreError) -> [Entry?] {
    do {
      var found: [Data: (id: Int64, entry: Entry, used: Int)] = [:]
      for start in stride(from: 0, to: keys.count, by: 400) {
        let part = keys[start..<min(keys.count, start + 400)].map { Data($0) }
        let marks = databaseQuestionMarks(count: part.count)
        try pool.read { db in
          let rows = try Row.fetchCursor(
            db, sql: "SELECT id, key, value, tokens, pieces, lost, used FROM vector WHERE key IN (\(marks))",
            arguments: StatementArguments(part))
          while let row = try rows.next() {
            guard let vector = VectorBytes.vector(row["value"] as Data) else { continue }
            found[row["key"]] = (
              row["id"], Entry(vector: vector, tokens: row["tokens"], pieces: row["pieces"], lost: row["lost"]),
              row["used"]
            )
          }
        }
      }
      let result = keys.map { found[Data($0)]?.entry }
      let hits = result.count { $0 != nil }
      try note(hits: hits, misses: keys.count - hits, stale: found.values.filter { $0.used < Self.hour }.map(\.id))
      return result
    } catch {
      throw StoreError(error, file)
    }
  }

  /// Hours since 1970: as exact as "used last" needs to be.
  private static var hour: Int { Int(Date().timeIntervalSince1970) / 3600 }

  private func note(hits: Int, misses: Int, stale: [Int64]) throws {
    try pool.write { db in
      try db.execute(sql: "UPDATE total SET hits = hits + ?, misses = misses + ?", arguments: [hits, misses])
      for start in stride(from: 0, to: stale.count, by: 400) {
        let part = Array(stale[start..<min(stale.count, start + 400)])
        let marks = databaseQuestionMarks(count: part.count)
        try db.execute(
          sql: "UPDATE vector SET used = ? WHERE id IN (\(marks))",
          arguments: StatementArguments([Self.hour]) + StatementArguments(part))
      }
    }
  }

  /// Keeps vectors under their keys, and lets others go where there is no room.
  package func add(_ entries: [(key: [UInt8], entry: Entry)]) throws(StoreError) {
    do {
      try pool.write { db in
        let insert = try db.cachedStatement(
          sql: """
            INSERT INTO vector (key, value, tokens, pieces, lost, used) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (key) DO UPDATE SET value = excluded.value, used = excluded.used
            """)
        for (key, entry) in entries {
          let isNew = try Bool.fetchOne(
            db, sql: "SELECT NOT EXISTS (SELECT 1 FROM vector WHERE key = ?)", arguments: [Data(key)])
          let value = VectorBytes.data(entry.vector)
          try insert.execute(
            arguments: [Data(key), value, entry.tokens, entry.pieces, entry.lost, Self.hour])
          guard isNew == true else { continue }
          try db.execute(
            sql: "UPDATE total SET entries = entries + 1, bytes = bytes + ?", arguments: [value.count + 96])
        }
        try makeRoom(db)
      }
    } catch {
      throw StoreError(error, file)
    }
  }

  /// Deletes the vectors not used for longest until nine tenths of the limit are left.
  private func makeRoom(_ db: Database) throws {
    guard var bytes = try Int.fetchOne(db, sql: "SELECT bytes FROM total"), bytes > limitBytes else { return }
    var ids: [Int64] = []
    let rows = try Row.fetchCursor(db, sql: "SELECT id, length(value) AS size FROM vector ORDER BY used, id")
    while bytes > limitBytes / 10 * 9, let row = try rows.next() {
      bytes -= (row["size"] as Int) + 96
      ids.append(row["id"])
    }
    for id in ids { try db.execute(sql: "DELETE FROM vector WHERE id = ?", arguments: [id]) }
    try db.execute(sql: "UPDATE total SET bytes = ?, entries = entries - ?", arguments: [max(0, bytes), ids.count])
  }

  /// What the cache holds and how often it helped.
  package func counts() throws(StoreError) -> Counts {
    do {
      return try pool.read { db in
        guard let row = try Row.fetchOne(db, sql: "SELECT entries, bytes, hits, misses FROM total") else {
          return Counts(entries: 0, bytes: 0, hits: 0, misses: 0)
        }
        return Counts(entries: row["entries"], bytes: row["bytes"], hits: row["hits"], misses: row["misses"])
      }
    } catch {
      throw StoreError(error, file)
    }
  }

  /// Forgets all vectors.
  package func clear() throws(StoreError) {
    do {
      try pool.write { db in
        try db.execute(sql: "DELETE FROM vector; UPDATE total SET entries = 0, bytes = 0, hits = 0, misses = 0")
      }
      try pool.vacuum()
    } catch {
      throw StoreError(error, file)
    }
  }

  /// Ends all connections. Later calls throw.
  package func close() throws(StoreError) {
    do { try pool.close() } catch { throw StoreError(error, file) }
  }
}
