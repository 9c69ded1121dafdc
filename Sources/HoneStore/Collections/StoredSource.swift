internal import GRDB

/// A file that was given to a collection, and what became of it.
package struct StoredSource: Sendable, Hashable {
  package var id: String
  package var name: String
  package var batch: String?
  package var createdAt: Int
  package var status: String
  package var errorCode: String?
  package var error: String?
  /// A JSON object of the caller's own fields.
  package var attributes: String
  package var maxTokens: Int
  package var overlap: Int
  package var bytes: Int

  package init(
    id: String, name: String, batch: String?, createdAt: Int, status: String, attributes: String, maxTokens: Int,
    overlap: Int
  ) {
    (self.id, self.name, self.batch, self.createdAt, self.status) = (id, name, batch, createdAt, status)
    (self.attributes, self.maxTokens, self.overlap, bytes) = (attributes, maxTokens, overlap, 0)
  }
}

/// Files that were given to a collection together.
package struct StoredBatch: Sendable, Hashable {
  package var id: String
  package var createdAt: Int

  package init(id: String, createdAt: Int) { (self.id, self.createdAt) = (id, createdAt) }
}

extension StoredSource: Stored {
  static var table: String { "source" }
  static let columns = [
    "id", "name", "batch", "createdAt", "status", "errorCode", "error", "attributes", "maxTokens", "overlap", "bytes",
  ]
  var values: [(any DatabaseValueConvertible)?] {
    [id, name, batch, createdAt, status, errorCode, error, attributes, maxTokens, overlap, bytes]
  }

  init(_ row: inout RowReader) throws {
    (id, name, batch) = (try row.text(), try row.text(), try row.optionalText())
    (createdAt, status) = (try row.integer(), try row.text())
    (errorCode, error, attributes) = (try row.optionalText(), try row.optionalText(), try row.text())
    (maxTokens, overlap, bytes) = (try row.integer(), try row.integer(), try row.integer())
  }
}

extension StoredBatch: Stored {
  static var table: String { "batch" }
  static let columns = ["id", "createdAt"]
  var values: [(any DatabaseValueConvertible)?] { [id, createdAt] }

  init(_ row: inout RowReader) throws { (id, createdAt) = (try row.text(), try row.integer()) }
}
