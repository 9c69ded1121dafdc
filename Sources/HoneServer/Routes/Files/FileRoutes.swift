internal import Foundation
internal import Hone
internal import HoneAPI

extension API {
  private static let fields = [
    "id", "object", "bytes", "created_at", "filename", "purpose", "status", "status_details",
  ]

  /// Files that were sent, and those that jobs made.
  var fileRoutes: [Route] {
    [
      Route(
        .post, "files", scope: .train, body: .multipart, summary: "Keeps a file.", replyFields: Self.fields,
        handler: createFile),
      Route(
        .get, "files", scope: .read, summary: "The files.", query: ["purpose", "limit", "after", "order"],
        replyFields: ["object", "data", "has_more", "first_id", "last_id"], handler: listFiles),
      Route(.post, "files/import", scope: .train, summary: "Fetches a file from elsewhere: refused.") { call in
        _ = try FileImport(body: call.body)
        throw Refusal.forbidden(
          "content_url: Hone reads no address that a request names; send the file to /files instead",
          parameter: "content_url")
      },
      Route(.get, "files/{file}", scope: .read, summary: "One file.", replyFields: Self.fields) { call in
        try .json(FileObject(try await service.file(call["file"]), for: call))
      },
      Route(.get, "files/{file}/content", scope: .read, summary: "The bytes of a file, as they came.") { call in
        .file(path: try await service.content(ofFile: call["file"]).path)
      },
      Route(
        .delete, "files/{file}", scope: .train, summary: "Deletes a file.", replyFields: ["id", "object", "deleted"]
      ) { call in
        let id = call["file"]
        try await service.deleteFile(id)
        await audit(call, "file.delete", id)
        return try .json(DeletedReply(id: id, object: .file))
      },
    ]
  }

  private func createFile(_ call: Call) async throws -> Response {
    let file = try await FileForm.keep(try call.form(), in: service.home.url) { create, filename, content in
      try await service.addFile(
        name: filename, purpose: create.purpose.rawValue, owner: call.identity.id,
        expiresAfter: try create.expiresAfter?.checked("expires_after[seconds]"), content: content)
    }
    await audit(call, "file.create", file.id)
    return try .json(FileObject(file, for: call))
  }

  private func listFiles(_ call: Call) async throws -> Response {
    let query = try PageQuery(call.query, bounds: .files)
    let page = try await service.files(query.list, purpose: query.purpose)
    return try .json(ListReply(page.data.map { FileObject($0, for: call) }, hasMore: page.hasMore))
  }
}

extension FileCreate.Expiry {
  /// The seconds, if a file may stay so long: an hour to thirty days. `parameter` is what errors call them.
  func checked(_ parameter: String) throws(RequestError) -> Int {
    guard (3600...2_592_000).contains(seconds) else {
      throw .wrong(parameter: parameter, expected: "3600 to 2592000", found: "the number \(seconds)")
    }
    return seconds
  }
}
