internal import GRDB

/// How much there is of everything, at one moment.
package struct StoreTotals: Sendable, Hashable {
  /// Jobs that are not deleted, by status; a status that none has is not there.
  package var jobs: [String: Int] = [:]
  /// By status.
  package var uploads: [String: Int] = [:]
  package var files = 0
  /// Of all files, those with the same bytes counted each.
  package var fileBytes = 0
  /// Of all keys and days.
  package var requests = 0
  package var promptTokens = 0
  package var completionTokens = 0
  package var trainedTokens = 0

  package init() {}
}

extension Store {
  package func totals() throws(StoreError) -> StoreTotals {
    try read { db in
      var totals = StoreTotals()
      totals.jobs = try db.counts("SELECT status, count(*) FROM job WHERE NOT isDeleted GROUP BY status")
      totals.uploads = try db.counts("SELECT status, count(*) FROM upload GROUP BY status")
      let files = try db.sums("SELECT count(*), total(bytes) FROM file")
      (totals.files, totals.fileBytes) = (files[0], files[1])
      let usage = try db.sums(
        "SELECT total(requests), total(promptTokens), total(completionTokens), total(trainedTokens) FROM usage")
      (totals.requests, totals.promptTokens) = (usage[0], usage[1])
      (totals.completionTokens, totals.trainedTokens) = (usage[2], usage[3])
      return totals
    }
  }
}

extension Database {
  fileprivate func counts(_ sql: String) throws -> [String: Int] {
    var counts: [String: Int] = [:]
    for row in try Row.fetchAll(self, sql: sql) { counts[row[0] ?? ""] = row[1] ?? 0 }
    return counts
  }

  /// The columns of a query's only row, as whole numbers.
  fileprivate func sums(_ sql: String) throws -> [Int] {
    guard let row = try Row.fetchOne(self, sql: sql) else { throw RowDamage(found: "no sum") }
    return try (0..<row.count).map { place in
      guard let sum = Int(exactly: (row[place] as Double? ?? 0).rounded()) else {
        throw RowDamage(found: "a sum too large")
      }
      return sum
    }
  }
}
