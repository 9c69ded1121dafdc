package import Foundation

/// Holds a file for this process alone until it is released or the process ends, however it ends.
///
/// The lock belongs to the open file, not to a process number, so a reused number cannot fake it.
package struct FileLock: ~Copyable {
  private let descriptor: Int32

  /// - Throws: `FileError.lockedElsewhere` when another process holds it.
  package init(at url: URL) throws(FileError) {
    descriptor = try locked(unsafe open(url.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644), url.path)
  }

  /// Holds a file or a folder that is there already.
  init(holding url: URL) throws(FileError) {
    descriptor = try locked(unsafe open(url.path, O_RDONLY | O_CLOEXEC), url.path)
  }

  /// Lets others have it; the end of this value does so too.
  package borrowing func release() { flock(descriptor, LOCK_UN) }

  deinit { close(descriptor) }
}

/// An open file that nobody else holds from now on.
private func locked(_ opened: Int32, _ path: String) throws(FileError) -> Int32 {
  guard opened >= 0 else { throw systemError(path) }
  guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
    let error = errno == EWOULDBLOCK ? FileError.lockedElsewhere(path: path) : systemError(path)
    close(opened)
    throw error
  }
  return opened
}
