internal import Foundation
internal import HoneFiles

/// Where the process that has a home can be spoken to: `terminal/socket` in the home.
///
/// Where the home's path is too long for a socket, or its disk holds none, the socket lies in a folder in the temporary
/// one, and its path is in `terminal/place`. Either folder may be entered by the owner alone: whoever can enter has
/// all rights over the home, as he has over its files.
struct TerminalPlace {
  private let folder: URL

  init(_ home: Home) { folder = home.url.appendingPathComponent("terminal", isDirectory: true) }

  private var socket: String { folder.appendingPathComponent("socket").path }
  private var note: URL { folder.appendingPathComponent("place") }

  /// Listens, after clearing away what a killed process left. Only who has the home may do so.
  ///
  /// - Throws: `LinkError` or `FileError`, with the system's reason.
  func open() throws -> (socket: LocalSocket, path: String) {
    try makePrivate(folder.path)
    clear()
    if let socket = try? LocalSocket.listen(at: socket) { return (socket, self.socket) }
    let path = try Self.temporaryFolder() + "/socket"
    do {
      let socket = try LocalSocket.listen(at: path)
      try replaceFile(at: note, with: Data(path.utf8))
      return (socket, path)
    } catch {
      Self.remove(path)
      throw error
    }
  }

  /// Removes the socket, and the folder that was made for it.
  func clear() {
    _ = unsafe unlink(socket)
    if let path = noted() {
      Self.remove(path)
      _ = unsafe unlink(note.path)
    }
  }

  /// Where somebody listens, or listened once; nil where nobody did, or where others than the owner could have.
  func find() -> String? {
    guard let owner = Self.privateOwner(folder.path) else { return nil }
    guard let path = noted() else { return socket }
    return Self.privateOwner((path as NSString).deletingLastPathComponent) == owner ? path : nil
  }

  /// The path that the note gives, if it is one that `open` could have made.
  private func noted() -> String? {
    guard let data = try? Data(contentsOf: note), data.count <= LocalSocket.longestPath,
      let path = String(validating: data, as: UTF8.self)
    else { return nil }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count > 2, parts[0].isEmpty, parts[parts.count - 2].hasPrefix(Self.mark), parts.last == "socket" else {
      return nil
    }
    return path
  }

  private static let mark = "hone-"

  private static func remove(_ path: String) {
    let folder = (path as NSString).deletingLastPathComponent
    guard privateOwner(folder) == geteuid() else { return }
    _ = unsafe unlink(path)
    _ = unsafe rmdir(folder)
  }

  private static func temporaryFolder() throws(FileError) -> String {
    let usual = FileManager.default.temporaryDirectory.path
    let parent = usual.utf8.count + mark.utf8.count + 20 <= LocalSocket.longestPath ? usual : "/tmp"
    let path = "\(parent)/\(mark)\(randomName(length: 10))"
    guard unsafe mkdir(path, 0o700) == 0 else { throw failure(path) }
    return path
  }

  /// Who owns a folder that nobody else may enter.
  private static func privateOwner(_ path: String) -> uid_t? {
    var status = stat()
    guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_mode & 0o077 == 0 else {
      return nil
    }
    return status.st_uid
  }
}

/// Makes a folder, or the one that is there, the owner's alone.
private func makePrivate(_ path: String) throws(FileError) {
  guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure(path) }
  // Not through a link: it would be another folder whose rights change.
  let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
  guard descriptor >= 0 else { throw failure(path) }
  defer { close(descriptor) }
  guard fchmod(descriptor, 0o700) == 0 else { throw failure(path) }
}

private func failure(_ path: String) -> FileError {
  .unwritable(path: path, reason: unsafe String(cString: strerror(errno)))
}
