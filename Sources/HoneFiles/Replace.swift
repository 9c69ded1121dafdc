package import Foundation

/// Replaces a file so that at any instant, power cuts included, either the old or the new bytes are there whole.
///
/// The bytes are written beside it, forced to disk and renamed. On failure nothing is left behind.
package func replaceFile(at url: URL, with data: Data) throws(FileError) {
  try replaceFile(at: url) { (file) throws(FileError) in
    let bytes = [UInt8](data)
    try unsafe file.write(bytes.span.bytes)
  }
}

/// The same with bytes that are written piece by piece.
package func replaceFile(
  at url: URL, writing: (borrowing FileWriter) throws(FileError) -> Void
) throws(FileError) {
  let folder = url.deletingLastPathComponent()
  let part = folder.appendingPathComponent(partName())
  do {
    let file = try FileWriter(part, for: url)
    try writing(file)
    try file.finish()
    try move(part, to: url)
    try synchronise(folder)
  } catch {
    _ = unsafe unlink(part.path)
    throw error
  }
}

/// Builds a folder beside `url` and puts it in place when it is whole and on disk. An older one goes after that.
///
/// The two folders are swapped at once. Where the file system cannot (or `swaps` is false), the older one steps aside
/// first; a crash just then leaves it under a name from which `removeLeftovers` brings it back.
/// On an error from `building` nothing is left behind and the older folder stays.
package func replaceDirectory(at url: URL, swaps: Bool = true, building: (URL) throws -> Void) throws {
  let parent = url.deletingLastPathComponent()
  let part = parent.appendingPathComponent(partName(), isDirectory: true)
  let manager = FileManager.default
  do {
    try manager.createDirectory(at: part, withIntermediateDirectories: true)
    let lock = try FileLock(holding: part)
    try building(part)
    for name in try manager.subpathsOfDirectory(atPath: part.path) {
      try synchronise(part.appendingPathComponent(name))
    }
    try synchronise(part)
    try putInPlace(part, url, swaps: swaps)
    try synchronise(parent)
    lock.release()
  } catch {
    try? manager.removeItem(at: part)
    throw isFullDisk(error) ? FileError.diskFull(path: url.path) : error
  }
}

private func isFullDisk(_ error: any Error) -> Bool {
  if case .diskFull? = error as? FileError { return true }
  return (error as? CocoaError)?.code == .fileWriteOutOfSpace
}

/// Moves a whole folder to `url`, and deletes the one that was there.
private func putInPlace(_ part: URL, _ url: URL, swaps: Bool) throws(FileError) {
  let manager = FileManager.default
  guard manager.fileExists(atPath: url.path) else { return try move(part, to: url) }
  if swaps, swapped(part, url) {
    try? manager.removeItem(at: part)
    return
  }
  let older = url.deletingLastPathComponent().appendingPathComponent(".\(url.lastPathComponent)\(olderMark)")
  try? manager.removeItem(at: older)
  try move(url, to: older)
  do {
    try move(part, to: url)
  } catch {
    try move(older, to: url)
    throw error
  }
  try? manager.removeItem(at: older)
}

/// Tidies a folder after interrupted replacements: deletes what was not finished, and brings back a folder that had
/// stepped aside for one that never came. What another process is still writing stays.
package func removeLeftovers(in folder: URL) {
  let manager = FileManager.default
  for name in (try? manager.contentsOfDirectory(atPath: folder.path)) ?? [] {
    let place = folder.appendingPathComponent(name)
    if name.utf8.starts(with: partMark.utf8), let lock = try? FileLock(holding: place) {
      try? manager.removeItem(at: place)
      lock.release()
    } else if name.utf8.first == UInt8(ascii: "."), name.utf8.suffix(olderMark.utf8.count).elementsEqual(olderMark.utf8)
    {
      bringBack(place, as: String(decoding: name.utf8.dropFirst().dropLast(olderMark.utf8.count), as: UTF8.self))
    }
  }
}

/// Moves a folder that stepped aside back to its own name, or deletes it where that is taken.
private func bringBack(_ older: URL, as name: String) {
  let own = older.deletingLastPathComponent().appendingPathComponent(name)
  if name.isEmpty || FileManager.default.fileExists(atPath: own.path) {
    try? FileManager.default.removeItem(at: older)
  } else {
    try? move(older, to: own)
  }
}

/// How the name of what is being written begins, and how that of a folder which stepped aside ends.
private let (partMark, olderMark) = (".hone-part-", ".hone-old")

private func partName() -> String { partMark + String(UInt64.random(in: 0...UInt64.max), radix: 36) }

func move(_ from: URL, to: URL) throws(FileError) {
  guard unsafe rename(from.path, to.path) == 0 else { throw systemError(to.path) }
}

/// Forces a file or folder to disk.
func synchronise(_ url: URL) throws(FileError) {
  let descriptor = unsafe open(url.path, O_RDONLY)
  guard descriptor >= 0 else { throw systemError(url.path) }
  defer { close(descriptor) }
  guard fsync(descriptor) == 0 else { throw systemError(url.path) }
}

/// A new file that is written from front to back.
package struct FileWriter: ~Copyable {
  private let descriptor: Int32
  private let path: String

  /// Errors name `target`, which is what the reader asked for, where it is another file.
  init(_ url: URL, for target: URL? = nil) throws(FileError) {
    let opened = unsafe open(url.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard opened >= 0 else { throw systemError((target ?? url).path) }
    flock(opened, LOCK_EX | LOCK_NB)  // so that `removeLeftovers` sees that it is in use; where that fails, it does not
    descriptor = opened
    path = (target ?? url).path
  }

  deinit { close(descriptor) }

  /// Adds bytes at the end.
  package borrowing func write(_ bytes: RawSpan) throws(FileError) {
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
