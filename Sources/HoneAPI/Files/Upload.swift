/// The body of POST `/uploads`: a file that will come in parts.
package struct UploadCreate: RequestBody {
  package var filename: String
  package var purpose: FilePurpose
  package var bytes: Int
  package var mimeType: String
  package var expiresAfter: FileCreate.Expiry?
  package private(set) var unknownFields: [String] = []

  package init(filename: String, purpose: FilePurpose, bytes: Int, mimeType: String) {
    self.filename = filename
    self.purpose = purpose
    self.bytes = bytes
    self.mimeType = mimeType
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case filename, purpose, bytes
    case mimeType = "mime_type"
    case expiresAfter = "expires_after"
  }

  package init(from decoder: any Decoder) throws {
    let fields = try Fields<CodingKeys>(decoder)
    filename = try fields.required(.filename)
    purpose = try fields.required(.purpose, as: TakenPurpose.self).purpose
    bytes = try fields.required(.bytes)
    mimeType = try fields.required(.mimeType)
    expiresAfter = try fields.optional(.expiresAfter)
    unknownFields = try fields.unknown()
  }
}

/// The body of POST `/uploads/{id}/complete`: the parts in their order.
package struct UploadComplete: RequestBody {
  package var partIDs: [String]
  /// Of the whole file, in hexadecimal digits.
  package var md5: String?
  package private(set) var unknownFields: [String] = []

  package init(partIDs: [String], md5: String? = nil) {
    self.partIDs = partIDs
    self.md5 = md5
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case partIDs = "part_ids"
    case md5
  }

  package init(from decoder: any Decoder) throws {
    let fields = try Fields<CodingKeys>(decoder)
    partIDs = try fields.required(.partIDs, as: WireList<String>.self).elements
    md5 = try fields.optional(.md5)
    unknownFields = try fields.unknown()
  }
}

/// A file that comes in parts.
package struct UploadObject: Reply, Codable, Equatable, Identifiable {
  package enum Status: String, Codable, Sendable { case pending, completed, cancelled, expired }

  package let id: String
  package let object: String
  package var bytes: Int
  package var createdAt: Int
  package var expiresAt: Int
  package var filename: String
  package var purpose: FilePurpose
  package var status: Status
  /// Once it is complete.
  @Nullable package var file: FileObject?

  package init(_ create: UploadCreate, id: String, createdAt: Int, expiresAt: Int) {
    self.id = id
    object = "upload"
    bytes = create.bytes
    self.createdAt = createdAt
    self.expiresAt = expiresAt
    filename = create.filename
    purpose = create.purpose
    status = .pending
    file = nil
  }

  private enum CodingKeys: String, CodingKey {
    case id, object, bytes
    case createdAt = "created_at"
    case expiresAt = "expires_at"
    case filename, purpose, status, file
  }
}

/// One part of such a file.
package struct UploadPartObject: Reply, Codable, Equatable, Identifiable {
  package let id: String
  package let object: String
  package var createdAt: Int
  package var uploadID: String

  package init(id: String, createdAt: Int, uploadID: String) {
    self.id = id
    object = "upload.part"
    self.createdAt = createdAt
    self.uploadID = uploadID
  }

  private enum CodingKeys: String, CodingKey {
    case id, object
    case createdAt = "created_at"
    case uploadID = "upload_id"
  }
}
