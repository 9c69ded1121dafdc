/// Reads rows from JSON Lines, or from one JSON document: a list of objects, or an object of columns.
///
/// A file that parses to one single record is read as one document; JSON Lines inside `.json` are recognised.
/// Columns come in the order in which they first appear; values that are not text become text.
func readJSONRows(
  _ text: [UInt8], named: TableFormat, file: String
) throws(TableError) -> (table: Table, format: TableFormat) {
  let lines = jsonLines(text)
  guard !lines.isEmpty else { throw .empty(file: file) }
  if lines.count == 1 || named == .json, let document = try? JSONValue(parsing: text) {
    if let rows = try rows(of: document, bytes: text.count, file: file) {
      return (try table(rows, bytes: text.count, file: file), .json)
    }
    if named == .json { throw .badLine(file: file, line: 1, reason: "a value that holds no rows") }
  }
  var rows: [[(key: String, value: JSONValue)]] = []
  for (number, line) in lines {
    let value: JSONValue
    do {
      value = try JSONValue(parsing: Array(line))
    } catch {
      throw .badLine(file: file, line: number, reason: "something else (\(error.description))")
    }
    guard case .object(let members) = value else {
      throw .badLine(file: file, line: number, reason: "another JSON value")
    }
    rows.append(members)
  }
  return (try table(rows, bytes: text.count, file: file), .jsonl)
}

/// The rows of a document: of a list of objects, of one object of lists, or of one object of values.
private func rows(
  of document: JSONValue, bytes: Int, file: String
) throws(TableError) -> [[(key: String, value: JSONValue)]]? {
  switch document {
  case .array(let values):
    var rows: [[(key: String, value: JSONValue)]] = []
    for value in values {
      guard case .object(let members) = value else { return nil }
      rows.append(members)
    }
    return rows.isEmpty ? nil : rows
  case .object(let members):
    let lists = members.compactMap { $0.value.array }
    guard lists.count == members.count, let count = lists.map(\.count).max() else { return [members] }
    try checkCells(rows: count, columns: lists.count, bytes: bytes, file: file)
    return (0..<count).map { index in
      zip(members, lists).compactMap { index < $1.count ? ($0.key, $1[index]) : nil }
    }
  default: return nil
  }
}

private func table(
  _ rows: [[(key: String, value: JSONValue)]], bytes: Int, file: String
) throws(TableError) -> Table {
  var places: [String: Int] = [:]
  var columns: [String] = []
  for row in rows {
    for member in row where places[member.key] == nil {
      places[member.key] = columns.count
      columns.append(member.key)
    }
  }
  try checkCells(rows: rows.count, columns: columns.count, bytes: bytes, file: file)
  let cells = rows.map { row in
    var cells = [String](repeating: "", count: columns.count)
    for member in row { if let place = places[member.key] { cells[place] = cellText(member.value) } }
    return cells
  }
  return Table(columns: columns, rows: cells)
}

private func cellText(_ value: JSONValue) -> String {
  switch value {
  case .null: ""
  case .string(let text): text
  case .bool(let value): value ? "True" : "False"
  default: value.text
  }
}
