package import Foundation
internal import GRDB

/// A name under which a model is served on the dated surface.
package struct Deployment: Sendable, Hashable, Codable {
  package var id: String
  package var model: String
  /// As they were sent, as JSON.
  package var scaleSettings: Data
  package var createdAt: Int
  package var updatedAt: Int

  package init(id: String, model: String, scaleSettings: Data, createdAt: Int, updatedAt: Int) {
    self.id = id
    self.model = model
    self.scaleSettings = scaleSettings
    self.createdAt = createdAt
    self.updatedAt = updatedAt
  }
}

extension Deployment: Stored {
  static let table = "deployment"
  static let columns = ["id", "model", "scaleSettings", "createdAt", "updatedAt"]

  var values: [(any DatabaseValueConvertible)?] { [id, model, scaleSettings, createdAt, updatedAt] }

  init(_ row: inout RowReader) throws {
    id = try row.text()
    model = try row.text()
    scaleSettings = try row.data()
    createdAt = try row.integer()
    updatedAt = try row.integer()
  }
}

extension Store {
  /// - Throws: `taken` when the id is in use.
  package func insert(_ deployment: Deployment) throws(StoreError) {
    try write { db in try db.insert(deployment) }
  }

  package func deployment(_ id: String) throws(StoreError) -> Deployment? {
    try read { db in try db.record(Deployment.self, "id = ?", [id]) }
  }

  /// All deployments, the oldest first.
  package func deployments() throws(StoreError) -> [Deployment] {
    try read { db in try db.records(Deployment.self, "TRUE ORDER BY sequence") }
  }

  /// Gives the deployment of this id another model, settings and time of change.
  /// - Returns: whether there is such a deployment.
  @discardableResult
  package func update(_ deployment: Deployment) throws(StoreError) -> Bool {
    try write { db in
      try db.change(
        "UPDATE deployment SET model = ?, scaleSettings = ?, updatedAt = ? WHERE id = ?",
        [deployment.model, deployment.scaleSettings, deployment.updatedAt, deployment.id]) > 0
    }
  }

  /// - Returns: whether there was such a deployment.
  @discardableResult
  package func deleteDeployment(_ id: String) throws(StoreError) -> Bool {
    try write { db in try db.change("DELETE FROM deployment WHERE id = ?", [id]) > 0 }
  }
}
