internal import GRDB

/// An uploaded or produced file; its bytes lie elsewhere, under their hash.
package struct StoredFile: Sendable, Hashable, Codable {
  package var id: String
  package var filename: String
  package var purpose: String
  package var bytes: Int
  /// Of the bytes, in hexadecimal.
  package var sha256: String
  package var createdAt: Int
  package var status: String
  package var statusDetails: String?
  package var expiresAt: Int?
  package var owner: String
  /// What is in a training file; nil where nobody counted.
  package var tokens: Int?
  package var examples: Int?

  package init(
    id: String, filename: String, purpose: String, bytes: Int, sha256: String, createdAt: Int, status: String,
    statusDetails: String? = nil, expiresAt: Int? = nil, owner: String, tokens: Int? = nil,
    examples: Int? = nil
  ) {
    self.id = id
    self.filename = filename
    self.purpose = purpose
    self.bytes = bytes
    self.sha256 = sha256
    self.createdAt = createdAt
    self.status = status
    self.statusDetails = statusDetails
    self.expiresAt = expiresAt
    self.owner = owner
    self.tokens = tokens
    self.examples = examples
  }
}

/// A record that is gone.
package struct DeletedFile: Sendable, Hashable {
  package let file: StoredFile
  /// Whether another file, or a part of an upload, still needs the same bytes.
  package let isContentInUse: Bool
}

extension StoredFile: Stored {
  static let table = "file"
  static let columns = [
    "id", "filename", "purpose", "bytes", "sha256", "createdAt", "status", "statusDetails", "expiresAt", "owner",
    "tokens", "examples",
  ]

  var values: [(any DatabaseValueConvertible)?] {
    [id, filename, purpose, bytes, sha256, createdAt, status, statusDetails, expiresAt, owner, tokens, examples]
  }

  init(_ row: inout RowReader) throws {
    id = try row.text()
    filename = try row.text()
    purpose = try row.text()
    bytes = try row.integer()
    sha256 = try row.text()
    createdAt = try row.integer()
    status = try row.text()
    statusDetails = try row.optionalText()
    expiresAt = try row.optionalInteger()
    owner = try row.text()
    tokens = try row.optionalInteger()
    examples = try row.optionalInteger()
  }
}
