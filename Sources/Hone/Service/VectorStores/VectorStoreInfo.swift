/// A vector store, as clients of the API know it: a collection whose rows come from files.
public struct VectorStoreInfo: Sendable, Equatable {
  public let id: String
  public var name: String
  public var description: String?
  public var metadata: [String: String]
  public let createdAt: Int
  public var lastActiveAt: Int
  /// Days after its last use when it goes; nil: it stays.
  public var expiresAfterDays: Int?
  /// Seconds since 1970 when it goes.
  public let expiresAt: Int?
  public let usageBytes: Int
  public let counts: SourceCounts
}

/// How many files are how far.
public struct SourceCounts: Sendable, Equatable {
  public var inProgress = 0
  public var completed = 0
  public var failed = 0
  public var cancelled = 0
  public var total: Int { inProgress + completed + failed + cancelled }

  init(_ counts: [String: Int]) {
    inProgress = counts[SourceStatus.inProgress.rawValue] ?? 0
    completed = counts[SourceStatus.completed.rawValue] ?? 0
    failed = counts[SourceStatus.failed.rawValue] ?? 0
    cancelled = counts[SourceStatus.cancelled.rawValue] ?? 0
  }
}

/// How far a file of a vector store is.
public enum SourceStatus: String, Sendable, CaseIterable {
  case inProgress = "in_progress"
  case completed, failed, cancelled
}

/// A file of a vector store.
public struct SourceInfo: Sendable, Equatable {
  public let id: String
  public let name: String
  public let batch: String?
  public let createdAt: Int
  public let status: SourceStatus
  public let errorCode: String?
  public let error: String?
  public let attributes: [String: FieldValue]
  public let chunks: ChunkOptions
  public let bytes: Int
}

/// Files that were given to a vector store together.
public struct BatchInfo: Sendable, Equatable {
  public let id: String
  public let createdAt: Int
  public let counts: SourceCounts
}

/// A file that is to be in a vector store.
public struct SourceRequest: Sendable, Equatable {
  public var file: String
  public var attributes: [String: FieldValue]
  public var chunks: ChunkOptions

  public init(file: String, attributes: [String: FieldValue] = [:], chunks: ChunkOptions) {
    (self.file, self.attributes, self.chunks) = (file, attributes, chunks)
  }
}
