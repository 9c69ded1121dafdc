internal import Foundation
internal import GRDB

/// A record that has a table: its columns by name, and by position when read and written.
protocol Stored {
  static var table: String { get }
  static var columns: [String] { get }
  /// The column whose growing numbers put the records in order.
  static var order: String { get }
  /// One value for each of `columns`.
  var values: [(any DatabaseValueConvertible)?] { get throws }
  init(_ row: inout RowReader) throws
}

extension Stored {
  static var order: String { "sequence" }
}

/// Reads the columns of one row from first to last. A value of the wrong kind is damage, and throws.
struct RowReader {
  private let row: Row
  private let table: String
  private var position = 0

  init(_ row: Row, of table: String) {
    self.row = row
    self.table = table
  }

  mutating func text() throws -> String { try required(optionalText()) }

  mutating func optionalText() throws -> String? { try next { String.fromDatabaseValue($0) } }

  mutating func integer() throws -> Int { try required(optionalInteger()) }

  mutating func optionalInteger() throws -> Int? { try next { Int.fromDatabaseValue($0) } }

  mutating func data() throws -> Data { try required(next { Data.fromDatabaseValue($0) }) }

  mutating func json<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let text = try text()
    do {
      return try JSONDecoder().decode(type, from: Data(text.utf8))
    } catch {
      throw damage("other JSON")
    }
  }

  private mutating func next<Value>(_ read: (DatabaseValue) -> Value?) throws -> Value? {
    guard position < row.count else { throw damage("too few columns") }
    let found: DatabaseValue = row[position]
    position += 1
    if found.isNull { return nil }
    guard let value = read(found) else { throw damage("a value of another kind") }
    return value
  }

  private func required<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw damage("no value") }
    return value
  }

  private func damage(_ found: String) -> RowDamage { RowDamage(found: "\(found) in column \(position) of \(table)") }
}

/// A row that does not hold what its table promises.
struct RowDamage: Error {
  let found: String
}

extension Database {
  /// The records of which `condition` (all that follows `WHERE`) is true.
  func records<Record: Stored>(
    _ type: Record.Type, _ condition: String, _ values: [(any DatabaseValueConvertible)?] = []
  ) throws -> [Record] {
    let sql = "SELECT \(Record.columns.joined(separator: ", ")) FROM \(Record.table) WHERE \(condition)"
    var records: [Record] = []
    let rows = try Row.fetchCursor(cachedStatement(sql: sql), arguments: arguments(values))
    while let row = try rows.next() {
      var reader = RowReader(row, of: Record.table)
      records.append(try Record(&reader))
    }
    return records
  }

  func record<Record: Stored>(
    _ type: Record.Type, _ condition: String, _ values: [(any DatabaseValueConvertible)?]
  ) throws -> Record? {
    try records(type, condition + " LIMIT 1", values).first
  }

  /// Inserts a record; `conflict` is what follows the values, such as `ON CONFLICT (day, key) DO UPDATE SET ...`.
  func insert<Record: Stored>(_ record: Record, _ conflict: String = "") throws {
    let places = Record.columns.map { _ in "?" }.joined(separator: ", ")
    let columns = Record.columns.joined(separator: ", ")
    try change("INSERT INTO \(Record.table) (\(columns)) VALUES (\(places)) \(conflict)", record.values)
  }

  /// Inserts a record unless there is one of which `condition` is true.
  /// - Returns: whether it was inserted.
  func insert<Record: Stored>(
    _ record: Record, unless condition: String, _ values: [(any DatabaseValueConvertible)?]
  ) throws -> Bool {
    if try exists(Record.table, condition, values) { return false }
    try insert(record)
    return true
  }

  /// - Returns: how many rows it touched.
  @discardableResult func change(_ sql: String, _ values: [(any DatabaseValueConvertible)?]) throws -> Int {
    try cachedStatement(sql: sql).execute(arguments: arguments(values))
    return changesCount
  }

  func exists(_ table: String, _ condition: String, _ values: [(any DatabaseValueConvertible)?]) throws -> Bool {
    let sql = "SELECT EXISTS (SELECT 1 FROM \(table) WHERE \(condition))"
    return try Bool.fetchOne(cachedStatement(sql: sql), arguments: arguments(values)) ?? false
  }

  private func arguments(_ values: [(any DatabaseValueConvertible)?]) -> StatementArguments {
    StatementArguments(values.map { ($0 as? String).map(stored) ?? $0 })
  }
}

/// A text as the store keeps it. SQLite's texts end at the character NUL, so that one becomes U+FFFD.
func stored(_ text: String) -> String {
  guard text.utf8.contains(0) else { return text }
  return String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
}

func stored(_ pairs: [String: String]) -> [String: String] {
  Dictionary(pairs.map { (stored($0), stored($1)) }, uniquingKeysWith: { first, _ in first })
}

/// A value as JSON with sorted keys.
func jsonText(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}
