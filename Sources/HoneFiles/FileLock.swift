package import Foundation

/// Holds a file for this process alone until it is released or the process ends, however it ends.
///
/// The lock belongs to the open file, not to a process number, so a reused number cannot fake it.
package struct FileLock: ~Copyable {
  private let descriptor: Int32

  /// - Throws: `FileError.lockedElsewhere` when another process holds it.
  package init(at url: URL) throws(FileError) {
    let opened = unsafe open(url.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard opened >= 0 else { throw systemError(url.path) }
    guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
      close(opened)
      throw .lockedElsewhere(path: url.path)
    }
    descriptor = opened
  }

  /// Lets others have it; the end of this value does so too.
  package borrowing func release() { flock(descriptor, LOCK_UN) }

  deinit { close(descriptor) }
}
