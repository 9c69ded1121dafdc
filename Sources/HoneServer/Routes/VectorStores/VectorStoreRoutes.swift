internal import Foundation
internal import Hone
internal import HoneAPI

extension API {
  private static let storeFields = [
    "id", "object", "created_at", "name", "usage_bytes", "file_counts", "status", "last_active_at", "metadata",
  ]
  private static let listFields = ["object", "data", "has_more", "first_id", "last_id"]
  private static let deletedFields = ["id", "object", "deleted"]

  /// Vector stores: files that are searched.
  var vectorStoreRoutes: [Route] {
    [
      Route(
        .post, "vector_stores", scope: .train, summary: "Makes a vector store.", replyFields: Self.storeFields,
        handler: createStore),
      Route(
        .get, "vector_stores", scope: .read, summary: "The vector stores.",
        query: ["limit", "after", "before", "order"],
        replyFields: Self.listFields
      ) { call in
        let query = try PageQuery(call.query, bounds: .vectorStores)
        let page = try await stores.list(query.list)
        return try .json(ListReply(page.data.map { VectorStoreObject($0, now: now()) }, hasMore: page.hasMore))
      },
      Route(
        .get, "vector_stores/{store}", scope: .read, summary: "One vector store.", replyFields: Self.storeFields
      ) { call in
        try .json(VectorStoreObject(try await stores.store(call["store"]), now: now()))
      },
      Route(
        .post, "vector_stores/{store}", scope: .train, summary: "Changes a vector store.",
        replyFields: Self.storeFields, handler: updateStore),
      Route(
        .delete, "vector_stores/{store}", scope: .train, summary: "Deletes a vector store.",
        replyFields: Self.deletedFields
      ) { call in
        let id = call["store"]
        try await stores.delete(id)
        await audit(call, "vector_store.delete", id)
        return try .json(DeletedReply(id: id, object: .vectorStore))
      },
      Route(
        .post, "vector_stores/{store}/search", scope: .infer, summary: "Finds parts of the files of a vector store.",
        replyFields: ["object", "search_query", "data", "has_more"], handler: searchStore),
    ] + storeFileRoutes + storeBatchRoutes
  }

  private func createStore(_ call: Call) async throws -> Response {
    let create = try VectorStoreCreate(body: call.body)
    let lengths = ChunkOptions(create.chunkingStrategy)
    let store = try await stores.create(
      name: create.name ?? "", description: create.description, metadata: create.metadata ?? [:],
      expiresAfterDays: create.expiresAfter?.days,
      files: create.fileIDs.map { SourceRequest(file: $0, chunks: lengths) })
    await audit(call, "vector_store.create", store.id)
    return try .json(VectorStoreObject(store, now: now()))
  }

  private func updateStore(_ call: Call) async throws -> Response {
    let change = try VectorStoreCreate(body: call.body)
    let store = try await stores.update(
      call["store"], name: change.name, metadata: change.metadata,
      expiresAfterDays: change.expiresAfter.map { $0.days })
    return try .json(VectorStoreObject(store, now: now()))
  }

  private func searchStore(_ call: Call) async throws -> Response {
    let search = try VectorStoreSearch(body: call.body)
    let filter = try Self.filters(of: call.body)
    try call.spend(tokens: search.query.reduce(0) { $0 + $1.utf8.count / 4 })
    let (hits, tokens) = try await stores.search(
      call["store"], queries: search.query, topK: search.maxNumResults, filter: filter,
      legs: search.ranking?.ranker == "none" ? .vectors : .both)
    count(tokens, 0, for: call.identity.id)
    let least = search.ranking?.scoreThreshold ?? 0
    var names: [String: String] = [:]
    for id in Set(hits.map(\.part)) { names[id] = try? await stores.file(id, of: call["store"]).name }
    return try .json(
      StoreSearchReply(
        queries: search.query,
        data: hits.filter { $0.score >= least }.map { hit in
          StoreSearchReply.Hit(
            fileID: hit.part, filename: names[hit.part] ?? hit.part, score: hit.score,
            attributes: hit.fields.attributes, text: hit.text)
        }))
  }

  /// The filter of a body, as JSON; the room of searching reads it.
  private static func filters(of body: [UInt8]) throws -> String? {
    guard let object = try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any],
      let filter = object["filters"], !(filter is NSNull)
    else { return nil }
    guard JSONSerialization.isValidJSONObject(filter) else {
      throw RequestError.wrong(parameter: "filters", expected: "an object", found: "something else")
    }
    return String(decoding: try JSONSerialization.data(withJSONObject: filter), as: UTF8.self)
  }
}

extension ChunkOptions {
  init(_ strategy: ChunkingStrategy?) {
    let lengths = strategy?.lengths ?? ChunkingStrategy.usual
    self.init(maxTokens: lengths.maxChunkSizeTokens, overlap: lengths.chunkOverlapTokens)
  }
}

extension VectorStoreObject {
  init(_ info: VectorStoreInfo, now: Int) {
    let expired = info.expiresAt.map { $0 <= now } ?? false
    self.init(
      id: info.id, createdAt: info.createdAt, name: info.name, description: info.description,
      usageBytes: info.usageBytes, fileCounts: StoreFileCounts(info.counts),
      status: expired ? .expired : info.counts.inProgress > 0 ? .inProgress : .completed,
      expiresAfter: info.expiresAfterDays.map { StoreExpiry(days: $0) }, expiresAt: info.expiresAt,
      lastActiveAt: info.lastActiveAt, metadata: info.metadata)
  }
}

extension StoreFileCounts {
  init(_ counts: SourceCounts) {
    self.init(
      inProgress: counts.inProgress, completed: counts.completed, failed: counts.failed, cancelled: counts.cancelled)
  }
}

extension [String: FieldValue] {
  /// The fields that a caller may have given, as the wire has them.
  var attributes: [String: AttributeValue] {
    compactMapValues { value in
      switch value {
      case .text(let text): .text(text)
      case .number(let number): .number(number)
      case .bool(let flag): .bool(flag)
      case .null, .list: nil
      }
    }
  }
}

extension [String: AttributeValue] {
  var fields: [String: FieldValue] {
    mapValues { value in
      switch value {
      case .text(let text): .text(text)
      case .number(let number): .number(number)
      case .bool(let flag): .bool(flag)
      }
    }
  }
}
