package import Foundation
internal import GRDB

extension Store {
  /// - Throws: `taken` when the id, or the name of the model, is in use: `job.id`, `job.model`.
  package func insert(_ job: StoredJob) throws(StoreError) {
    try write { db in try db.insert(job) }
  }

  package func job(_ id: String) throws(StoreError) -> StoredJob? {
    try read { db in try db.record(StoredJob.self, "id = ?", [id]) }
  }

  /// The job that makes, or made, the model of this name.
  package func job(forModel model: String) throws(StoreError) -> StoredJob? {
    try read { db in try db.record(StoredJob.self, "model = ?", [model]) }
  }

  /// All jobs in the order of their creation, deleted ones too: what a restart goes on from.
  package func jobs() throws(StoreError) -> [StoredJob] {
    try read { db in try db.records(StoredJob.self, "TRUE ORDER BY sequence") }
  }

  /// A page of the jobs that are not deleted.
  package func jobs(
    _ request: PageRequest, metadata: MetadataFilter = .any
  ) throws(StoreError) -> Page<StoredJob> {
    try read { db in
      var filter = try metadata.condition()
      filter.sql = "NOT isDeleted AND \(filter.sql)"
      return try db.page(StoredJob.self, request, filter: filter)
    }
  }

  /// - Returns: whether there is such a job.
  @discardableResult
  package func saveState(
    ofJob id: String, state: Data, status: String, isDeleted: Bool = false
  ) throws(StoreError) -> Bool {
    try write { db in try db.saveState(ofJob: id, state, status, isDeleted) }
  }

  /// Deletes a job with its events and checkpoints; the records of its files stay.
  /// - Returns: whether there was such a job.
  @discardableResult
  package func forgetJob(_ id: String) throws(StoreError) -> Bool {
    try write { db in try db.forgetJob(id) }
  }
}

extension Database {
  func saveState(ofJob id: String, _ state: Data, _ status: String, _ isDeleted: Bool) throws -> Bool {
    try change(
      "UPDATE job SET state = ?, status = ?, isDeleted = ? WHERE id = ?", [state, status, isDeleted, id]) > 0
  }

  func forgetJob(_ id: String) throws -> Bool { try change("DELETE FROM job WHERE id = ?", [id]) > 0 }
}
