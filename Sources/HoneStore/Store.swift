/// HoneStore: the records that outlive a process, in one SQLite file: files, jobs with their events and checkpoints,
/// deployments, uploads, keys, usage. It knows columns and transactions; it does not know what a job's state means, nor
/// where the bytes of a file lie.

internal import Dispatch
package import Foundation
internal import GRDB

/// All records of a home.
///
/// Every write is one transaction, and on disk when the call returns. Calls block for as long as the disk takes; from
/// where waiting is not allowed, go through `background`. Any number of threads may call at once, and several processes
/// may have the same file open: reads never wait, writes take turns.
///
/// In the file, `hone.sqlite`, and its neighbours `hone.sqlite-wal` and `hone.sqlite-shm` (which belong to it: move or
/// copy them together, with no process running), a text cannot hold the character NUL; U+FFFD stands in its place.
package final class Store: Sendable {
  /// How long a write waits for other processes.
  static let patience = 5.0

  /// `hone.sqlite`.
  package let file: URL
  private let pool: DatabasePool
  private let opened: FileIdentity?
  private let queue = DispatchQueue(label: "HoneStore", attributes: .concurrent)

  /// Opens the records in a folder, and makes folder and file where there are none.
  ///
  /// - Throws: `damaged`, `notAStore` or `newerVersion` for a file that must not be written to; it stays as it is.
  package init(in folder: URL) throws(StoreError) {
    let file = folder.appendingPathComponent("hone.sqlite", isDirectory: false)
    do {
      try makeStore(at: file, .records)
      opened = try OpenFiles.claim(file, .records)
      do { pool = try openPool(at: file, .records) } catch {
        OpenFiles.release(opened)
        throw error
      }
    } catch {
      throw StoreError(error, file)
    }
    self.file = file
  }

  deinit {
    try? pool.close()
    OpenFiles.release(opened)
  }

  /// Ends all connections. Later calls throw.
  package func close() throws(StoreError) {
    do { try pool.close() } catch { throw StoreError(error, file) }
  }

  /// Runs calls that block on a thread that may block.
  package func background<Value: Sendable>(
    _ body: @escaping @Sendable (Store) throws(StoreError) -> Value
  ) async throws(StoreError) -> Value {
    let result = await withCheckedContinuation { (waiting: CheckedContinuation<Result<Value, StoreError>, Never>) in
      queue.async {
        waiting.resume(returning: Result { () throws(StoreError) -> Value in try body(self) })
      }
    }
    return try result.get()
  }

  /// Reads every page and every link between records. It takes as long as reading the whole file.
  ///
  /// - Throws: `damaged`, with the first thing that is wrong.
  package func verify() throws(StoreError) {
    let wrong = try read { db -> String? in
      let first = try String.fetchOne(db, sql: "PRAGMA integrity_check(1)") ?? "nothing"
      if first != "ok" { return first }
      return try Row.fetchOne(db, sql: "PRAGMA foreign_key_check") == nil ? nil : "a record whose owner is gone"
    }
    if let wrong { throw .damaged(path: file.path, found: wrong) }
  }

  func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
    do { return try pool.read(body) } catch { throw StoreError(error, file) }
  }

  /// Runs `body` as one transaction; an error undoes all of it.
  func write<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
    do { return try pool.write(body) } catch { throw StoreError(error, file) }
  }
}
