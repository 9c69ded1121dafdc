/// How many files of a vector store are how far.
package struct StoreFileCounts: Codable, Equatable, Sendable {
  package var inProgress: Int
  package var completed: Int
  package var failed: Int
  package var cancelled: Int
  package var total: Int

  package init(inProgress: Int, completed: Int, failed: Int, cancelled: Int) {
    (self.inProgress, self.completed, self.failed) = (inProgress, completed, failed)
    (self.cancelled, total) = (cancelled, inProgress + completed + failed + cancelled)
  }

  private enum CodingKeys: String, CodingKey {
    case inProgress = "in_progress"
    case completed, failed, cancelled, total
  }
}

/// A vector store.
package struct VectorStoreObject: Reply, Codable, Equatable, Identifiable {
  package enum Status: String, Codable, Sendable {
    case inProgress = "in_progress"
    case completed, expired
  }

  package let id: String
  package let object: String
  package var createdAt: Int
  package var name: String
  @Nullable package var description: String?
  package var usageBytes: Int
  package var fileCounts: StoreFileCounts
  package var status: Status
  @Nullable package var expiresAfter: StoreExpiry?
  @Nullable package var expiresAt: Int?
  package var lastActiveAt: Int
  package var metadata: Pairs

  package init(
    id: String, createdAt: Int, name: String, description: String?, usageBytes: Int, fileCounts: StoreFileCounts,
    status: Status, expiresAfter: StoreExpiry?, expiresAt: Int?, lastActiveAt: Int, metadata: [String: String]
  ) {
    (self.id, object, self.createdAt, self.name) = (id, "vector_store", createdAt, name)
    self.description = description
    (self.usageBytes, self.fileCounts, self.status) = (usageBytes, fileCounts, status)
    self.expiresAfter = expiresAfter
    self.expiresAt = expiresAt
    (self.lastActiveAt, self.metadata) = (lastActiveAt, Pairs(metadata))
  }

  private enum CodingKeys: String, CodingKey {
    case id, object
    case createdAt = "created_at"
    case name, description
    case usageBytes = "usage_bytes"
    case fileCounts = "file_counts"
    case status
    case expiresAfter = "expires_after"
    case expiresAt = "expires_at"
    case lastActiveAt = "last_active_at"
    case metadata
  }
}

/// How far a file, or a batch of files, of a vector store is.
package enum StoreFileStatus: String, Codable, Sendable, CaseIterable {
  case inProgress = "in_progress"
  case completed, cancelled, failed
}

/// A file of a vector store; `id` is that of the file.
package struct StoreFileObject: Reply, Codable, Equatable, Identifiable {
  package struct Failure: Codable, Equatable, Sendable {
    package enum Code: String, Codable, Sendable {
      case serverError = "server_error"
      case unsupportedFile = "unsupported_file"
      case invalidFile = "invalid_file"
    }

    package var code: Code
    package var message: String

    package init(code: Code, message: String) { (self.code, self.message) = (code, message) }
  }

  package let id: String
  package let object: String
  package var usageBytes: Int
  package var createdAt: Int
  package var vectorStoreID: String
  package var status: StoreFileStatus
  @Nullable package var lastError: Failure?
  package var chunkingStrategy: ChunkingStrategy
  package var attributes: [String: AttributeValue]

  package init(
    id: String, usageBytes: Int, createdAt: Int, vectorStoreID: String, status: StoreFileStatus, lastError: Failure?,
    chunkingStrategy: ChunkingStrategy, attributes: [String: AttributeValue]
  ) {
    (self.id, object, self.usageBytes, self.createdAt) = (id, "vector_store.file", usageBytes, createdAt)
    (self.vectorStoreID, self.status) = (vectorStoreID, status)
    self.lastError = lastError
    (self.chunkingStrategy, self.attributes) = (chunkingStrategy, attributes)
  }

  private enum CodingKeys: String, CodingKey {
    case id, object, status, attributes
    case usageBytes = "usage_bytes"
    case createdAt = "created_at"
    case vectorStoreID = "vector_store_id"
    case lastError = "last_error"
    case chunkingStrategy = "chunking_strategy"
  }
}

/// Files that were given to a vector store together.
package struct StoreBatchObject: Reply, Codable, Equatable, Identifiable {
  package let id: String
  package let object: String
  package var createdAt: Int
  package var vectorStoreID: String
  package var status: StoreFileStatus
  package var fileCounts: StoreFileCounts

  package init(id: String, createdAt: Int, vectorStoreID: String, status: StoreFileStatus, fileCounts: StoreFileCounts)
  {
    (self.id, object, self.createdAt) = (id, "vector_store.files_batch", createdAt)
    (self.vectorStoreID, self.status, self.fileCounts) = (vectorStoreID, status, fileCounts)
  }

  private enum CodingKeys: String, CodingKey {
    case id, object, status
    case createdAt = "created_at"
    case vectorStoreID = "vector_store_id"
    case fileCounts = "file_counts"
  }
}

/// A text of a reply about a vector store.
package struct StoreText: Codable, Equatable, Sendable {
  package let type: String
  package var text: String

  package init(_ text: String) { (type, self.text) = ("text", text) }
}

/// What a search found, the best first.
package struct StoreSearchReply: Reply, Codable, Equatable {
  package struct Hit: Codable, Equatable, Sendable {
    package var fileID: String
    package var filename: String
    package var score: Double
    package var attributes: [String: AttributeValue]
    package var content: [StoreText]

    package init(fileID: String, filename: String, score: Double, attributes: [String: AttributeValue], text: String) {
      (self.fileID, self.filename, self.score) = (fileID, filename, score)
      (self.attributes, content) = (attributes, [StoreText(text)])
    }

    private enum CodingKeys: String, CodingKey {
      case filename, score, attributes, content
      case fileID = "file_id"
    }
  }

  package let object: String
  package var searchQuery: [String]
  package var data: [Hit]
  package let hasMore: Bool
  @Nullable package var nextPage: String?

  package init(queries: [String], data: [Hit]) {
    (object, searchQuery, self.data, hasMore) = ("vector_store.search_results.page", queries, data, false)
    nextPage = nil
  }

  private enum CodingKeys: String, CodingKey {
    case object, data
    case searchQuery = "search_query"
    case hasMore = "has_more"
    case nextPage = "next_page"
  }
}

/// The text of a file of a vector store, chunk after chunk.
package struct StoreContentReply: Reply, Codable, Equatable {
  package let object: String
  package var data: [StoreText]
  package let hasMore: Bool
  @Nullable package var nextPage: String?

  package init(_ texts: [String]) {
    (object, data, hasMore) = ("vector_store.file_content.page", texts.map { StoreText($0) }, false)
    nextPage = nil
  }

  private enum CodingKeys: String, CodingKey {
    case object, data
    case hasMore = "has_more"
    case nextPage = "next_page"
  }
}
