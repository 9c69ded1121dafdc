internal import Foundation
internal import GRDB
internal import HoneFiles

extension StoreError {
  /// Any error that came up while working with a store's file.
  init(_ error: any Error, _ file: URL) {
    switch error {
    case let error as StoreError: self = error
    case let error as DatabaseError: self.init(sqlite: error, file.path)
    case let error as RowDamage: self = .damaged(path: file.path, found: error.found)
    // Its own words show the row, which may be a user's.
    case is RowDecodingError: self = .damaged(path: file.path, found: "a value of another kind")
    case FileError.diskFull(let path): self = .diskFull(path: path)
    case FileError.lockedElsewhere(let path): self = .busy(path: path)
    case FileError.unwritable(let path, let reason), FileError.unreadable(let path, let reason):
      self = .unavailable(path: path, reason: reason)
    default: self = .unavailable(path: file.path, reason: error.localizedDescription)
    }
  }

  private init(sqlite error: DatabaseError, _ path: String) {
    let reason = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
    switch error.resultCode {
    case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT, .SQLITE_SCHEMA, .SQLITE_MISMATCH:
      self = .damaged(path: path, found: reason)
    case .SQLITE_ERROR where saysOtherTables(reason): self = .damaged(path: path, found: reason)
    case .SQLITE_FULL: self = .diskFull(path: path)
    case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL: self = .busy(path: path)
    case .SQLITE_CONSTRAINT where error.isTaken: self = .taken(field: takenField(reason))
    case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY, .SQLITE_AUTH: self = .unavailable(path: path, reason: reason)
    default: self = .failed(path: path, reason: reason)
    }
  }
}

extension DatabaseError {
  fileprivate var isTaken: Bool {
    extendedResultCode == .SQLITE_CONSTRAINT_UNIQUE || extendedResultCode == .SQLITE_CONSTRAINT_PRIMARYKEY
  }
}

/// All statements are fixed and the version was checked, so a table or column that is not there has been damaged.
private func saysOtherTables(_ reason: String) -> Bool {
  reason.hasPrefix("no such ") || reason.hasPrefix("malformed") || reason.contains(" has no column ")
}

/// `job.model` of "UNIQUE constraint failed: job.model".
private func takenField(_ reason: String) -> String {
  String(reason.reversed().prefix { $0 != " " }.reversed())
}
