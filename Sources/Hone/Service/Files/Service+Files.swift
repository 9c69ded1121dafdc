public import Foundation
internal import HoneFiles
internal import HoneStore

extension Service {
  /// Keeps a file that arrives in pieces. What is for fine-tuning is checked line by line on the way.
  ///
  /// - Throws: `HoneError` of kind `invalid` for content that cannot train, with line and reason.
  public func addFile(
    name: String, purpose: String, owner: String, expiresAfter seconds: Int? = nil,
    content: some AsyncSequence<[UInt8], any Error> & Sendable
  ) async throws -> StoredFileInfo {
    try Purpose.check(purpose)
    let name = plainFileName(name)
    let writer = try FileWriting(
      contents.newPart(), file: name, isTraining: purpose == Purpose.fineTune, most: options.largestFile)
    for try await piece in content { try await writer.take(piece) }
    let (part, statistics) = try await writer.finish()
    let now = options.clock()
    let id = "file-" + randomName(length: 24)
    let store = store
    let file = try await contents.keep(part, needs: { try store.contentsInUse().contains($0) }) { content in
      let file = StoredFile(
        id: id, filename: name, purpose: purpose, bytes: content.bytes, sha256: content.sha256, createdAt: now,
        status: "processed", expiresAt: seconds.map { now + min(max($0, 0), 1 << 40) }, owner: owner,
        tokens: statistics?.tokens,
        examples: statistics?.examples)
      try store.insert(file)
      return file
    }
    return StoredFileInfo(file)
  }

  /// The same for bytes in memory.
  public func addFile(
    name: String, purpose: String, owner: String, expiresAfter seconds: Int? = nil, content: [UInt8]
  ) async throws -> StoredFileInfo {
    let pieces = AsyncThrowingStream<[UInt8], any Error> { stream in
      stream.yield(content)
      stream.finish()
    }
    return try await addFile(
      name: name, purpose: purpose, owner: owner, expiresAfter: seconds, content: pieces)
  }

  public func file(_ id: String) async throws -> StoredFileInfo { StoredFileInfo(try await storedFile(id)) }

  public func files(_ query: ListQuery = ListQuery(), purpose: String? = nil) async throws -> ListPage<StoredFileInfo> {
    let page = try await store.background { store throws(StoreError) in
      try store.files(query.page, purpose: purpose)
    }
    return ListPage(page, StoredFileInfo.init)
  }

  /// Where the bytes of a file lie. They may go when the file is deleted; what is open then stays readable.
  public func content(ofFile id: String) async throws -> URL {
    let file = try await storedFile(id)
    let url = contents.url(file.sha256)
    guard FileManager.default.fileExists(atPath: url.path) else {
      throw HoneError(
        "\(id): expected its bytes in the home, found none", remedy: "upload the file again", fault: .machine)
    }
    return url
  }

  /// Deletes a file. Jobs that wait for it fail; a job that has read it keeps its own link to the bytes.
  public func deleteFile(_ id: String) async throws {
    _ = try await storedFile(id)
    try await board.fileIsGone(id)
    try await release(id)
  }

  /// Deletes the record, and the bytes unless others need them.
  func release(_ id: String) async throws {
    let store = store
    try await contents.release {
      guard let deleted = try store.deleteFile(id) else { return ((), []) }
      return ((), deleted.isContentInUse ? [] : [deleted.file.sha256])
    }
  }

  func storedFile(_ id: String, parameter: String? = nil) async throws -> StoredFile {
    let found = try await store.background { store throws(StoreError) in try store.file(id) }
    if let found, found.expiresAt.map({ $0 > options.clock() }) ?? true { return found }
    throw HoneError(
      "No such File object: \(id.prefix(80))", remedy: "see the list of files", parameter: parameter ?? "id",
      code: "file_not_found", kind: .notFound)
  }

  /// Removes the files whose time is over.
  func removeExpiredFiles() async throws {
    let now = options.clock()
    for file in try await store.background({ store throws(StoreError) in try store.expiredFiles(at: now) }) {
      try await board.fileIsGone(file.id)
      try await release(file.id)
    }
  }
}

/// A file while it arrives: written, hashed and checked away from the threads that tasks share.
actor FileWriting {
  private var part: ContentPart?
  private var check: TrainingFileCheck?
  private let file: String
  private let most: Int
  private let queue = QueueExecutor(label: "hone.upload")

  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe queue.asUnownedSerialExecutor() }

  init(_ part: ContentPart, file: String, isTraining: Bool, most: Int) {
    self.part = part
    self.file = file
    self.most = most
    check = isTraining ? TrainingFileCheck(file: file, measure: FileStatistics.tokens) : nil
  }

  func take(_ piece: [UInt8]) throws {
    guard let part else { return }
    guard part.bytes + piece.count <= most else {
      throw HoneError(
        "\(file): expected at most \(most) bytes, found more", remedy: "divide the file", parameter: "file",
        code: "file_too_large")
    }
    try part.write(piece)
    do {
      try check?.take(piece)
    } catch {
      throw Self.refusal(error)
    }
  }

  /// Gives the part that holds the whole file, and what was counted in it.
  func finish() throws -> (part: ContentPart, statistics: FileStatistics?) {
    guard let part, part.bytes > 0 else {
      throw HoneError("\(file): expected at least one byte, found none", remedy: "send the file", parameter: "file")
    }
    do {
      try check?.finish()
    } catch {
      throw Self.refusal(error)
    }
    try part.synchronise()
    self.part = nil
    return (part, check.map { FileStatistics(tokens: $0.size, examples: $0.rows) })
  }

  private static func refusal(_ error: TrainingFileError) -> HoneError {
    HoneError(
      "Expected file to have JSONL format with prompt/completion keys, or with messages. \(error.description)",
      remedy: "then upload it again", parameter: "file", code: "invalid_training_file")
  }
}
