package import Foundation
internal import GRDB

/// A fine-tuning job: its state as those who run it wrote it, and what lists are searched by.
package struct StoredJob: Sendable, Hashable, Codable {
  package var id: String
  /// The part of the API that made it: `fine-tunes` or `fine_tuning`.
  package var surface: String
  package var createdAt: Int
  package var owner: String
  package var status: String
  /// Whether a user deleted it; it then waits for its end and is in no page.
  package var isDeleted: Bool
  /// What was asked for, as JSON.
  package var request: Data
  /// What a restart goes on from.
  package var state: Data
  /// The name that the tuned model will have; no other job has it.
  package var model: String
  package var trainingFile: String
  package var validationFile: String?
  package var resultFile: String
  package var metadata: [String: String]

  package init(
    id: String, surface: String, createdAt: Int, owner: String, status: String, isDeleted: Bool = false, request: Data,
    state: Data, model: String, trainingFile: String, validationFile: String? = nil, resultFile: String,
    metadata: [String: String] = [:]
  ) {
    self.id = id
    self.surface = surface
    self.createdAt = createdAt
    self.owner = owner
    self.status = status
    self.isDeleted = isDeleted
    self.request = request
    self.state = state
    self.model = model
    self.trainingFile = trainingFile
    self.validationFile = validationFile
    self.resultFile = resultFile
    self.metadata = metadata
  }
}

/// Which jobs are asked for, by what their makers wrote on them.
package enum MetadataFilter: Sendable, Hashable {
  case any
  /// Those that have all of these pairs.
  case all([String: String])
  /// Those that have no pair at all.
  case none
}

extension StoredJob: Stored {
  static let table = "job"
  static let columns = [
    "id", "surface", "createdAt", "owner", "status", "isDeleted", "request", "state", "model", "trainingFile",
    "validationFile", "resultFile", "metadata",
  ]

  var values: [(any DatabaseValueConvertible)?] {
    get throws {
      [
        id, surface, createdAt, owner, status, isDeleted, request, state, model, trainingFile, validationFile,
        resultFile, try jsonText(stored(metadata)),
      ]
    }
  }

  init(_ row: inout RowReader) throws {
    id = try row.text()
    surface = try row.text()
    createdAt = try row.integer()
    owner = try row.text()
    status = try row.text()
    isDeleted = try row.integer() != 0
    request = try row.data()
    state = try row.data()
    model = try row.text()
    trainingFile = try row.text()
    validationFile = try row.optionalText()
    resultFile = try row.text()
    metadata = try row.json([String: String].self)
  }
}

extension MetadataFilter {
  func condition() throws -> Condition {
    switch self {
    case .any: return Condition()
    case .none: return Condition(sql: "metadata = '{}'")
    case .all(let pairs):
      let pairs = stored(pairs)
      let matches = """
        SELECT count(*) FROM json_each(job.metadata) AS own
        JOIN json_each(?) AS asked ON own.key = asked.key AND own.value = asked.value
        """
      return Condition(sql: "(\(matches)) = ?", values: [try jsonText(pairs), pairs.count])
    }
  }
}
