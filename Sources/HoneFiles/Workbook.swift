/// Reads the first sheet of an Excel workbook: a zip archive of XML documents.
///
/// Source: ECMA-376, parts 1 and 2.
func readWorkbook(_ bytes: [UInt8], file: String) throws(TableError) -> TableFile {
  let archive = try ZipArchive(bytes, file: file)
  guard let workbook = try archive.read("xl/workbook.xml") else {
    throw .badWorkbook(file: file, reason: "no xl/workbook.xml")
  }
  var sheets: [(name: String, relation: String)] = []
  var usesDates1904 = false
  for event in XMLEvents(workbook) {
    guard case .open(let name, let attributes) = event else { continue }
    if name == "sheet" { sheets.append((attributes["name"] ?? "", attributes["id"] ?? "")) }
    if name == "workbookPr" { usesDates1904 = ["1", "true"].contains(attributes["date1904"] ?? "") }
  }
  var targets: [String: String] = [:]
  for event in XMLEvents(try archive.read("xl/_rels/workbook.xml.rels") ?? []) {
    guard case .open("Relationship", let attributes) = event, let id = attributes["Id"] else { continue }
    targets[id] = attributes["Target"]
  }
  guard let first = sheets.first else { throw .badWorkbook(file: file, reason: "no sheet") }
  let target = targets[first.relation] ?? "worksheets/sheet1.xml"
  let path = target.hasPrefix("/") ? String(target.dropFirst()) : "xl/" + target
  guard let sheet = try archive.read(path) else { throw .badWorkbook(file: file, reason: "no sheet \(path)") }
  let strings = sharedStrings(try archive.read("xl/sharedStrings.xml") ?? [])
  let dates = dateStyles(try archive.read("xl/styles.xml") ?? [])
  let rows = try sheetRows(sheet, strings: strings, dates: dates, date1904: usesDates1904, file: file)
  guard let header = rows.first else { throw .empty(file: file) }
  let width = rows.map(\.count).max() ?? 0
  try checkCells(rows: rows.count, columns: width, bytes: sheet.count, file: file)
  let columns = columnNames(header + [String](repeating: "", count: width - header.count))
  let cells = rows.dropFirst().map { row in
    (0..<width).map { $0 < row.count && !missingWords.contains(row[$0]) ? row[$0] : "" }
  }
  return TableFile(
    table: Table(columns: columns, rows: cells), format: .xlsx, namedFormat: .xlsx, sheetNames: sheets.map(\.name))
}

private func sharedStrings(_ bytes: [UInt8]) -> [String] {
  var strings: [String] = []
  var isText = false
  var phonetic = 0
  for event in XMLEvents(bytes) {
    switch event {
    case .open("si", _): strings.append("")
    case .open("rPh", _): phonetic += 1
    case .close("rPh"): phonetic -= 1
    case .open("t", _): isText = true
    case .close("t"): isText = false
    case .text(let text) where isText && phonetic == 0 && !strings.isEmpty: strings[strings.count - 1] += text
    default: break
    }
  }
  return strings
}

/// Which cell styles show numbers as dates.
private func dateStyles(_ bytes: [UInt8]) -> Set<Int> {
  var formats = Set(Array(14...22) + [45, 46, 47])
  var styles: Set<Int> = []
  var (isCellFormats, index) = (false, 0)
  for event in XMLEvents(bytes) {
    switch event {
    case .open("numFmt", let attributes):
      let code = (attributes["formatCode"] ?? "").lowercased()
      let bare = code.replacing(/\[[^\]]*\]|"[^"]*"|\\./, with: "")
      if bare.contains(where: { "ymdhs".contains($0) }), let id = Int(attributes["numFmtId"] ?? "") {
        formats.insert(id)
      }
    case .open("cellXfs", _): isCellFormats = true
    case .close("cellXfs"): isCellFormats = false
    case .open("xf", let attributes) where isCellFormats:
      if let id = Int(attributes["numFmtId"] ?? ""), formats.contains(id) { styles.insert(index) }
      index += 1
    default: break
    }
  }
  return styles
}

private func sheetRows(
  _ bytes: [UInt8], strings: [String], dates: Set<Int>, date1904: Bool, file: String
) throws(TableError) -> [[String]] {
  var rows: [[String]] = []
  var (kind, style, column, value, takesText, cellCount) = ("n", 0, 0, "", false, 0)
  for event in XMLEvents(bytes) {
    switch event {
    case .open("row", let attributes):
      let number = Int(attributes["r"] ?? "") ?? rows.count + 1
      guard number <= 1_048_576 else { throw .badWorkbook(file: file, reason: "a row number of \(number)") }
      while rows.count < number { rows.append([]) }
      column = 0
    case .open("c", let attributes):
      (kind, style, value) = (attributes["t"] ?? "n", Int(attributes["s"] ?? "") ?? 0, "")
      if let place = attributes["r"].flatMap(columnNumber) { column = place }
    case .open("v", _), .open("t", _): takesText = true
    case .close("v"), .close("t"): takesText = false
    case .text(let text) where takesText: value += text
    case .close("c"):
      guard column < 16_384, !rows.isEmpty else { throw .badWorkbook(file: file, reason: "a cell outside the sheet") }
      let row = rows.count - 1
      cellCount += max(0, column + 1 - rows[row].count)
      try checkCells(rows: 1, columns: cellCount, bytes: bytes.count, file: file)
      while rows[row].count <= column { rows[row].append("") }
      rows[row][column] = cellText(value, kind, isDate: dates.contains(style), strings, date1904)
      column += 1
    default: break
    }
  }
  return rows.drop { $0.isEmpty }.map { $0 }
}

/// The column that a place such as `AB12` names, from 0.
private func columnNumber(_ place: String) -> Int? {
  var number = 0
  for letter in place.utf8 {
    guard letter >= 0x41, letter <= 0x5A else { break }
    number = number * 26 + Int(letter - 0x40)
    guard number <= 16_384 else { return nil }
  }
  return number > 0 ? number - 1 : nil
}

private func cellText(_ value: String, _ kind: String, isDate: Bool, _ strings: [String], _ date1904: Bool) -> String {
  switch kind {
  case "s": return Int(value).flatMap { strings.indices.contains($0) ? strings[$0] : nil } ?? ""
  case "b": return value == "1" ? "True" : "False"
  case "e": return ""
  case "str", "inlineStr", "d": return value
  default:
    guard let number = Double(value), number.isFinite else { return value }
    if isDate, let date = dateText(number, date1904: date1904) { return date }
    if number == number.rounded(), abs(number) < 1e15 { return "\(Int(number))" }
    return "\(number)"
  }
}
