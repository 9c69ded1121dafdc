package import Foundation

/// The kinds of files that hold rows.
package enum TableFormat: String, Sendable, Codable {
  case csv, tsv, xlsx, txt, json, jsonl
}

/// Rows as a file gives them, and what was unusual about it.
package struct TableFile: Sendable {
  package var table: Table
  /// What the file really holds, which its name may not say.
  package var format: TableFormat
  /// The format that the file's name promises.
  package var namedFormat: TableFormat
  /// The sheets of a workbook, the one that was read first.
  package var sheetNames: [String] = []
  /// Sentences for the reader: encodings guessed and the like.
  package var notes: [String] = []
}

/// Why a file gives no rows, as facts.
package enum TableError: Error, Equatable, Sendable {
  case unreadable(file: String, reason: String)
  case unknownFormat(file: String, found: String)
  case empty(file: String)
  case raggedRow(file: String, line: Int, expected: Int, found: Int)
  case openQuote(file: String, line: Int)
  case notText(file: String)
  case badLine(file: String, line: Int, reason: String)
  case badWorkbook(file: String, reason: String)
  case tooLarge(file: String, limit: Int)
  case tooManyCells(file: String, limit: Int)
}

extension TableError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadable(let file, let reason):
      "\(file): expected a file that can be read, found none (\(reason)); check the path"
    case .unknownFormat(let file, let found):
      "\(file): expected a name that ends in .csv, .tsv, .xlsx, .txt, .json or .jsonl, found \(found); rename or convert the file"
    case .empty(let file): "\(file): expected rows, found an empty file; give at least one row below a header"
    case .raggedRow(let file, let line, let expected, let found):
      "\(file), line \(line): expected \(expected) cells, found \(found); put cells that hold the separator in quotes"
    case .openQuote(let file, let line):
      "\(file), line \(line): expected a closing quote, found the end of the file; close the quote"
    case .notText(let file): "\(file): expected text, found binary data; export the file as CSV in UTF-8"
    case .badLine(let file, let line, let reason):
      "\(file), line \(line): expected a JSON object, found \(reason); mend or delete the line"
    case .badWorkbook(let file, let reason):
      "\(file): expected an Excel workbook, found \(reason); save it again as .xlsx or .csv"
    case .tooLarge(let file, let limit):
      "\(file): expected at most \(limit) bytes once unpacked, found more; divide the file"
    case .tooManyCells(let file, let limit):
      "\(file): expected at most \(limit) cells, found more; delete columns and rows that hold nothing"
    }
  }
}

/// Reads the rows of a file; what kind of file it is follows from its name.
///
/// Cells are text; a cell that is missing, or one of the words that the field reads as missing (`NA`, `null`, …),
/// is empty. `columns` names those of a file of separated values that has no header; nil: its first row does.
/// Source: the reading rules of the older `prepare_data` tool.
package func readTable(at url: URL, columns: [String]? = nil) throws(TableError) -> TableFile {
  let file = url.lastPathComponent
  var name = file.lowercased()
  var bytes: [UInt8]
  do {
    bytes = [UInt8](try Data(contentsOf: url))
  } catch {
    throw .unreadable(file: file, reason: error.localizedDescription)
  }
  if name.hasSuffix(".gz") {
    name.removeLast(3)
    bytes = try gunzip(bytes, file: file)
  }
  guard let format = TableFormat(rawValue: String(name.split(separator: ".").dropFirst().last ?? "")) else {
    throw .unknownFormat(
      file: file, found: name.contains(".") ? ".\(name.split(separator: ".").last ?? "")" : "no ending")
  }
  if let columns, format == .csv || format == .tsv {
    let header = columns.map(separatedCell).joined(separator: format == .csv ? "," : "\t")
    bytes = Array("\(header)\n".utf8) + bytes
  }
  return try readTable(bytes, format: format, file: file)
}

/// Reads rows that are in memory already.
package func readTable(_ bytes: [UInt8], format: TableFormat, file: String) throws(TableError) -> TableFile {
  if format == .xlsx { return try readWorkbook(bytes, file: file) }
  let (text, notes) = try decodeText(bytes, file: file)
  switch format {
  case .csv, .tsv:
    let separator = format == .csv ? UInt8(ascii: ",") : UInt8(ascii: "\t")
    return TableFile(
      table: try readSeparated(text, separator: separator, file: file), format: format, namedFormat: format,
      notes: notes)
  case .txt:
    let table = Table(columns: ["prompt", "completion"], rows: textLines(text).map { ["", $0] })
    return TableFile(table: table, format: .txt, namedFormat: .txt, notes: notes)
  default:
    let (table, found) = try readJSONRows(text, named: format, file: file)
    return TableFile(table: table, format: found, namedFormat: format, notes: notes)
  }
}

/// Words that stand for a missing cell. Source: the defaults of pandas.
let missingWords: Set<String> = [
  "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA",
  "NULL", "NaN", "None", "n/a", "nan", "null",
]
