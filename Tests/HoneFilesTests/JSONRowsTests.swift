import HoneFiles
import Testing

private func read(_ text: String, _ format: TableFormat = .jsonl) throws(TableError) -> TableFile {
  try readTable(Array(text.utf8), format: format, file: "f")
}

private let two = Table(columns: ["a", "b"], rows: [["1", "x"], ["2", ""]])

/// The same two rows in every shape that is understood, and what the file then is.
@Test(arguments: [
  (#"{"a":1,"b":"x"}"# + "\n" + #"{"a":2}"# + "\n", TableFormat.jsonl, TableFormat.jsonl),
  ("\u{FEFF}\n" + #"{"a":1,"b":"x"}"# + "\r\n\r\n" + #" {"a":2,"b":null} "#, .jsonl, .jsonl),
  (#"{"a":1,"b":"x"}"# + "\n" + #"{"a":2}"#, .json, .jsonl), (#"[{"a":1,"b":"x"},{"a":2}]"#, .json, .json),
  ("[\n{\"a\":1,\n\"b\":\"x\"},\n{\"a\":2}\n]\n", .json, .json), (#"[{"a":1,"b":"x"},{"a":2}]"#, .jsonl, .json),
  (#"{"a":[1,2],"b":["x"]}"#, .json, .json), (#"{"a":[1,2],"b":["x",null]}"#, .jsonl, .json),
])
func rowsAreFoundInEveryShapeOfJSON(text: String, named: TableFormat, found: TableFormat) throws {
  let file = try read(text, named)
  #expect(file.table == two && file.format == found && file.namedFormat == named)
}

@Test func aSingleRecordIsOneRow() throws {
  for format in [TableFormat.json, .jsonl] {
    #expect(try read(#"{"a":1,"b":[2]}"#, format).table == Table(columns: ["a", "b"], rows: [["1", "[2]"]]))
  }
}

@Test func valuesThatAreNotTextBecomeText() throws {
  let text = #"{"a":true,"b":false,"c":null,"d":1.50,"e":{"k":["v",null]},"f":"NA","a":12345678901234567890}"# + "\n{}"
  let table = try read(text).table
  #expect(table.columns == ["a", "b", "c", "d", "e", "f"])
  #expect(
    table.rows == [
      ["12345678901234567890", "False", "", "1.50", #"{"k":["v",null]}"#, "NA"], ["", "", "", "", "", ""],
    ])
}

@Test func columnsComeAsTheyFirstAppear() throws {
  let table = try read("{\"b\":1}\n{\"a\":2,\"b\":3}\n{\"c\":4}")
  #expect(table.table == Table(columns: ["b", "a", "c"], rows: [["1", "", ""], ["3", "2", ""], ["", "", "4"]]))
}

@Test(arguments: [
  ("{\"a\":1}\nhello\n", TableFormat.jsonl, 2), ("\n\n{\"a\":1}\n[1]\n", .jsonl, 4), ("hello", .jsonl, 1),
  ("1", .jsonl, 1),
  ("[1,2]", .jsonl, 1), ("[1,2]", .json, 1), ("[]", .json, 1), ("null", .json, 1), ("[{\"a\":1},2]", .json, 1),
  ("[{\"a\":1}", .json, 1), ("{\"a\":1}\n{\"a\":", .json, 2), ("{\"a\":1}\n[{\"b\":2}]", .json, 2),
])
func whatHoldsNoRowsIsRefusedByItsLine(text: String, format: TableFormat, line: Int) {
  let error = #expect(throws: TableError.self) { try read(text, format) }
  guard case .badLine("f", line, _) = error else {
    Issue.record("\(text.debugDescription): \(String(describing: error))")
    return
  }
}

@Test(arguments: ["", "\n \r\n", "\u{FEFF}"])
func jsonWithoutALineIsEmpty(text: String) {
  for format in [TableFormat.json, .jsonl] {
    #expect(throws: TableError.empty(file: "f")) { try read(text, format) }
  }
}
