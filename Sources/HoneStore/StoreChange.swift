package import Foundation
internal import GRDB

/// One of several changes that are kept together or not at all.
package enum StoreChange: Sendable, Hashable {
  case insertJob(StoredJob)
  case saveState(job: String, state: Data, status: String, isDeleted: Bool)
  case forgetJob(String)
  case append(StoredEvent)
  case keep(StoredCheckpoint)
  /// A job has trained so many tokens in all: what was not yet counted is added to the usage of a key and day.
  case countTrainedTokens(job: String, total: Int, day: String, key: String)
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
    case .insertJob(let job): _ = try insert(job, unless: "id = ?", [job.id])
    case .saveState(let job, let state, let status, let isDeleted):
      _ = try saveState(ofJob: job, state, status, isDeleted)
    case .forgetJob(let id): _ = try forgetJob(id)
    case .append(let event): _ = try append(event)
    case .keep(let checkpoint): _ = try keep(checkpoint)
    case .countTrainedTokens(let job, let total, let day, let key):
      try countTrainedTokens(job, total, Usage(day: day, key: key))
    case .insertFile(let file): _ = try insert(file, unless: "id = ?", [file.id])
    case .setFileStatus(let id, let status, let details):
      _ = try setStatus(ofFile: id, to: status, details: details)
    case .deleteFile(let id): try deleteFile(id)
    }
  }

  /// A total below the one that was counted last is of a run that went back to a checkpoint, and adds nothing.
  private func countTrainedTokens(_ job: String, _ total: Int, _ usage: Usage) throws {
    let counted = try Int.fetchOne(self, sql: "SELECT countedTokens FROM job WHERE id = ?", arguments: [stored(job)])
    guard let counted, counted >= 0, total > counted else { return }
    try change("UPDATE job SET countedTokens = ? WHERE id = ?", [total, job])
    var usage = usage
    usage.trainedTokens = total - counted
    try add(usage)
  }
}
