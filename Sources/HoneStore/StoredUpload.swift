internal import GRDB

/// A file that arrives in parts.
package struct StoredUpload: Sendable, Hashable, Codable {
  package var id: String
  package var filename: String
  package var purpose: String
  /// As announced, for all parts together.
  package var bytes: Int
  package var mimeType: String
  package var status: String
  package var createdAt: Int
  package var expiresAt: Int
  package var owner: String
  /// The id of the file it became.
  package var file: String?
  /// How long that file stays, in seconds from its making; nil: until it is deleted.
  package var fileSeconds: Int?

  package init(
    id: String, filename: String, purpose: String, bytes: Int, mimeType: String, status: String, createdAt: Int,
    expiresAt: Int, owner: String, file: String? = nil, fileSeconds: Int? = nil
  ) {
    self.id = id
    self.filename = filename
    self.purpose = purpose
    self.bytes = bytes
    self.mimeType = mimeType
    self.status = status
    self.createdAt = createdAt
    self.expiresAt = expiresAt
    self.owner = owner
    self.file = file
    self.fileSeconds = fileSeconds
  }
}

/// One part of an upload; its bytes lie elsewhere, under their hash.
package struct UploadPart: Sendable, Hashable, Codable {
  package var id: String
  package var upload: String
  package var bytes: Int
  package var sha256: String
  package var createdAt: Int

  package init(id: String, upload: String, bytes: Int, sha256: String, createdAt: Int) {
    self.id = id
    self.upload = upload
    self.bytes = bytes
    self.sha256 = sha256
    self.createdAt = createdAt
  }
}

extension StoredUpload: Stored {
  static let table = "upload"
  static let columns = [
    "id", "filename", "purpose", "bytes", "mimeType", "status", "createdAt", "expiresAt", "owner", "file",
    "fileSeconds",
  ]

  var values: [(any DatabaseValueConvertible)?] {
    [id, filename, purpose, bytes, mimeType, status, createdAt, expiresAt, owner, file, fileSeconds]
  }

  init(_ row: inout RowReader) throws {
    id = try row.text()
    filename = try row.text()
    purpose = try row.text()
    bytes = try row.integer()
    mimeType = try row.text()
    status = try row.text()
    createdAt = try row.integer()
    expiresAt = try row.integer()
    owner = try row.text()
    file = try row.optionalText()
    fileSeconds = try row.optionalInteger()
  }
}

extension UploadPart: Stored {
  static let table = "uploadPart"
  static let columns = ["id", "upload", "bytes", "sha256", "createdAt"]

  var values: [(any DatabaseValueConvertible)?] { [id, upload, bytes, sha256, createdAt] }

  init(_ row: inout RowReader) throws {
    id = try row.text()
    upload = try row.text()
    bytes = try row.integer()
    sha256 = try row.text()
    createdAt = try row.integer()
  }
}
