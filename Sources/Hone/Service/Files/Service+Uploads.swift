internal import Foundation
internal import HoneFiles
internal import HoneStore

/// A file that arrives in parts.
public struct UploadInfo: Sendable, Equatable {
  public let id: String
  public let filename: String
  public let purpose: String
  public let bytes: Int
  /// `pending`, `completed`, `cancelled` or `expired`.
  public let status: String
  public let createdAt: Int
  public let expiresAt: Int
  /// What it became.
  public let file: StoredFileInfo?
}

/// One part of an upload.
public struct UploadPartInfo: Sendable, Equatable {
  public let id: String
  public let upload: String
  public let createdAt: Int
}

extension Service {
  /// How long an upload may take, in seconds.
  private static let uploadSeconds = 3600
  private static let pending = "pending"

  /// Begins a file that comes in parts. `expiresAfter`: how long it stays once it is whole, in seconds.
  public func createUpload(
    name: String, purpose: String, bytes: Int, mimeType: String, owner: String, expiresAfter seconds: Int? = nil
  ) async throws -> UploadInfo {
    try Purpose.check(purpose)
    guard (1...options.largestFile).contains(bytes) else {
      throw HoneError(
        "bytes: expected 1 to \(options.largestFile), found \(bytes)", remedy: "divide the file", parameter: "bytes",
        code: "invalid_value")
    }
    let now = options.clock()
    let upload = StoredUpload(
      id: "upload_" + randomName(length: 24), filename: plainFileName(name), purpose: purpose, bytes: bytes,
      mimeType: String(mimeType.prefix(200)), status: Self.pending, createdAt: now,
      expiresAt: now + Self.uploadSeconds, owner: owner, fileSeconds: seconds)
    try await store.background { store throws(StoreError) in try store.insert(upload) }
    return info(upload, nil)
  }

  public func upload(_ id: String) async throws -> UploadInfo {
    let upload = try await storedUpload(id)
    var file: StoredFileInfo?
    if let id = upload.file { file = try? await self.file(id) }
    return info(upload, file)
  }

  /// Keeps one part.
  public func addPart(
    toUpload id: String, content: some AsyncSequence<[UInt8], any Error> & Sendable
  ) async throws -> UploadPartInfo {
    let upload = try await pendingUpload(id)
    let writer = try FileWriting(
      contents.newPart(), file: upload.filename, isTraining: false, most: min(upload.bytes, options.largestFile))
    for try await piece in content { try await writer.take(piece) }
    let written = try await writer.finish().part
    let (store, now, partID) = (store, options.clock(), "part_" + randomName(length: 24))
    do {
      return try await contents.keep(written, needs: { try store.contentsInUse().contains($0) }) { content in
        let part = UploadPart(
          id: partID, upload: id, bytes: content.bytes, sha256: content.sha256, createdAt: now)
        try store.add(part, whileStatusIs: Self.pending)
        return UploadPartInfo(id: part.id, upload: id, createdAt: now)
      }
    } catch StoreError.unknown {
      throw Self.notPending(id)
    }
  }

  /// Joins parts, in the order given, to a file; it is checked as one that arrives whole. `md5`: what the file's
  /// checksum must be, in hexadecimal; where it is another the upload stays open.
  public func completeUpload(_ id: String, parts ids: [String], md5: String? = nil) async throws -> UploadInfo {
    let upload = try await pendingUpload(id)
    let parts = try await store.background { store throws(StoreError) in try store.parts(ofUpload: id) }
    let known = Dictionary(parts.map { ($0.id, $0) }) { first, _ in first }
    let chosen = ids.compactMap { known[$0] }
    guard chosen.count == ids.count, !ids.isEmpty, Set(ids).count == ids.count else {
      throw HoneError(
        "part_ids: expected ids of this upload's parts, each once", remedy: "mend the list", parameter: "part_ids",
        code: "invalid_value")
    }
    let total = chosen.reduce(0) { $0 + $1.bytes }
    guard total == upload.bytes else {
      throw HoneError(
        "bytes: expected \(upload.bytes), as announced, found \(total) in the parts", remedy: "send what is missing",
        parameter: "bytes", code: "invalid_value")
    }
    let (part, statistics) = try await join(chosen, upload, md5: md5?.lowercased())
    let (store, now, fileID) = (store, options.clock(), "file-" + randomName(length: 24))
    let file = try await contents.keep(part, needs: { try store.contentsInUse().contains($0) }) { content in
      let file = StoredFile(
        id: fileID, filename: upload.filename, purpose: upload.purpose, bytes: content.bytes, sha256: content.sha256,
        createdAt: now, status: "processed", expiresAt: upload.fileSeconds.map { now + $0 }, owner: upload.owner,
        tokens: statistics?.tokens, examples: statistics?.examples)
      guard try store.settleUpload(id, from: Self.pending, to: "completed", file: file) else {
        throw Self.notPending(id)
      }
      return file
    }
    try await removeUnused(parts)
    var done = upload
    done.status = "completed"
    return info(done, StoredFileInfo(file))
  }

