internal import Foundation
internal import Synchronization

/// The files of SQLite that this process has open.
///
/// Who closes any descriptor of a file takes all locks of the process on it (POSIX), those of SQLite's connections among
/// them: another process would then take itself for the last one, and take the log away from under this one. So nothing
/// but SQLite may open a file while a connection to it is there.
enum OpenFiles {
  private static let counts = Mutex<[FileIdentity: Int]>([:])

  /// Looks at what a file is, unless this process has it open and looked before; it counts as open from then on.
  static func claim(_ file: URL, _ schema: Schema) throws -> FileIdentity? {
    try counts.withLock { counts in
      let identity = FileIdentity(file)
      if identity.flatMap({ counts[$0] }) == nil { try checkHeader(of: file, schema) }
      if let identity { counts[identity, default: 0] += 1 }
      return identity
    }
  }

  /// To be called when the last connection is closed.
  static func release(_ identity: FileIdentity?) {
    guard let identity else { return }
    counts.withLock { counts in
      let left = (counts[identity] ?? 1) - 1
      counts[identity] = left > 0 ? left : nil
    }
  }
}

/// What tells a file from another that is put in its place. It is not given again while the file is open.
struct FileIdentity: Hashable, Sendable {
  let (device, number): (UInt64, UInt64)

  init?(_ file: URL) {
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: file.path),
      let device = attributes[.systemNumber] as? NSNumber, let number = attributes[.systemFileNumber] as? NSNumber
    else { return nil }
    (self.device, self.number) = (device.uint64Value, number.uint64Value)
  }
}
