internal import GRDB

extension Store {
  /// - Throws: `taken` when the id is in use.
  package func insert(_ file: StoredFile) throws(StoreError) {
    try write { db in try db.insert(file) }
  }

  package func file(_ id: String) throws(StoreError) -> StoredFile? {
    try read { db in try db.record(StoredFile.self, "id = ?", [id]) }
  }

  /// A page of the files, or of those of one purpose.
  package func files(
    _ request: PageRequest = PageRequest(), purpose: String? = nil
  ) throws(StoreError) -> Page<StoredFile> {
    let filter = purpose.map { Condition(sql: "purpose = ?", values: [$0]) } ?? Condition()
    return try read { db in try db.page(StoredFile.self, request, filter: filter) }
  }

  /// - Returns: whether there is such a file.
  @discardableResult
  package func setStatus(
    ofFile id: String, to status: String, details: String? = nil
  ) throws(StoreError) -> Bool {
    try write { db in try db.setStatus(ofFile: id, to: status, details: details) }
  }

  /// Deletes the record, and says in the same transaction whether its bytes may go.
  ///
  /// Between this answer and the removal another file with the same bytes may be inserted: let one place do both.
  package func deleteFile(_ id: String) throws(StoreError) -> DeletedFile? {
    try write { db in
      guard let file = try db.record(StoredFile.self, "id = ?", [id]) else { return nil }
      try db.deleteFile(id)
      return DeletedFile(file: file, isContentInUse: try db.isInUse(content: file.sha256))
    }
  }

  /// The files whose time is over, the longest expired first.
  package func expiredFiles(at now: Int) throws(StoreError) -> [StoredFile] {
    try read { db in
      try db.records(StoredFile.self, "expiresAt IS NOT NULL AND expiresAt <= ? ORDER BY expiresAt, sequence", [now])
    }
  }

  /// The hashes of all bytes that a file or a part of an upload needs. What lies on disk beside these may go.
  package func contentsInUse() throws(StoreError) -> Set<String> {
    try read { db in try String.fetchSet(db, sql: "SELECT sha256 FROM file UNION SELECT sha256 FROM uploadPart") }
  }
}

extension Database {
  func setStatus(ofFile id: String, to status: String, details: String?) throws -> Bool {
    try change("UPDATE file SET status = ?, statusDetails = ? WHERE id = ?", [status, details, id]) > 0
  }

  func deleteFile(_ id: String) throws { try change("DELETE FROM file WHERE id = ?", [id]) }

  fileprivate func isInUse(content sha256: String) throws -> Bool {
    try exists("file", "sha256 = ?", [sha256]) || exists("uploadPart", "sha256 = ?", [sha256])
  }
}
