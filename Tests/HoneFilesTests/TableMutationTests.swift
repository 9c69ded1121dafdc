import HoneFiles
import HoneTestSupport
import Testing

/// A whole file of the given format.
private func wholeFile(_ format: TableFormat, _ seeded: inout Seeded) -> [UInt8] {
  let rows = (0...seeded.number(0...3)).map { _ in [seeded.text(0...3), seeded.text(0...3)] }
  let separator = format == .csv ? "," : "\t"
  switch format {
  case .csv, .tsv:
    let lines = rows.map { row in row.map { "\"\($0.filter { $0 != "\"" })\"" }.joined(separator: separator) }
    return Array(lines.joined(separator: seeded.pick(["\n", "\r\n", "\r"])).utf8)
  case .xlsx:
    let sheet = rows.enumerated().map { sheetRow($0 + 1, $1.map { $0.filter { !"<&".contains($0) } }) }.joined()
    let styles = "<numFmt numFmtId=\"170\" formatCode=\"d\\-mmm\"/><cellXfs><xf numFmtId=\"170\"/></cellXfs>"
    return workbookBytes(
      sheet + "<row r=\"9\"><c r=\"B9\" s=\"0\"><v>44000</v></c></row>", styles: styles, method: seeded.pick([0, 8]))
  case .txt: return Array(rows.joined().joined(separator: "\n").utf8)
  case .json, .jsonl:
    let values = rows.map { JSONValue.object([("a", .string($0[0])), ("b", .string($0[1]))]) }
    return Array((format == .json ? JSONValue.array(values).text : values.map(\.text).joined(separator: "\n")).utf8)
  }
}

private let pieces = [
  "\"", ",", "\t", "\r", "\n", "\u{FEFF}", "\u{0}", "{", "}", "[", "]", ":", "null", "\\ud800", "<c r=\"XFD9\">",
  "<row r=\"1048576\">", "</c>",
  "<v>", "&#x", ";", "<![CDATA[", "<!--", "PK\u{1}\u{2}", "PK\u{3}\u{4}", "PK\u{5}\u{6}", "44000", "1e308",
  "-9223372036854775808",
]

/// A damaged file is refused, or gives rows as wide as the header under columns of different names.
@Test(arguments: [TableFormat.csv, .tsv, .txt, .json, .jsonl, .xlsx])
func damagedTablesNeverTrapNorFillTheMemory(format: TableFormat) async {
  await #expect(processExitsWith: .success) { [format] in
    limitMemory(bytes: 640 << 20)
    var accepted = 0
    for seed in 0..<mutationCount {
      var seeded = Seeded(seed)
      var bytes = seeded.damaged(wholeFile(format, &seeded), pieces: pieces)
      if seed % 8 == 0 { bytes = seeded.damaged(bytes, pieces: pieces) }
      guard let file = try? readTable(bytes, format: format, file: "f") else { continue }
      accepted += 1
      let table = file.table
      #expect(table.rows.allSatisfy { $0.count == table.columns.count }, "seed \(seed)")
      #expect(Set(table.columns).count == table.columns.count, "seed \(seed): \(table.columns)")
    }
    #expect(accepted > 20, "too few of the damaged files are whole enough to be read: \(accepted)")
  }
}
