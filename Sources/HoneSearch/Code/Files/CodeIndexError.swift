/// Why an index of code cannot be read, as facts.
package enum CodeIndexError: Error, Equatable, Sendable {
  case unreadable(file: String, reason: String)
  case notAnIndex(file: String)
  case otherVersion(file: String, expected: Int, found: Int)
  /// Bytes that are not those that were written, or that cannot be.
  case damaged(file: String, part: String)
}

extension CodeIndexError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadable(let file, let reason):
      "\(file): expected an index of code, found none (\(reason)); run `hone code index`"
    case .notAnIndex(let file): "\(file): expected an index of code, found another file; run `hone code index`"
    case .otherVersion(let file, let expected, let found):
      "\(file): expected an index of version \(expected), found \(found); run `hone code index`"
    case .damaged(let file, let part):
      "\(file): expected the bytes that were written, found damage in its \(part); run `hone code index`"
    }
  }
}
