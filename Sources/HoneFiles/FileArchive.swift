package import Foundation

/// A zip archive on disk, such as a Python wheel.
package struct FileArchive {
  private let archive: ZipArchive
  private let file: String

  /// - Throws: `TableError.unreadable` for a file that is no zip archive.
  package init(_ url: URL) throws(TableError) {
    file = url.lastPathComponent
    do {
      let bytes = [UInt8](try Data(contentsOf: url))
      archive = try ZipArchive(bytes, file: file)
    } catch is TableError {
      throw .unreadable(file: file, reason: "it is no zip archive")
    } catch {
      throw .unreadable(file: file, reason: error.localizedDescription)
    }
  }

  /// The names of all files, sorted.
  package var names: [String] { archive.names }

  /// A file's bytes.
  ///
  /// - Throws: `TableError.unreadable` where there is none of that name, or a damaged one.
  package func read(_ name: String) throws(TableError) -> [UInt8] {
    do {
      if let bytes = try archive.read(name) { return bytes }
    } catch {
      throw .unreadable(file: file, reason: "its entry \(name) is damaged")
    }
    throw .unreadable(file: file, reason: "it has no entry \(name)")
  }
}
