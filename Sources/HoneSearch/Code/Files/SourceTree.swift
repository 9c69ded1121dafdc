package import Foundation

/// A file of a source tree, as the folder tells of it.
package struct SourceFile: Sendable, Equatable {
  /// From the tree's root, with slashes.
  package let path: String
  package let bytes: Int
  /// When it was last changed, in nanoseconds since 1970.
  package let changed: Int
}

/// Why something in a source tree is not looked at.
package enum SkipReason: String, Sendable, Codable, CaseIterable {
  case ignored = "matched by .gitignore"
  case buildFolder = "a folder of tools or builds"
  case link = "a symbolic link"
  case special = "no plain file"
  case tooLarge = "larger than 8 MiB"
  case binary = "binary (a zero byte)"
  case unreadable = "cannot be read"
}

/// The files under a folder that are worth reading, and what was skipped and why.
package struct SourceTree: Sendable {
  package private(set) var files: [SourceFile] = []
  package private(set) var skipped: [(path: String, reason: SkipReason)] = []

  /// Files of more bytes are skipped.
  package static let largestFile = 8 << 20
  static let toolFolders: Set<String> = [
    ".git", ".hg", ".svn", ".build", ".swiftpm", "DerivedData", "build", "dist", "target", "node_modules", "Pods",
    ".venv", ".tox", ".eggs", "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".gradle", ".idea",
  ]

  /// Walks a folder; links are not followed. Files come in the order of their paths' bytes.
  ///
  /// `.gitignore` files count in the tree and, where it lies in a repository, above it.
  package init(_ root: URL) {
    var pending: [(folder: String, ignores: [Scope])] = [("", Self.scopesAbove(root))]
    while let (folder, above) = pending.popLast() {
      let place = folder.isEmpty ? root.path : "\(root.path)/\(folder)"
      guard let names = try? FileManager.default.contentsOfDirectory(atPath: place) else {
        skipped.append((folder, .unreadable))
        continue
      }
      if !folder.isEmpty, names.contains("pyvenv.cfg") {  // a virtual environment of Python, whatever its name
        skipped.append((folder, .buildFolder))
        continue
      }
      var ignores = above
      if names.contains(".gitignore"), let text = Self.text("\(place)/.gitignore") {
        ignores.append(Scope(file: IgnoreFile(text), folder: folder, above: ""))
      }
      for name in names {
        let path = folder.isEmpty ? name : "\(folder)/\(name)"
        if let inner = visit(root.path, path, name, ignores) { pending.append((inner, ignores)) }
      }
    }
    files.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    skipped.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  /// Takes or skips one thing in a folder; gives its path where it is a folder to look into.
  private mutating func visit(_ root: String, _ path: String, _ name: String, _ ignores: [Scope]) -> String? {
    guard let status = FileStatus("\(root)/\(path)") else {
      skipped.append((path, .unreadable))
      return nil
    }
    let isFolder = status.kind == .folder
    let isIgnored = ignores.reversed().lazy.compactMap { $0.ignores(path, isFolder: isFolder) }.first ?? false
    let reason: SkipReason? =
      switch status.kind {
      case .link: .link
      case .special: .special
      case .folder: Self.toolFolders.contains(name) ? .buildFolder : isIgnored ? .ignored : nil
      case .file: isIgnored ? .ignored : status.bytes > Self.largestFile ? .tooLarge : nil
      }
    if let reason {
      skipped.append((path, reason))
      return nil
    }
    if isFolder { return path }
    files.append(SourceFile(path: path, bytes: status.bytes, changed: status.changed))
    return nil
  }

  /// The rules of one `.gitignore` and where they hold.
  private struct Scope {
    let file: IgnoreFile
    /// The folder of the file in the tree; empty at or above the root.
    let folder: String
    /// The way from a file above the root down to the root, with a slash at its end.
    let above: String

    func ignores(_ path: String, isFolder: Bool) -> Bool? {
      let relative =
        folder.isEmpty ? above + path : String(decoding: path.utf8.dropFirst(folder.utf8.count + 1), as: UTF8.self)
      return file.ignores(relative, isFolder: isFolder)
    }
  }

  private static func scopesAbove(_ root: URL) -> [Scope] {
    var scopes: [Scope] = []
    var place = root.standardizedFileURL
    var way = ""
    func has(_ name: String) -> Bool {
      FileManager.default.fileExists(atPath: place.appendingPathComponent(name).path)
    }
    for _ in 0..<64 {
      if has(".git") { return scopes.reversed() }
      guard place.path != "/" else { return [] }
      way = place.lastPathComponent + "/" + way
      place.deleteLastPathComponent()
      if let text = text(place.appendingPathComponent(".gitignore").path) {
        scopes.append(Scope(file: IgnoreFile(text), folder: "", above: way))
      }
    }
    return []
  }

  private static func text(_ path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
  }
}

/// What the system says of one name in a folder, links not followed.
struct FileStatus {
  enum Kind { case file, folder, link, special }

  let kind: Kind
  let bytes: Int
  let changed: Int

  init?(_ path: String) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFREG: kind = .file
    case S_IFDIR: kind = .folder
    case S_IFLNK: kind = .link
    default: kind = .special
    }
    bytes = Int(status.st_size)
    changed = changeTime(of: status)
  }
}
