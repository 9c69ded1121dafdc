import Foundation
import HoneFiles
import Testing

private let text = "prompt,completion\r\n\"café, naïve\",한국 😀\r\n"
private let expected = Table(columns: ["prompt", "completion"], rows: [["café, naïve", "한국 😀"]])

@Test(arguments: [TableFormat.csv, .tsv, .txt, .json, .jsonl])
func utf8IsReadWithoutANote(format: TableFormat) throws {
  let text = format == .json || format == .jsonl ? #"{"completion":"é"}"# : "é"
  for mark in ["", "\u{FEFF}"] {
    let file = try readTable(Array((mark + text).utf8), format: format, file: "f")
    #expect(file.notes == [] && (file.table.columns + file.table.rows.joined()).contains("é"))
  }
}

@Test(arguments: [String.Encoding.utf16LittleEndian, .utf16BigEndian])
func utf16WithAMarkIsReadWithANote(encoding: String.Encoding) throws {
  let bytes = [UInt8](try #require(("\u{FEFF}" + text).data(using: encoding)))
  let file = try readTable(bytes, format: .csv, file: "f.csv")
  #expect(file.table == expected)
  #expect(file.notes.count == 1 && file.notes.first?.contains("f.csv") == true)
}

@Test(arguments: [String.Encoding.utf16LittleEndian, .utf16BigEndian])
func brokenUTF16IsNotText(encoding: String.Encoding) throws {
  let bytes = [UInt8](try #require("\u{FEFF}prompt\nab".data(using: encoding)))
  let lone: [UInt8] = encoding == .utf16LittleEndian ? [0x00, 0xD8] : [0xD8, 0x00]
  #expect(throws: TableError.notText(file: "f")) { try readTable(bytes + lone, format: .csv, file: "f") }
  #expect(throws: TableError.notText(file: "f")) { try readTable(bytes.dropLast(), format: .csv, file: "f") }
}

/// Without its mark, UTF-16 of plain letters is valid UTF-8 of letters and zero bytes.
@Test(arguments: [String.Encoding.utf16LittleEndian, .utf16BigEndian])
func utf16WithoutAMarkIsNotTakenForUTF8(encoding: String.Encoding) throws {
  let bytes = [UInt8](try #require("prompt,completion\na,b\n".data(using: encoding)))
  #expect(throws: TableError.notText(file: "f")) { try readTable(bytes, format: .csv, file: "f") }
}

@Test func windows1252IsReadWithANote() throws {
  let bytes: [UInt8] = Array("a\n".utf8) + [0x63, 0xE9, 0x80, 0x93, 0x94, 0x0A]
  for mark in [[], [0xEF, 0xBB, 0xBF]] as [[UInt8]] {
    let file = try readTable(mark + bytes, format: .csv, file: "f")
    #expect(file.table == Table(columns: ["a"], rows: [["cé€“”"]]))
    #expect(file.notes.count == 1)
  }
}

@Test(
  arguments: [
    [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0x0D], [0xFF, 0, 0xFF, 0], [0x1F, 0x8B, 8, 0, 0, 0],
  ] as [[UInt8]])
func binaryDataIsNotText(bytes: [UInt8]) {
  #expect(throws: TableError.notText(file: "f")) { try readTable(bytes, format: .csv, file: "f") }
}

@Test(arguments: ["a\nb\n", "a\r\nb\r\n", "a\rb\r"])
func everyLineOfATextIsACompletion(text: String) throws {
  let file = try readTable(Array(text.utf8), format: .txt, file: "f")
  #expect(file.table == Table(columns: ["prompt", "completion"], rows: [["", "a"], ["", "b"], ["", ""]]))
}

@Test func blankLinesOfATextStayWhereTheyAre() throws {
  let rows = try readTable(Array("a\n\n e\u{301}\u{2028}b ".utf8), format: .txt, file: "f").table.rows
  #expect(rows == [["", "a"], ["", ""], ["", " e\u{301}\u{2028}b "]])
}
