internal import Foundation

/// What can go wrong with a file as a whole.
package enum FileError: Error, Equatable, Sendable {
  case unreadable(path: String, reason: String)
  case unwritable(path: String, reason: String)
  case diskFull(path: String)
  case lockedElsewhere(path: String)
}

extension FileError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "\(path): expected a file that can be read, found none (\(reason)); check the path and its permissions"
    case .unwritable(let path, let reason):
      "\(path): expected a place that can be written, found none (\(reason)); check the folder and its permissions"
    case .diskFull(let path):
      "\(path): expected room on the disk, found it full; nothing was changed; free some space and try again"
    case .lockedElsewhere(let path):
      "\(path): is in use by another run of hone; wait for it, or stop it"
    }
  }
}

/// The last error of the system as one of ours.
func systemError(_ path: String) -> FileError {
  let code = errno
  if code == ENOSPC || code == EDQUOT { return .diskFull(path: path) }
  return .unwritable(path: path, reason: unsafe String(cString: strerror(code)))
}
