internal import Hone
internal import HoneAPI

extension API {
  private static let fileFields = [
    "id", "object", "usage_bytes", "created_at", "vector_store_id", "status", "chunking_strategy", "attributes",
  ]
  private static let batchFields = ["id", "object", "created_at", "vector_store_id", "status", "file_counts"]
  private static let listFields = ["object", "data", "has_more", "first_id", "last_id"]
  private static let listQuery = ["limit", "after", "before", "order", "filter"]

  /// The files of vector stores.
  var storeFileRoutes: [Route] {
    [
      Route(
        .post, "vector_stores/{store}/files", scope: .train, summary: "Takes a file into a vector store.",
        replyFields: Self.fileFields
      ) { call in
        let create = try StoreFileCreate(body: call.body)
        guard let id = create.fileID else {
          throw RequestError.missing(parameter: "file_id", expected: "a string")
        }
        let request = SourceRequest(
          file: id, attributes: create.attributes?.fields ?? [:], chunks: ChunkOptions(create.chunkingStrategy))
        _ = try await stores.attach([request], to: call["store"], asBatch: false)
        return try await file(call, id)
      },
      Route(
        .get, "vector_stores/{store}/files", scope: .read, summary: "The files of a vector store.",
        query: Self.listQuery, replyFields: Self.listFields
      ) { call in try await files(call) },
      Route(
        .get, "vector_stores/{store}/files/{file}", scope: .read, summary: "One file of a vector store.",
        replyFields: Self.fileFields
      ) { call in try await file(call, call["file"]) },
      Route(
        .post, "vector_stores/{store}/files/{file}", scope: .train, summary: "Changes the attributes of a file.",
        replyFields: Self.fileFields
      ) { call in
        let change = try StoreFileCreate(body: call.body)
        guard let attributes = change.attributes else {
          throw RequestError.missing(parameter: "attributes", expected: "an object")
        }
        _ = try await stores.setAttributes(attributes.fields, of: call["file"], in: call["store"])
        return try await file(call, call["file"])
      },
      Route(
        .delete, "vector_stores/{store}/files/{file}", scope: .train, summary: "Takes a file out of a vector store.",
        replyFields: ["id", "object", "deleted"]
      ) { call in
        try await stores.remove(file: call["file"], of: call["store"])
        return try .json(DeletedReply(id: call["file"], object: .vectorStoreFile))
      },
      Route(
        .get, "vector_stores/{store}/files/{file}/content", scope: .read, summary: "The text of a file, in chunks.",
        replyFields: ["object", "data", "has_more"]
      ) { call in
        try .json(StoreContentReply(try await stores.content(ofFile: call["file"], of: call["store"])))
      },
    ]
  }

  /// Files that are taken together.
  var storeBatchRoutes: [Route] {
    [
      Route(
        .post, "vector_stores/{store}/file_batches", scope: .train, summary: "Takes files into a vector store.",
        replyFields: Self.batchFields, handler: createBatch),
      Route(
        .get, "vector_stores/{store}/file_batches/{batch}", scope: .read, summary: "One batch of files.",
        replyFields: Self.batchFields
      ) { call in
        try .json(StoreBatchObject(try await stores.batch(call["batch"], of: call["store"]), store: call["store"]))
      },
      Route(
        .post, "vector_stores/{store}/file_batches/{batch}/cancel", scope: .train, summary: "Ends a batch of files.",
        replyFields: Self.batchFields
      ) { call in
        let batch = try await stores.cancel(batch: call["batch"], of: call["store"])
        return try .json(StoreBatchObject(batch, store: call["store"]))
      },
      Route(
        .get, "vector_stores/{store}/file_batches/{batch}/files", scope: .read, summary: "The files of a batch.",
        query: Self.listQuery, replyFields: Self.listFields
      ) { call in try await files(call, batch: call["batch"]) },
    ]
  }

  private func createBatch(_ call: Call) async throws -> Response {
    let create = try StoreBatchCreate(body: call.body)
    let usual = create.chunkingStrategy
    let requests =
      create.fileIDs.map {
        SourceRequest(file: $0, attributes: create.attributes?.fields ?? [:], chunks: ChunkOptions(usual))
      }
      + create.files.map { file in
        SourceRequest(
          file: file.fileID ?? "", attributes: (file.attributes ?? create.attributes)?.fields ?? [:],
          chunks: ChunkOptions(file.chunkingStrategy ?? usual))
      }
    guard let batch = try await stores.attach(requests, to: call["store"], asBatch: true) else {
      throw Refusal.unserved("a batch without files")
    }
    return try .json(StoreBatchObject(batch, store: call["store"]))
  }

  private func file(_ call: Call, _ id: String) async throws -> Response {
    try .json(StoreFileObject(try await stores.file(id, of: call["store"]), store: call["store"]))
  }

  private func files(_ call: Call, batch: String? = nil) async throws -> Response {
    let query = try PageQuery(call.query, bounds: .vectorStores)
    let word = call.query.last { $0.name == "filter" }?.value ?? ""
    let status = SourceStatus(rawValue: word)
    guard word.isEmpty || status != nil else {
      throw RequestError.wrong(
        parameter: "filter", expected: SourceStatus.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "),
        found: "another word")
    }
    let page = try await stores.files(query.list, of: call["store"], status: status, batch: batch)
    return try .json(
      ListReply(page.data.map { StoreFileObject($0, store: call["store"]) }, hasMore: page.hasMore))
  }
}

extension StoreFileObject {
  fileprivate init(_ info: SourceInfo, store: String) {
    self.init(
      id: info.id, usageBytes: info.bytes, createdAt: info.createdAt, vectorStoreID: store,
      status: StoreFileStatus(rawValue: info.status.rawValue) ?? .failed,
      lastError: info.status == .failed
        ? Failure(
          code: Failure.Code(rawValue: info.errorCode ?? "")
            ?? (info.errorCode == "server_error" ? .serverError : .invalidFile),
          message: info.error ?? "") : nil,
      chunkingStrategy: ChunkingStrategy(
        .init(maxChunkSizeTokens: info.chunks.maxTokens, chunkOverlapTokens: info.chunks.overlap)),
      attributes: info.attributes.attributes)
  }
}

extension StoreBatchObject {
  fileprivate init(_ info: BatchInfo, store: String) {
    let counts = info.counts
    let status: StoreFileStatus =
      counts.inProgress > 0
      ? .inProgress : counts.cancelled > 0 ? .cancelled : counts.failed == counts.total ? .failed : .completed
    self.init(
      id: info.id, createdAt: info.createdAt, vectorStoreID: store, status: status, fileCounts: StoreFileCounts(counts))
  }
}
