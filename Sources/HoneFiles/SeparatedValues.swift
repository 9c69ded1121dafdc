/// Reads comma- or tab-separated text: quotes around cells, doubled quotes inside, line breaks inside quotes.
///
/// The first row names the columns; rows without any cell are skipped; short rows are filled with empty cells.
/// Source: RFC 4180, and pandas where it is silent.
func readSeparated(_ text: [UInt8], separator: UInt8, file: String) throws(TableError) -> Table {
  var reader = SeparatedReader(text: text, separator: separator, file: file)
  guard let header = try reader.row() else { throw .empty(file: file) }
  let columns = columnNames(header.cells)
  var rows: [[String]] = []
  while var row = try reader.row() {
    if row.cells.count > columns.count, row.cells[columns.count...].allSatisfy(\.isEmpty),
      row.cells.count == columns.count + 1
    {
      row.cells.removeLast()
    }
    guard row.cells.count <= columns.count else {
      throw .raggedRow(file: file, line: row.line, expected: columns.count, found: row.cells.count)
    }
    try checkCells(rows: rows.count + 1, columns: columns.count, bytes: text.count, file: file)
    let cells = row.cells.map { missingWords.contains($0) ? "" : $0 }
    rows.append(cells + [String](repeating: "", count: columns.count - cells.count))
  }
  return Table(columns: columns, rows: rows)
}

private struct SeparatedReader {
  let text: [UInt8]
  let separator: UInt8
  let file: String
  var place = 0
  var line = 1

  private static let quote = UInt8(ascii: "\"")

  /// The next row that is not empty, or nil at the end.
  mutating func row() throws(TableError) -> (cells: [String], line: Int)? {
    while place < text.count {
      let first = line
      let (cells, quoted) = try cells()
      if cells.count == 1, cells[0].allSatisfy({ $0 == " " || $0 == "\t" }), !quoted { continue }
      return (cells, first)
    }
    return nil
  }

  private mutating func cells() throws(TableError) -> (cells: [String], quoted: Bool) {
    var cells: [String] = []
    var quoted = false
    while true {
      let (cell, wasQuoted) = try cell()
      cells.append(cell)
      quoted = quoted || wasQuoted
      guard place < text.count else { return (cells, quoted) }
      let byte = text[place]
      place += 1
      if byte == separator { continue }
      if byte == 0x0D, place < text.count, text[place] == 0x0A { place += 1 }
      line += 1
      return (cells, quoted)
    }
  }

  /// One cell; `place` ends at the separator, the line's end or the text's.
  private mutating func cell() throws(TableError) -> (text: String, quoted: Bool) {
    guard place < text.count, text[place] == Self.quote else { return (plain(from: place), false) }
    var bytes: [UInt8] = []
    let opened = line
    place += 1
    while true {
      guard place < text.count else { throw .openQuote(file: file, line: opened) }
      let byte = text[place]
      place += 1
      guard byte == Self.quote else {
        if byte == 0x0A { line += 1 }
        bytes.append(byte)
        continue
      }
      guard place < text.count, text[place] == Self.quote else { break }
      bytes.append(byte)
      place += 1
    }
    return (String(decoding: bytes, as: UTF8.self) + plain(from: place), true)
  }

  private mutating func plain(from start: Int) -> String {
    while place < text.count, text[place] != separator, text[place] != 0x0A, text[place] != 0x0D { place += 1 }
    return String(decoding: text[start..<place], as: UTF8.self)
  }
}
