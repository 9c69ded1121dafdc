internal import GRDB

/// Which part of a list is asked for.
package struct PageRequest: Sendable, Hashable {
  /// The id of the last record that is known already; nil begins at the start of the list.
  package var after: String?
  /// The id of the record that the wanted ones come right before; nil goes on to the end of the list.
  package var before: String?
  package var limit: Int
  package var newestFirst: Bool

  package init(after: String? = nil, before: String? = nil, limit: Int = .max, newestFirst: Bool = true) {
    self.after = after
    self.before = before
    self.limit = limit
    self.newestFirst = newestFirst
  }
}

/// A part of a list, and whether more follows (with `before`: whether more precede). Records that come or go between two
/// pages move none across their border, and one that is gone still marks its place.
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
  /// An `after` or `before` that never was in the scope gives an empty page.
  func page<Record: Stored>(
    _ type: Record.Type, _ request: PageRequest, scope: Condition = Condition(), filter: Condition = Condition()
  ) throws -> Page<Record> {
    var condition = "(\(scope.sql)) AND (\(filter.sql))"
    var values = scope.values + filter.values
    for (id, follows) in [(request.after, true), (request.before, false)] {
      guard let id else { continue }
      let known = "SELECT \(Record.order) FROM \(Record.table) WHERE id = ? AND (\(scope.sql))"
      let gone = "SELECT place FROM departed WHERE kind = '\(Record.table)' AND id = ?"
      let sign = follows == request.newestFirst ? "<" : ">"
      condition += " AND \(Record.order) \(sign) coalesce((\(known)), (\(gone)))"
      values += [id] + scope.values + [id]
    }
    // With `before` alone the wanted are the nearest, so they are read backwards.
    let backwards = request.before != nil && request.after == nil
    let limit = min(max(request.limit, 0), 1 << 40)
    condition += " ORDER BY \(Record.order) \(request.newestFirst != backwards ? "DESC" : "ASC") LIMIT ?"
    let records = try records(type, condition, values + [limit + 1])
    let page = Array(records.prefix(limit))
    return Page(records: backwards ? page.reversed() : page, hasMore: records.count > limit)
  }
}
