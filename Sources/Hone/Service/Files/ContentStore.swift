internal import Foundation
internal import HoneFiles
internal import Synchronization

/// The bytes of files and of parts of uploads, `files/<sha256>`; the one place that adds and removes them.
///
/// Bytes come under a name of their own, are forced to disk, get the name of their hash, and only then a record. Bytes
/// that nobody's record needs go. Both under one turn, so that what is being added is not removed by another's end.
actor ContentStore {
  nonisolated let folder: URL
  private let queue: QueueExecutor

  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe queue.asUnownedSerialExecutor() }

  init(_ folder: URL) {
    self.folder = folder
    queue = QueueExecutor(label: "hone.files")
  }

  nonisolated func url(_ sha256: String) -> URL { folder.appendingPathComponent(sha256, isDirectory: false) }

  /// A new place to write to.
  nonisolated func newPart() throws(FileError) -> ContentPart { try ContentPart(in: folder) }

  /// Gives written bytes their place, then has a record made of them. Where that fails, the bytes go unless `needs`
  /// says that others need them.
  func keep<Value: Sendable>(
    _ part: ContentPart, needs: @Sendable (String) throws -> Bool, record: @Sendable (WrittenContent) throws -> Value
  ) throws -> Value {
    let content = try part.finish(in: url)
    do {
      return try record(content)
    } catch {
      if (try? needs(content.sha256)) == false { remove(content.sha256) }
      throw error
    }
  }

  /// Has a record deleted, and removes its bytes when `delete` says that nobody else needs them.
  func release<Value: Sendable>(
    _ delete: @Sendable () throws -> (value: Value, unused: [String])
  ) throws -> Value {
    let (value, unused) = try delete()
    for sha256 in unused { remove(sha256) }
    return value
  }

  /// Removes all bytes but those in use, and what was left half-written.
  func sweep(inUse: Set<String>) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] where !inUse.contains(name) {
      remove(name)
    }
  }

  private func remove(_ name: String) { try? FileManager.default.removeItem(at: url(name)) }
}

/// Bytes that are on disk under their hash.
struct WrittenContent: Sendable {
  let sha256: String
  let bytes: Int
}

/// Bytes on their way to disk.
final class ContentPart: Sendable {
  private struct State {
    var hash = ContentHash()
    var bytes = 0
    var isInPlace = false
  }

  private let file: URL
  private let handle: FileHandle
  private let state = Mutex(State())

  fileprivate init(in folder: URL) throws(FileError) {
    file = folder.appendingPathComponent(".part-\(randomName(length: 20))", isDirectory: false)
    let descriptor = unsafe open(file.path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw .unwritable(path: file.path, reason: unsafe String(cString: strerror(errno)))
    }
    handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }

  deinit {
    if !state.withLock({ $0.isInPlace }) { try? FileManager.default.removeItem(at: file) }
  }

  /// How many were written.
  var bytes: Int { state.withLock { $0.bytes } }

  func write(_ piece: [UInt8]) throws {
    try handle.write(contentsOf: piece)
    state.withLock { state in
      state.hash.update(piece)
      state.bytes += piece.count
    }
  }

  /// Forces the bytes to disk; they keep their passing name.
  func synchronise() throws { try handle.synchronize() }

  /// Moves the bytes, which are on disk, to their own name.
  fileprivate func finish(in place: (String) -> URL) throws -> WrittenContent {
    let (sha256, bytes) = state.withLock { ($0.hash.finish(), $0.bytes) }
    let target = place(sha256)
    try handle.close()
    guard unsafe rename(file.path, target.path) == 0 else {
      throw FileError.unwritable(path: target.path, reason: unsafe String(cString: strerror(errno)))
    }
    state.withLock { $0.isInPlace = true }
    try synchroniseFolder(target.deletingLastPathComponent())
    return WrittenContent(sha256: sha256, bytes: bytes)
  }
}

private func synchroniseFolder(_ url: URL) throws {
  let descriptor = unsafe open(url.path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return }
  defer { close(descriptor) }
  guard fsync(descriptor) == 0 else {
    throw FileError.unwritable(path: url.path, reason: unsafe String(cString: strerror(errno)))
  }
}