  private func join(
    _ parts: [UploadPart], _ upload: StoredUpload, md5 expected: String?
  ) async throws -> (part: ContentPart, statistics: FileStatistics?) {
    if let expected, expected.utf8.count != 32 || !expected.allSatisfy(\.isHexDigit) {
      throw Self.wrongChecksum("32 hexadecimal digits", "something else")
    }
    var checksum = expected == nil ? nil : MD5()
    let writer = try FileWriting(
      contents.newPart(), file: upload.filename, isTraining: upload.purpose == Purpose.fineTune,
      most: options.largestFile)
    for part in parts {
      let handle = try FileHandle(forReadingFrom: contents.url(part.sha256))
      defer { try? handle.close() }
      while let piece = try handle.read(upToCount: 1 << 18), !piece.isEmpty {
        checksum?.update([UInt8](piece))
        try await writer.take([UInt8](piece))
      }
    }
    if let expected, let found = checksum?.finish(), found != expected {
      throw Self.wrongChecksum(expected, "\(found) of the parts in this order")
    }
    return try await writer.finish()
  }

  private static func wrongChecksum(_ expected: String, _ found: String) -> HoneError {
    HoneError(
      "md5: expected \(expected), found \(found)", remedy: "send the parts again, or mend their order",
      parameter: "md5",
      code: "invalid_value")
  }

  public func cancelUpload(_ id: String) async throws -> UploadInfo {
    let upload = try await pendingUpload(id)
    return info(try await end(upload, "cancelled"), nil)
  }

  /// Ends the uploads whose time is over.
  func removeExpiredUploads() async throws {
    let now = options.clock()
    let late = try await store.background { store throws(StoreError) in
      try store.expiredUploads(at: now, status: Self.pending)
    }
    for upload in late { _ = try? await end(upload, "expired") }
  }

  private func end(_ upload: StoredUpload, _ status: String) async throws -> StoredUpload {
    let parts = try await store.background { store throws(StoreError) in try store.parts(ofUpload: upload.id) }
    let isEnded = try await store.background { store throws(StoreError) in
      try store.settleUpload(upload.id, from: Self.pending, to: status)
    }
    guard isEnded else { throw Self.notPending(upload.id) }
    try await removeUnused(parts)
    var ended = upload
    ended.status = status
    return ended
  }

  private func removeUnused(_ parts: [UploadPart]) async throws {
    let store = store
    try await contents.release {
      let inUse = try store.contentsInUse()
      return ((), parts.map(\.sha256).filter { !inUse.contains($0) })
    }
  }

  private func storedUpload(_ id: String) async throws -> StoredUpload {
    let found = try await store.background { store throws(StoreError) in try store.upload(id) }
    guard let found else {
      throw HoneError(
        "No such Upload object: \(id.prefix(80))", remedy: "create it first", parameter: "upload_id",
        code: "upload_not_found", kind: .notFound)
    }
    return found
  }

  private func pendingUpload(_ id: String) async throws -> StoredUpload {
    let upload = try await storedUpload(id)
    guard upload.status == Self.pending, upload.expiresAt > options.clock() else { throw Self.notPending(id) }
    return upload
  }

  private static func notPending(_ id: String) -> HoneError {
    HoneError(
      "\(id): expected an upload that is pending, found one that has ended", remedy: "create another",
      parameter: "upload_id", code: "invalid_upload_status")
  }

  private func info(_ upload: StoredUpload, _ file: StoredFileInfo?) -> UploadInfo {
    let isLate = upload.status == Self.pending && upload.expiresAt <= options.clock()
    return UploadInfo(
      id: upload.id, filename: upload.filename, purpose: upload.purpose, bytes: upload.bytes,
      status: isLate ? "expired" : upload.status, createdAt: upload.createdAt, expiresAt: upload.expiresAt, file: file)
  }
}
