internal import GRDB

/// Who did what to what, and when.
package struct AuditEntry: Sendable, Hashable, Codable {
  package var time: Int
  /// The key's id, or the word that stands for having none.
  package var key: String
  package var action: String
  package var subject: String

  package init(time: Int, key: String, action: String, subject: String) {
    self.time = time
    self.key = key
    self.action = action
    self.subject = subject
  }
}

/// An entry as it stands in the log.
package struct AuditLine: Sendable, Hashable, Codable {
  /// Grows from line to line.
  package let number: Int
  package let entry: AuditEntry
}

extension AuditEntry: Stored {
  static let table = "audit"
  static let columns = ["time", "key", "action", "subject"]

  var values: [(any DatabaseValueConvertible)?] { [time, key, action, subject] }

  init(_ row: inout RowReader) throws {
    time = try row.integer()
    key = try row.text()
    action = try row.text()
    subject = try row.text()
  }
}

extension AuditLine: Stored {
  static let table = AuditEntry.table
  static let columns = ["sequence"] + AuditEntry.columns

  var values: [(any DatabaseValueConvertible)?] { [number] + entry.values }

  init(_ row: inout RowReader) throws {
    number = try row.integer()
    entry = try AuditEntry(&row)
  }
}

extension Store {
  /// Adds entries to the end of the log, in one transaction.
  package func append(_ entries: [AuditEntry]) throws(StoreError) {
    guard !entries.isEmpty else { return }
    try write { db in
      for entry in entries { try db.insert(entry) }
    }
  }

  /// The newest lines, or the newest of those before a number; the newest first.
  package func audit(before number: Int? = nil, limit: Int) throws(StoreError) -> [AuditLine] {
    try read { db in
      try db.records(
        AuditLine.self, "(?1 IS NULL OR sequence < ?1) ORDER BY sequence DESC LIMIT ?2", [number, max(limit, 0)])
    }
  }
}
