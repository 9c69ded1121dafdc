internal import GRDB

/// Which part of a list is asked for.
package struct PageRequest: Sendable, Hashable {
  /// The id of the last record that is known already; nil begins at the start of the list.
  package var after: String?
  package var limit: Int
  package var newestFirst: Bool

  package init(after: String? = nil, limit: Int = .max, newestFirst: Bool = true) {
    self.after = after
    self.limit = limit
    self.newestFirst = newestFirst
  }
}

/// A part of a list, and whether more follows. Records that come or go between two pages move none across their border.
package struct Page<Record: Sendable>: Sendable {
  package let records: [Record]
  package let hasMore: Bool

  package init(records: [Record], hasMore: Bool) {
    self.records = records
    self.hasMore = hasMore
  }
}

extension Page: Equatable where Record: Equatable {}

/// A condition with the values for its question marks.
struct Condition {
  var sql = "TRUE"
  var values: [(any DatabaseValueConvertible)?] = []
}

extension Database {
  /// A part of the records within `scope` (a job's events, or all), of which `filter` is true.
  ///
  /// An `after` that is not in the scope gives an empty page.
  func page<Record: Stored>(
    _ type: Record.Type, _ request: PageRequest, scope: Condition = Condition(), filter: Condition = Condition()
  ) throws -> Page<Record> {
    let (before, direction) = request.newestFirst ? ("<", "DESC") : (">", "ASC")
    var condition = "(\(scope.sql)) AND (\(filter.sql))"
    var values = scope.values + filter.values
    if let after = request.after {
      let known = "SELECT \(Record.order) FROM \(Record.table) WHERE id = ? AND (\(scope.sql))"
      condition += " AND \(Record.order) \(before) (\(known))"
      values += [after] + scope.values
    }
    let limit = min(max(request.limit, 0), 1 << 40)
    condition += " ORDER BY \(Record.order) \(direction) LIMIT ?"
    let records = try records(type, condition, values + [limit + 1])
    return Page(records: Array(records.prefix(limit)), hasMore: records.count > limit)
  }
}
