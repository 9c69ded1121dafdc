package import Foundation

/// Replaces a file so that at any instant, power cuts included, either the old or the new bytes are there whole.
///
/// The bytes are written beside it, forced to disk and renamed. On failure nothing is left behind.
package func replaceFile(at url: URL, with data: Data) throws(FileError) {
  let folder = url.deletingLastPathComponent()
  let beside = folder.appendingPathComponent(temporaryName(for: url))
  do {
    try writeThrough(data, to: beside)
    try move(beside, to: url)
    try synchronise(folder)
  } catch {
    _ = unsafe unlink(beside.path)
    throw error
  }
}

/// Builds a folder beside `url` and moves it into place when it is whole and on disk. An older one goes after that.
///
/// On an error from `building` nothing is left behind and the older folder stays.
package func replaceDirectory(at url: URL, building: (URL) throws -> Void) throws {
  let parent = url.deletingLastPathComponent()
  let beside = parent.appendingPathComponent(temporaryName(for: url), isDirectory: true)
  let manager = FileManager.default
  do {
    try manager.createDirectory(at: beside, withIntermediateDirectories: true)
    try building(beside)
    for name in try manager.contentsOfDirectory(atPath: beside.path) {
      try synchronise(beside.appendingPathComponent(name))
    }
    try synchronise(beside)
    if manager.fileExists(atPath: url.path) {
      let older = parent.appendingPathComponent(temporaryName(for: url), isDirectory: true)
      try move(url, to: older)
      try move(beside, to: url)
      try? manager.removeItem(at: older)
    } else {
      try move(beside, to: url)
    }
    try synchronise(parent)
  } catch {
    try? manager.removeItem(at: beside)
    if let failure = error as? CocoaError, failure.code == .fileWriteOutOfSpace {
      throw FileError.diskFull(path: url.path)
    }
    throw error
  }
}

/// Deletes what interrupted replacements left in a folder.
package func removeLeftovers(in folder: URL) {
  let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
  for name in names where name.hasPrefix(".") && name.contains(temporaryMark) {
    try? FileManager.default.removeItem(at: folder.appendingPathComponent(name))
  }
}

private let temporaryMark = ".hone-part-"

private func temporaryName(for url: URL) -> String {
  ".\(url.lastPathComponent.prefix(100))\(temporaryMark)\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
}

private func writeThrough(_ data: Data, to url: URL) throws(FileError) {
  let file = try FileWriter(url)
  let bytes = [UInt8](data)
  try unsafe file.write(bytes.span.bytes)
  try file.finish()
}

private func move(_ from: URL, to: URL) throws(FileError) {
  guard unsafe rename(from.path, to.path) == 0 else { throw systemError(to.path) }
}

/// Forces a file or folder to disk.
private func synchronise(_ url: URL) throws(FileError) {
  let descriptor = unsafe open(url.path, O_RDONLY)
  guard descriptor >= 0 else { throw systemError(url.path) }
  defer { close(descriptor) }
  guard fsync(descriptor) == 0 else { throw systemError(url.path) }
}

/// A new file that is written from front to back.
struct FileWriter: ~Copyable {
  private let descriptor: Int32
  private let path: String

  init(_ url: URL) throws(FileError) {
    let opened = unsafe open(url.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard opened >= 0 else { throw systemError(url.path) }
    descriptor = opened
    path = url.path
  }

  deinit { close(descriptor) }

  borrowing func write(_ bytes: RawSpan) throws(FileError) {
    var done = 0
    while done < bytes.byteCount {
      let count = systemWrite(descriptor, bytes.extracting(droppingFirst: done))
      if count < 0 {
        if errno == EINTR { continue }
        throw systemError(path)
      }
      done += count
    }
  }

  /// Forces what was written to disk.
  borrowing func finish() throws(FileError) {
    guard fsync(descriptor) == 0 else { throw systemError(path) }
  }
}

private func systemWrite(_ descriptor: Int32, _ bytes: RawSpan) -> Int {
  unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, min($0.count, 1 << 30)) }
}
