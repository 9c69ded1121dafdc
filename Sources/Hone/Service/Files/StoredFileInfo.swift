internal import Foundation
internal import HoneFiles
package import HoneStore
internal import HoneTokenizers

/// A file as callers see it.
public struct StoredFileInfo: Sendable, Equatable, Codable {
  public let id: String
  public let filename: String
  public let purpose: String
  public let bytes: Int
  /// Seconds since 1970.
  public let createdAt: Int
  public let status: String
  public let statusDetails: String?
  public let expiresAt: Int?
  /// Of training files; nil for those that came before these were counted.
  public let statistics: FileStatistics?

  package init(_ file: StoredFile) {
    id = file.id
    filename = file.filename
    purpose = file.purpose
    bytes = file.bytes
    createdAt = file.createdAt
    status = file.status
    statusDetails = file.statusDetails
    expiresAt = file.expiresAt
    statistics = file.tokens.flatMap { tokens in
      file.examples.map { FileStatistics(tokens: tokens, examples: $0) }
    }
  }
}

/// What is in a training file.
public struct FileStatistics: Sendable, Equatable, Codable {
  /// In the words of the built-in model, which the names of base models stand for; another model's are near it.
  public let tokens: Int
  public let examples: Int

  /// Tokens of the texts of one example, without what a template puts between them.
  static let tokens: @Sendable (TrainingRow) -> Int = { row in
    guard let tokenizer = BuiltInModel.tokenizer else { return 0 }
    switch row {
    case .completion(_, let prompt, let completion):
      return tokenizer.encode(prompt).count + tokenizer.encode(completion).count
    case .chat(_, let turns): return turns.reduce(0) { $0 + tokenizer.encode($1.content).count }
    }
  }
}

/// A part of a list, and whether more follows.
public struct ListPage<Element: Sendable>: Sendable {
  public let data: [Element]
  public let hasMore: Bool

  public init(data: [Element], hasMore: Bool) {
    self.data = data
    self.hasMore = hasMore
  }

  init<Record>(_ page: Page<Record>, _ element: (Record) -> Element) {
    self.init(data: page.records.map(element), hasMore: page.hasMore)
  }
}

/// Which part of a list is asked for.
public struct ListQuery: Sendable, Equatable, Codable {
  /// The id of the last row that is known; nil begins at the start.
  public var after: String?
  /// The id of the row that the wanted ones come right before.
  public var before: String?
  public var limit: Int
  public var newestFirst: Bool

  public init(after: String? = nil, before: String? = nil, limit: Int = 10_000, newestFirst: Bool = true) {
    self.after = after
    self.before = before
    self.limit = limit
    self.newestFirst = newestFirst
  }

  var page: PageRequest {
    PageRequest(after: after, before: before, limit: limit, newestFirst: newestFirst)
  }
}

/// What files may be sent for.
enum Purpose {
  static let fineTune = "fine-tune"
  static let results = "fine-tune-results"
  static let taken: Set = [
    fineTune, "batch", "assistants", "user_data", "vision", "evals", "search", "answers", "classifications",
  ]

  static func check(_ purpose: String) throws {
    guard taken.contains(purpose) else {
      throw HoneError(
        "purpose: expected one of \(taken.sorted().joined(separator: ", ")), found '\(purpose.prefix(40))'",
        remedy: "send \(fineTune) for training files", parameter: "purpose", code: "invalid_value")
    }
  }
}

/// The last part of a path as any system writes it, without control characters, of a bounded length.
func plainFileName(_ name: String) -> String {
  let last = name.split(omittingEmptySubsequences: true) { $0 == "/" || $0 == "\\" }.last.map(String.init) ?? ""
  let clean = String(String.UnicodeScalarView(last.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 }))
  var cut = clean
  while cut.utf8.count > 255 { cut.removeLast() }
  return cut.isEmpty ? "file" : cut
}
