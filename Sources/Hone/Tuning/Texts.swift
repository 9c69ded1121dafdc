public import Foundation
internal import HoneFiles

/// The texts of a file: a column of a table, the lines of JSON Lines, or a whole text file.
func readTexts(_ file: URL, column: String?) throws -> [String] {
  if file.pathExtension.lowercased() == "txt" || column == nil && file.lastPathComponent.hasSuffix(".txt.gz") {
    let table = try readTable(at: file).table
    return [table.rows.map { $0.last ?? "" }.joined(separator: "\n")]
  }
  let table = try readTable(at: file).table
  let name = column ?? "text"
  guard let index = table.columns.firstIndex(of: name) else {
    throw HoneError(
      "\(file.lastPathComponent): expected a column '\(name)', found \(table.columns.prefix(12).joined(separator: ", "))",
      remedy: "name the column that holds the text with --column", parameter: "column")
  }
  return table.rows.map { $0[index] }.filter { !$0.isEmpty }
}

/// The texts of a table's column: the one named, or `prompt`, or `text`, or the only one. Empty cells are kept.
///
/// - Throws: `HoneError` where there is no such column, or the file is no table.
public func textColumn(of file: URL, column: String? = nil) throws -> [String] {
  try textColumn(of: readTable(at: file).table, file: file.lastPathComponent, column: column)
}

func textColumn(of table: Table, file: String, column: String?) throws -> [String] {
  let wanted = column.map { [$0] } ?? ["prompt", "text"]
  let named = wanted.lazy.compactMap { table.columns.firstIndex(of: $0) }.first
  guard let index = named ?? (column == nil && table.columns.count == 1 ? 0 : nil) else {
    throw HoneError(
      "\(file): expected a column \(wanted.map { "'\($0)'" }.joined(separator: " or ")), found "
        + table.columns.prefix(12).joined(separator: ", "),
      remedy: "name the column that holds the texts", parameter: "column")
  }
  return table.rows.map { $0[index] }
}
