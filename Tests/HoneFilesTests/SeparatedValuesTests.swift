import Foundation
import HoneFiles
import HoneTestSupport
import Testing

private func read(_ text: String, _ format: TableFormat = .csv) throws(TableError) -> Table {
  try readTable(Array(text.utf8), format: format, file: "f").table
}

/// Texts below the header `a,b`, and the rows that they are.
private let bodies: [(text: String, rows: [[String]])] = [
  ("", []), ("1,2", [["1", "2"]]), ("1,2\n", [["1", "2"]]), ("1,2\r\n3,4\r\n", [["1", "2"], ["3", "4"]]),
  ("1,2\r3,4\r", [["1", "2"], ["3", "4"]]), ("\n\n1,2\n \n\t\n3,4\n\n", [["1", "2"], ["3", "4"]]),
  ("1\n", [["1", ""]]), (",\n", [["", ""]]), (",2\n", [["", "2"]]), ("1,\n", [["1", ""]]), ("1,2,\n", [["1", "2"]]),
  ("\"1\",\"2\"\n", [["1", "2"]]), ("\"\",\"\"\n", [["", ""]]), ("\"\"\n", [["", ""]]),
  ("\"1,5\",2\n", [["1,5", "2"]]), ("\"say \"\"hi\"\"\",2\n", [["say \"hi\"", "2"]]), ("\"\"\"\",2\n", [["\"", "2"]]),
  ("\"1\n5\",2\n3,4\n", [["1\n5", "2"], ["3", "4"]]), ("\"1\r\n5\",2\r\n", [["1\r\n5", "2"]]),
  ("\"\n\n\",2\n", [["\n\n", "2"]]), ("1\"5,2\n", [["1\"5", "2"]]), ("1\"5\",2\n", [["1\"5\"", "2"]]),
  ("\"1\"5,2\n", [["15", "2"]]), ("\"1\"\"5\"x\"y,2\n", [["1\"5x\"y", "2"]]), ("1, \"2\"\n", [["1", " \"2\""]]),
  (" 1 ,\t2\n", [[" 1 ", "\t2"]]), ("1,\u{0}\n", [["1", "\u{0}"]]), ("é,한\u{1F600}\n", [["é", "한\u{1F600}"]]),
  ("1,2\n\u{FEFF}3,4\n", [["1", "2"], ["\u{FEFF}3", "4"]]), ("1;2,3|4\n", [["1;2", "3|4"]]),
  ("NA,null\nNaN,n/a\n#N/A,None\nna,NULL\n", [["", ""], ["", ""], ["", ""], ["na", ""]]),
]

@Test(arguments: bodies.indices)
func cellsAreReadAsSpreadsheetsWriteThem(index: Int) throws {
  let (text, rows) = bodies[index]
  #expect(try read("a,b\n" + text).rows == rows, "\(text.debugDescription)")
  #expect(try read("\u{FEFF}\"a\",b\r\n" + text).rows == rows, "\(text.debugDescription), after a mark")
  #expect(try read("a,b\n" + text).columns == ["a", "b"])
}

@Test func tabsSeparateInTSV() throws {
  let table = try read("a\tb\n1,5\t\"2\t\"\"\"\n", .tsv)
  #expect(table == Table(columns: ["a", "b"], rows: [["1,5", "2\t\""]]))
}

@Test(arguments: [
  ("a,a,a\n", ["a", "a.1", "a.2"]), ("a,,b,\n", ["a", "Unnamed: 1", "b", "Unnamed: 3"]),
  ("a.1,a,a\n", ["a.1", "a", "a.2"]), ("\n\n x \n", [" x "]), ("\"a\nb\",c", ["a\nb", "c"]),
  ("é,e\u{301}", ["é", "e\u{301}.1"]),
])
func everyColumnGetsANameOfItsOwn(header: String, columns: [String]) throws {
  #expect(try read(header).columns == columns)
}

@Test(arguments: [
  ("a,b\n1,2,3\n", 2, 3), ("a,b\n1,2\n1,2,,\n", 3, 4), ("a,b\r\n\"1\n\n5\",2\r\n1,2,3", 5, 3), ("a\n\n\n1,2\n", 4, 2),
  ("a,b\r1,2\r1,2,3\r", 3, 3),
])
func aRowThatIsTooLongIsNamedByItsLine(text: String, line: Int, found: Int) {
  let expected = text.hasPrefix("a,") ? 2 : 1
  #expect(throws: TableError.raggedRow(file: "f", line: line, expected: expected, found: found)) { try read(text) }
}

@Test(arguments: [("\"a", 1), ("a,b\n1,\"2\n3\n", 2), ("a,b\n\"1\n2\",\"3\n", 3), ("a,b\n1,\"2\"\"", 2)])
func aQuoteThatNeverClosesIsNamedByItsLine(text: String, line: Int) {
  #expect(throws: TableError.openQuote(file: "f", line: line)) { try read(text) }
}

@Test(arguments: ["", "\n", "\r\n \n", "\u{FEFF}", "\u{FEFF}\n"])
func textWithoutAHeaderIsEmpty(text: String) {
  #expect(throws: TableError.empty(file: "f")) { try read(text) }
}

@Test(arguments: 0..<300 as Range<UInt64>)
func quotedCellsAreReadBack(seed: UInt64) throws {
  var seeded = Seeded(seed)
  let format = seeded.pick([TableFormat.csv, .tsv])
  let width = seeded.number(1...4)
  let rows = (0..<seeded.number(0...5)).map { _ in (0..<width).map { _ in seeded.text(0...5) } }
  let header = (0..<width).map { "c\($0)" }
  let text = ([header] + rows).map { row in
    row.map { "\"" + $0.replacingOccurrences(of: "\"", with: "\"\"") + "\"" }.joined(
      separator: format == .csv ? "," : "\t")
  }.joined(separator: seeded.pick(["\n", "\r\n"]))
  let found = try read(text, format).rows
  #expect(found.map { $0.map { Array($0.utf8) } } == rows.map { $0.map { Array($0.utf8) } }, "seed \(seed)")
}
