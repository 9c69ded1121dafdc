/// Why a file is not the index that it should be, as facts. The rows are elsewhere: build the index again.
package enum IndexFileError: Error, Equatable, Sendable {
  case unreadable(file: String, reason: String)
  case notAnIndex(file: String)
  /// A later version's file.
  case version(file: String, expected: UInt32, found: UInt32)
  /// Bytes in all.
  case length(file: String, expected: Int, found: Int)
  /// A block whose checksum is another one; `offset` in bytes from the start of the file.
  case damaged(file: String, offset: Int, expected: UInt32, found: UInt32)
  /// A part that does not fit the others.
  case badPart(file: String, part: String, expected: String, found: String)
}

extension IndexFileError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadable(let file, let reason):
      "\(file): expected an index, found none (\(reason)); build it again"
    case .notAnIndex(let file):
      "\(file): expected an index of vectors, found another kind of file; build it again"
    case .version(let file, let expected, let found):
      "\(file): expected version \(expected), found \(found); build it again, or use the version that made it"
    case .length(let file, let expected, let found):
      "\(file): expected \(expected) bytes, found \(found); build it again"
    case .damaged(let file, let offset, let expected, let found):
      "\(file): expected the checksum \(expected) of the block at byte \(offset), found \(found); build it again"
    case .badPart(let file, let part, let expected, let found):
      "\(file): \(part): expected \(expected), found \(found); build it again"
    }
  }
}
