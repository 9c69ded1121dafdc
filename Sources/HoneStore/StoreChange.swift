package import Foundation
internal import GRDB

/// One of several changes that are kept together or not at all.
package enum StoreChange: Sendable, Hashable {
  case insertJob(StoredJob)
  case saveState(job: String, state: Data, status: String, isDeleted: Bool)
  case forgetJob(String)
  case append(StoredEvent)
  case keep(StoredCheckpoint)
  case insertFile(StoredFile)
  case setFileStatus(id: String, status: String, details: String?)
  case deleteFile(String)
}

extension Store {
  /// Makes all changes in order, in one transaction.
  ///
  /// Doing it again changes nothing: what is there by its id (or by job and number, job and step) stays as it is, and
  /// changes to what is not there are passed over.
  /// - Throws: `taken` when a new record has another's model name or event id; then nothing was changed.
  package func apply(_ changes: [StoreChange]) throws(StoreError) {
    guard !changes.isEmpty else { return }
    try write { db in
      for change in changes { try db.make(change) }
    }
  }
}

extension Database {
  fileprivate func make(_ change: StoreChange) throws {
    switch change {
    case .insertJob(let job): try insert(job, "ON CONFLICT (id) DO NOTHING")
    case .saveState(let job, let state, let status, let isDeleted):
      _ = try saveState(ofJob: job, state, status, isDeleted)
    case .forgetJob(let id): _ = try forgetJob(id)
    case .append(let event): _ = try append(event)
    case .keep(let checkpoint): _ = try keep(checkpoint)
    case .insertFile(let file): try insert(file, "ON CONFLICT (id) DO NOTHING")
    case .setFileStatus(let id, let status, let details):
      _ = try setStatus(ofFile: id, to: status, details: details)
    case .deleteFile(let id): try deleteFile(id)
    }
  }
}
