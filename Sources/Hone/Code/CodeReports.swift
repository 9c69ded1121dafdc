/// What indexing a folder of code did.
public struct CodeIndexReport: Sendable, Codable {
  public struct Skipped: Sendable, Codable {
    public let path: String
    public let reason: String
  }

  public let name: String
  public let root: String
  /// The index on disk, and its bytes.
  public let path: String
  public let bytes: Int
  public let model: String
  public let files: Int
  public let functions: Int
  public let types: Int
  /// Windows of lines, from languages whose functions are not known.
  public let windows: Int
  /// Files whose functions are known, by language.
  public let languages: [String: Int]
  public let trigrams: Int
  /// Files that were read, taken over from the earlier index, and that are no more.
  public let filesRead: Int
  public let filesKept: Int
  public let filesRemoved: Int
  /// How many things were skipped for each reason, and the first thousand of them.
  public let skipped: [String: Int]
  public let skippedPaths: [Skipped]
  /// Why the earlier index was not used, where there was one.
  public let rebuilt: String?
  public let seconds: Double

  enum CodingKeys: String, CodingKey {
    case name, root, path, bytes, model, files, functions, types, windows, languages, trigrams, skipped, rebuilt,
      seconds
    case filesRead = "files_read"
    case filesKept = "files_kept"
    case filesRemoved = "files_removed"
    case skippedPaths = "skipped_paths"
  }
}

/// An index of code, as a list shows it.
public struct CodeIndexInfo: Sendable, Codable {
  public let name: String
  public let root: String
  public let model: String
  public let files: Int
  public let functions: Int
  public let bytes: Int
  /// What is wrong with it; nil: nothing that its tables show.
  public let damage: String?
}

/// What decides which functions answer a question about code.
public enum CodeSearchMode: String, Sendable, Codable, CaseIterable {
  /// Both of the others, joined by their ranks.
  case fused
  /// The words of the question, by BM25.
  case words
  /// The nearest vectors.
  case meaning
}

/// A function, type or window of lines that answers a question about code.
public struct CodeHit: Sendable, Codable {
  public let path: String
  public let firstLine: Int
  public let lastLine: Int
  public let kind: String
  /// With the names of what is around it.
  public let name: String
  public let signature: String
  public let summary: String
  public let score: Double
  /// Whether the file changed since it was indexed, so that the lines may have moved.
  public let changed: Bool

  enum CodingKeys: String, CodingKey {
    case path, kind, name, signature, summary, score, changed
    case firstLine = "first_line"
    case lastLine = "last_line"
  }
}

/// A line that a regular expression matches.
public struct CodeLine: Sendable, Codable {
  public let path: String
  public let line: Int
  /// The line's bytes as they are in the file, which need not be UTF-8.
  public let bytes: [UInt8]

  public var text: String { String(decoding: bytes, as: UTF8.self) }

  public init(path: String, line: Int, bytes: [UInt8]) {
    self.path = path
    self.line = line
    self.bytes = bytes
  }

  enum CodingKeys: String, CodingKey { case path, line, text }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    path = try values.decode(String.self, forKey: .path)
    line = try values.decode(Int.self, forKey: .line)
    bytes = Array(try values.decode(String.self, forKey: .text).utf8)
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(path, forKey: .path)
    try values.encode(line, forKey: .line)
    try values.encode(text, forKey: .text)
  }
}

/// What a search by regular expression went through.
public struct CodeGrepReport: Sendable, Codable {
  public let index: String
  public let root: String
  public let lines: Int
  public let filesWithMatches: Int
  public let filesRead: Int
  public let filesInTree: Int
  public let filesNotIndexed: Int
  /// Whether the pattern has trigrams that tell files apart.
  public let narrowed: Bool
  /// false where the limit ended the search.
  public let complete: Bool

  enum CodingKeys: String, CodingKey {
    case index, root, lines, narrowed, complete
    case filesWithMatches = "files_with_matches"
    case filesRead = "files_read"
    case filesInTree = "files_in_tree"
    case filesNotIndexed = "files_not_indexed"
  }
}
