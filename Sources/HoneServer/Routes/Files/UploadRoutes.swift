internal import Hone
internal import HoneAPI

extension API {
  private static let fields = [
    "id", "object", "bytes", "created_at", "expires_at", "filename", "purpose", "status", "file",
  ]

  /// Files that come in parts.
  var uploadRoutes: [Route] {
    [
      Route(.post, "uploads", scope: .train, summary: "Begins a file that comes in parts.", replyFields: Self.fields) {
        call in
        let create = try UploadCreate(body: call.body)
        let upload = try await service.createUpload(
          name: create.filename, purpose: create.purpose.rawValue, bytes: create.bytes, mimeType: create.mimeType,
          owner: call.identity.id, expiresAfter: try create.expiresAfter?.checked("expires_after.seconds"))
        return try .json(UploadObject(upload, for: call))
      },
      Route(
        .post, "uploads/{upload}/parts", scope: .train, body: .multipart, summary: "Adds a part.",
        replyFields: ["id", "object", "created_at", "upload_id"], handler: addPart),
      Route(
        .post, "uploads/{upload}/complete", scope: .train, summary: "Joins the parts to a file.",
        replyFields: Self.fields, handler: completeUpload),
      Route(
        .post, "uploads/{upload}/cancel", scope: .train, summary: "Gives a file up.", replyFields: Self.fields
      ) { call in
        try .json(UploadObject(try await service.cancelUpload(call["upload"]), for: call))
      },
    ]
  }

  private func addPart(_ call: Call) async throws -> Response {
    let form = try call.form()
    while let part = try await form.next() {
      guard case .file(let data) = part, data.name == "data" else { continue }
      let kept = try await service.addPart(toUpload: call["upload"], content: data.bytes.stream)
      while try await form.next() != nil {}
      return try .json(UploadPartObject(id: kept.id, createdAt: kept.createdAt, uploadID: kept.upload))
    }
    throw RequestError.missing(parameter: "data", expected: "a part of the file")
  }

  private func completeUpload(_ call: Call) async throws -> Response {
    let complete = try UploadComplete(body: call.body)
    let upload = try await service.completeUpload(call["upload"], parts: complete.partIDs, md5: complete.md5)
    if let file = upload.file { await audit(call, "file.create", file.id) }
    return try .json(UploadObject(upload, for: call))
  }
}

extension UploadObject {
  fileprivate init(_ upload: UploadInfo, for call: Call) {
    let create = UploadCreate(
      filename: upload.filename, purpose: FilePurpose(rawValue: upload.purpose) ?? .userData, bytes: upload.bytes,
      mimeType: "")
    self.init(create, id: upload.id, createdAt: upload.createdAt, expiresAt: upload.expiresAt)
    status = Status(rawValue: upload.status) ?? .pending
    file = upload.file.map { FileObject($0, for: call) }
  }
}
