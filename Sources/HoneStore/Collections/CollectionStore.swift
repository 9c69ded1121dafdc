package import Foundation
internal import GRDB

/// The rows of one collection in a file of their own, so that what damages one leaves the others alone.
///
/// Every write is one transaction, and on disk when the call returns. Any number of threads and processes may have the
/// file open: reads never wait, writes take turns.
package final class CollectionStore: Sendable {
  package let file: URL
  let pool: DatabasePool
  private let opened: FileIdentity?
  /// What a text is found by; the same for as long as the file lives.
  let terms: @Sendable (String) -> String

  /// Opens the rows of a collection; makes the file where there is none, with `head` as what it says of itself.
  ///
  /// - Throws: `unavailable` where there is no file and no `head`; `damaged`, `notAStore` or `newerVersion` for a file
  ///   that must not be written to.
  package init(
    at file: URL, head: [String: String]? = nil, terms: @escaping @Sendable (String) -> String
  ) throws(StoreError) {
    self.file = file
    self.terms = terms
    do {
      if head != nil {
        try makeStore(at: file, .collection)
      } else if !FileManager.default.fileExists(atPath: file.path) {
        throw StoreError.unavailable(path: file.path, reason: "there is no such collection")
      }
      opened = try OpenFiles.claim(file, .collection)
      do { pool = try openPool(at: file, .collection) } catch {
        OpenFiles.release(opened)
        throw error
      }
      if let head { try say(head) }
    } catch {
      throw StoreError(error, file)
    }
  }

  private func say(_ head: [String: String]) throws {
    try pool.write { db in
      for (name, value) in head {
        try db.execute(sql: "INSERT OR IGNORE INTO head VALUES (?, ?)", arguments: [name, value])
      }
    }
  }

  deinit {
    try? pool.close()
    OpenFiles.release(opened)
  }

  /// Whether another file was put in its place, or none: what is read and written is then no longer what others see.
  package var isReplaced: Bool { FileIdentity(file) != opened }

  /// Ends all connections. Later calls throw.
  package func close() throws(StoreError) {
    do { try pool.close() } catch { throw StoreError(error, file) }
  }

  /// What the collection says of itself.
  package func head() throws(StoreError) -> [String: String] {
    try read { db in
      try Row.fetchAll(db, sql: "SELECT name, value FROM head WHERE name <> 'change'").reduce(into: [:]) {
        $0[$1["name"]] = $1["value"] as String
      }
    }
  }

  /// Says something else of it; nil takes it back.
  package func setHead(_ values: [String: String?]) throws(StoreError) {
    try write { db in
      for (name, value) in values {
        try db.execute(sql: "DELETE FROM head WHERE name = ?", arguments: [name])
        if let value { try db.execute(sql: "INSERT INTO head VALUES (?, ?)", arguments: [name, value]) }
      }
    }
  }

  package func count() throws(StoreError) -> Int {
    try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM item") ?? 0 }
  }

  /// Grows with every row that comes, changes or goes.
  package func change() throws(StoreError) -> Int { try read { try Self.change($0) } }

  static func change(_ db: Database) throws -> Int {
    try Int.fetchOne(db, sql: "SELECT CAST(value AS INTEGER) FROM head WHERE name = 'change'") ?? 0
  }

  func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
    do { return try pool.read(body) } catch { throw StoreError(error, file) }
  }

  /// Runs `body` as one transaction; an error undoes all of it.
  func write<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
    do { return try pool.write(body) } catch { throw StoreError(error, file) }
  }

  /// Runs `body` for parts of a list, short enough to be arguments of a statement.
  static func inPortions<Element>(_ all: [Element], _ body: (ArraySlice<Element>) throws -> Void) rethrows {
    for start in stride(from: 0, to: all.count, by: 400) { try body(all[start..<min(all.count, start + 400)]) }
  }
}
