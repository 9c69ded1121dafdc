/// What can go wrong between the store and its file.
package enum StoreError: Error, Equatable, Sendable {
  /// It cannot be opened, made, read or written at all.
  case unavailable(path: String, reason: String)
  /// Something else lies in its place.
  case notAStore(path: String, found: String)
  case damaged(path: String, found: String)
  /// A later Hone wrote it.
  case newerVersion(path: String, expected: Int, found: Int)
  /// Another process has held it for longer than the store waits.
  case busy(path: String)
  case diskFull(path: String)
  /// A record with this name or id is there already; `field` is `table.column`, any one where several are in use.
  case taken(field: String)
  /// A record that this one belongs to is not there.
  case unknown(kind: String, id: String)
  case failed(path: String, reason: String)
}

extension StoreError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unavailable(let path, let reason):
      "\(path): expected a file that can be read and written, found none (\(reason)); check the folder and its permissions"
    case .notAStore(let path, let found):
      "\(path): expected Hone's records, found \(found); move it away, or choose another home"
    case .damaged(let path, let found):
      "\(path): expected sound records, found damage (\(found)); move it away with the files beside it that begin with "
        + "its name, then put back a copy or begin anew"
    case .newerVersion(let path, let expected, let found):
      "\(path): expected records of version \(expected) or older, found version \(found); use the newer Hone that wrote "
        + "them, or choose another home"
    case .busy(let path):
      "\(path): expected to get a turn, found it held by another process; wait for that process, or stop it"
    case .diskFull(let path):
      "\(path): expected room on the disk, found it full; nothing was changed; free some space and try again"
    case .taken(let field):
      "\(field): expected a value that no other record has, found one that is in use; choose another"
    case .unknown(let kind, let id):
      "\(kind) \(id): expected a record, found none; check the id"
    case .failed(let path, let reason):
      "\(path): expected the change to be kept, found that it was not (\(reason)); nothing was changed; try again"
    }
  }
}
