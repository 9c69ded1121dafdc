internal import GRDB

extension Store {
  /// - Throws: `taken` when the id is in use.
  package func insert(_ upload: StoredUpload) throws(StoreError) {
    try write { db in try db.insert(upload) }
  }

  package func upload(_ id: String) throws(StoreError) -> StoredUpload? {
    try read { db in try db.record(StoredUpload.self, "id = ?", [id]) }
  }

  /// Adds a part to an upload whose status is `status`.
  /// - Throws: `unknown` when there is no such upload with that status (any more).
  package func add(_ part: UploadPart, whileStatusIs status: String) throws(StoreError) {
    try write { db in
      guard try db.exists("upload", "id = ? AND status = ?", [part.upload, status]) else {
        throw StoreError.unknown(kind: "upload", id: part.upload)
      }
      try db.insert(part)
    }
  }

  /// The parts of an upload in the order of their arrival.
  package func parts(ofUpload id: String) throws(StoreError) -> [UploadPart] {
    try read { db in try db.records(UploadPart.self, "upload = ? ORDER BY sequence", [id]) }
  }

  /// Ends an upload: gives it another status if it still has `status`, inserts the file that it became, and deletes the
  /// records of its parts, all at once. Of several who try, one succeeds.
  /// - Returns: whether it was this one.
  package func settleUpload(
    _ id: String, from status: String, to end: String, file: StoredFile? = nil
  ) throws(StoreError) -> Bool {
    try write { db in
      let settled = try db.change(
        "UPDATE upload SET status = ?, file = ? WHERE id = ? AND status = ?", [end, file?.id, id, status])
      guard settled > 0 else { return false }
      if let file { try db.insert(file) }
      try db.change("DELETE FROM uploadPart WHERE upload = ?", [id])
      return true
    }
  }

  /// The uploads of a status whose time is over, the longest expired first.
  package func expiredUploads(at now: Int, status: String) throws(StoreError) -> [StoredUpload] {
    try read { db in
      try db.records(StoredUpload.self, "status = ? AND expiresAt <= ? ORDER BY expiresAt, sequence", [status, now])
    }
  }
}
