internal import GRDB

/// What one key used on one day.
package struct Usage: Sendable, Hashable, Codable {
  /// `2024-02-29`, so that days sort as texts.
  package var day: String
  /// The key's id, or the word that stands for having none.
  package var key: String
  package var requests: Int
  package var promptTokens: Int
  package var completionTokens: Int
  package var trainedTokens: Int

  package init(
    day: String, key: String, requests: Int = 0, promptTokens: Int = 0, completionTokens: Int = 0,
    trainedTokens: Int = 0
  ) {
    self.day = day
    self.key = key
    self.requests = requests
    self.promptTokens = promptTokens
    self.completionTokens = completionTokens
    self.trainedTokens = trainedTokens
  }
}

extension Usage: Stored {
  static let table = "usage"
  static let columns = ["day", "key", "requests", "promptTokens", "completionTokens", "trainedTokens"]

  var values: [(any DatabaseValueConvertible)?] {
    [day, key, requests, promptTokens, completionTokens, trainedTokens]
  }

  init(_ row: inout RowReader) throws {
    day = try row.text()
    key = try row.text()
    requests = try row.integer()
    promptTokens = try row.integer()
    completionTokens = try row.integer()
    trainedTokens = try row.integer()
  }
}

extension Store {
  /// Adds to the counters of days and keys, all in one transaction: collect for a second, then call once.
  package func addUsage(_ additions: [Usage]) throws(StoreError) {
    guard !additions.isEmpty else { return }
    try write { db in
      for addition in additions { try db.add(addition) }
    }
  }

  /// The counters of the days from `first` through `last`, by day and key; or those of one key.
  package func usage(from first: String, through last: String, key: String? = nil) throws(StoreError) -> [Usage] {
    try read { db in
      try db.records(
        Usage.self, "day BETWEEN ?1 AND ?2 AND (?3 IS NULL OR key = ?3) ORDER BY day, key", [first, last, key])
    }
  }
}

extension Database {
  func add(_ usage: Usage) throws {
    let counters = Usage.columns.dropFirst(2).map { "\($0) = \($0) + excluded.\($0)" }.joined(separator: ", ")
    try insert(usage, "ON CONFLICT (day, key) DO UPDATE SET \(counters)")
  }
}
