internal import CSQLite
internal import Foundation
internal import GRDB
internal import HoneFiles

/// Makes the file where there is none: whole under another name, then renamed. So an empty file is never one of ours,
/// and of several processes that begin at once one makes it.
func makeStore(at file: URL, _ schema: Schema) throws {
  let manager = FileManager.default
  guard !manager.fileExists(atPath: file.path) else { return }
  try manager.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
  let lockFile = URL(fileURLWithPath: file.path + "-lock")
  let lock = try waitingForOthers { try FileLock(at: lockFile) }
  if !manager.fileExists(atPath: file.path) { try makeWhole(file, schema) }
  try? manager.removeItem(at: lockFile)
  lock.release()
}

/// SQLite forces the new name to disk together with the first record, when it makes the log in the same folder.
private func makeWhole(_ file: URL, _ schema: Schema) throws {
  let manager = FileManager.default
  let part = file.path + "-new"
  for ending in ["", "-journal", "-wal", "-shm"] { try? manager.removeItem(atPath: part + ending) }
  // Only this user may read what is about keys and texts; SQLite gives the files beside it the same permissions.
  guard manager.createFile(atPath: part, contents: nil, attributes: [.posixPermissions: 0o600]) else {
    throw StoreError.unavailable(path: file.path, reason: "no file can be made there")
  }
  let connection = try DatabaseQueue(path: part, configuration: configuration())
  try connection.writeWithoutTransaction { db in
    try schema.bring(db, path: file.path)
    try db.execute(sql: "PRAGMA journal_mode = WAL")
  }
  try connection.close()
  try manager.moveItem(atPath: part, toPath: file.path)
}

/// Looks at the first 100 bytes, which say what a file is, before SQLite may write to it. Through `OpenFiles.claim` alone.
///
/// ```
/// offset  0  "SQLite format 3" and NUL
///        60  user_version, four bytes, most significant first
///        68  application_id, the same
/// ```
/// Source: the SQLite database file format, section 1.3.
func checkHeader(of file: URL, _ schema: Schema) throws {
  let handle = try FileHandle(forReadingFrom: file)
  defer { try? handle.close() }
  let header = [UInt8](try handle.read(upToCount: 100) ?? Data())
  guard header.count == 100 else {
    throw StoreError.damaged(path: file.path, found: "\(header.count) bytes where its first 100 should be")
  }
  guard header.starts(with: Array("SQLite format 3\0".utf8)) else {
    throw StoreError.notAStore(path: file.path, found: "a file of another kind, or one whose first bytes are damaged")
  }
  let application = bigEndian(header[68..<72])
  guard application == schema.applicationID else {
    throw StoreError.notAStore(path: file.path, found: "the SQLite file of another program (\(application))")
  }
  let version = bigEndian(header[60..<64])
  guard version <= schema.version else {
    throw StoreError.newerVersion(path: file.path, expected: schema.version, found: version)
  }
}

private func bigEndian(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

/// Opens the file for one writer and several readers at a time.
func openPool(at file: URL, _ schema: Schema) throws -> DatabasePool {
  try waitingForOthers {
    let pool = try DatabasePool(path: file.path, configuration: configuration())
    try pool.writeWithoutTransaction { db in
      // Only now: opening a pool chooses NORMAL, which may lose the last transactions in a power cut.
      try db.execute(sql: "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = \(schema.logPages)")
      try schema.bring(db, path: file.path)
    }
    return pool
  }
}

/// What holds for all of SQLite in this process.
private let settings: Void = csqlite_count_no_memory()

func configuration() -> Configuration {
  settings
  var configuration = Configuration()
  configuration.foreignKeysEnabled = true
  configuration.busyMode = .timeout(Store.patience)
  configuration.maximumReaderCount = 4
  configuration.prepareDatabase { db in
    // On Darwin, a plain fsync leaves the bytes in the disk's own memory. Elsewhere these say nothing.
    try db.execute(sql: "PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON")
  }
  return configuration
}

/// Tries again for a while when another process is at the same file. Opening meets moments in which SQLite does not
/// wait by itself.
private func waitingForOthers<Value: ~Copyable>(_ body: () throws -> Value) throws -> Value {
  let end = Date(timeIntervalSinceNow: Store.patience)
  while true {
    do {
      return try body()
    } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && Date() < end {
    } catch FileError.lockedElsewhere where Date() < end {
    }
    Thread.sleep(forTimeInterval: 0.01)
  }
}
