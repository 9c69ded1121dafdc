package import Foundation
internal import GRDB

/// One line of a job's event list.
package struct StoredEvent: Sendable, Hashable, Codable {
  package var job: String
  /// Its place in the list, which the job counts.
  package var number: Int
  package var id: String
  package var createdAt: Int
  package var level: String
  package var message: String
  /// What else the event carries, as JSON.
  package var payload: Data

  package init(
    job: String, number: Int, id: String, createdAt: Int, level: String, message: String, payload: Data = Data()
  ) {
    self.job = job
    self.number = number
    self.id = id
    self.createdAt = createdAt
    self.level = level
    self.message = message
    self.payload = payload
  }
}

/// A model as it was after some step of a job.
package struct StoredCheckpoint: Sendable, Hashable, Codable {
  package var job: String
  package var step: Int
  package var id: String
  package var createdAt: Int
  /// The name it answers to; no other checkpoint has it.
  package var model: String
  /// Its metrics, as JSON.
  package var payload: Data

  package init(job: String, step: Int, id: String, createdAt: Int, model: String, payload: Data = Data()) {
    self.job = job
    self.step = step
    self.id = id
    self.createdAt = createdAt
    self.model = model
    self.payload = payload
  }
}

extension StoredEvent: Stored {
  static let table = "event"
  static let order = "number"
  static let columns = ["job", "number", "id", "createdAt", "level", "message", "payload"]

  var values: [(any DatabaseValueConvertible)?] { [job, number, id, createdAt, level, message, payload] }

  init(_ row: inout RowReader) throws {
    job = try row.text()
    number = try row.integer()
    id = try row.text()
    createdAt = try row.integer()
    level = try row.text()
    message = try row.text()
    payload = try row.data()
  }
}

extension StoredCheckpoint: Stored {
  static let table = "checkpoint"
  static let order = "step"
  static let columns = ["job", "step", "id", "createdAt", "model", "payload"]

  var values: [(any DatabaseValueConvertible)?] { [job, step, id, createdAt, model, payload] }

  init(_ row: inout RowReader) throws {
    job = try row.text()
    step = try row.integer()
    id = try row.text()
    createdAt = try row.integer()
    model = try row.text()
    payload = try row.data()
  }
}
