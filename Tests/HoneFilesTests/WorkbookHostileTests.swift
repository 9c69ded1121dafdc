import HoneFiles
import Testing

private func refusal(_ bytes: [UInt8]) -> TableError? {
  do {
    _ = try readTable(bytes, format: .xlsx, file: "f.xlsx")
    return nil
  } catch {
    return error
  }
}

private func isBadWorkbook(_ bytes: [UInt8]) -> Bool {
  if case .badWorkbook("f.xlsx", _) = refusal(bytes) { true } else { false }
}

@Test(
  arguments: [
    [], Array("PK\u{5}\u{6}".utf8), [UInt8](repeating: 0, count: 100), zipBytes([]),
    zipBytes([("xl/workbook.xml", [])]),
    zipBytes([("xl/workbook.xml", Array("<workbook><sheets></sheets></workbook>".utf8))]), Array("a,b\n1,2\n".utf8),
    zipBytes([("xl/workbook.xml", Array("<sheet name='a' id='b'/>".utf8))]),
  ] as [[UInt8]])
func whatHoldsNoSheetIsNoWorkbook(bytes: [UInt8]) {
  #expect(isBadWorkbook(bytes))
}

@Test func everyCutOfAWorkbookIsRefused() {
  let whole = workbookBytes(sheetRow(1, ["a"]) + sheetRow(2, ["b"]))
  #expect(refusal(whole) == nil)
  for count in 0..<whole.count { #expect(isBadWorkbook(Array(whole[..<count])), "\(count) bytes") }
}

@Test func bytesBeforeAndACommentAfterTheArchiveAreFine() {
  #expect(refusal(zipBytes([("a", [])], comment: "PK")) == .badWorkbook(file: "f.xlsx", reason: "no xl/workbook.xml"))
}

@Test func anEmptySheetIsEmpty() {
  for sheet in ["", "<row r=\"1\"/>", "<row r=\"900000\"/>"] {
    #expect(refusal(workbookBytes(sheet)) == .empty(file: "f.xlsx"), "\(sheet)")
  }
}

@Test(arguments: [
  "<row r=\"1048577\"/>", "<row r=\"9223372036854775807\"/>", "<row r=\"-1\"><c/></row>", "<row r=\"0\"><c/></row>",
  "<c/>",
  "<row r=\"1\"><c r=\"XFD1\"/><c/></row>",
])
func whatLiesOutsideTheSheetIsRefused(sheet: String) {
  #expect(isBadWorkbook(workbookBytes(sheet)))
}

@Test(arguments: ["XFE1", "AAAA1", "AAAAAAAAAAAAAAAAAAAAAAAAAA1", "1", "", "é1", "a1"])
func aPlaceThatIsNoneMeansTheNextCell(place: String) throws {
  let sheet = "<row r=\"1\"><c><v>1</v></c><c r=\"\(place)\"><v>2</v></c></row>"
  #expect(try readTable(workbookBytes(sheet), format: .xlsx, file: "f").table.columns == ["1", "2"])
}

/// A stray cell in the last place of a sheet claims 17 thousand million cells.
@Test func aCellInTheLastPlaceIsRefusedBeforeItIsMemory() async {
  await #expect(processExitsWith: .success) {
    limitMemory(bytes: 512 << 20)
    let last = "<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>"
    #expect(refusal(workbookBytes(sheetRow(1, ["a"]) + last)) == .tooManyCells(file: "f.xlsx", limit: 1 << 24))
    let rows = (1...20_000).map { "<row r=\"\($0)\"><c r=\"XFD\($0)\"/></row>" }.joined()
    #expect(refusal(workbookBytes(rows)) == .tooManyCells(file: "f.xlsx", limit: 1 << 24))
  }
}

@Test func aLongSheetIsReadPieceByPiece() async {
  await #expect(processExitsWith: .success) {
    limitMemory(bytes: 320 << 20)
    let sheet = String(repeating: "<a/>", count: 5_000_000)
    #expect(refusal(workbookBytes(sheetRow(1, ["a"]) + sheet, method: 0)) == nil)
  }
}

@Test func textThatDeclaresOrNestsIsTakenAsItStands() throws {
  let row = "<!DOCTYPE x [<!ENTITY a \"aaaa\">]><row r=\"1\"><c t=\"str\"><v>&a;&#xFFFFFFFF;&#x;&;&</v></c></row>"
  #expect(try readTable(workbookBytes(row), format: .xlsx, file: "f").table.columns == ["&a;\u{FFFD}\u{FFFD}&;&"])
  let nested = String(repeating: "<row>", count: 200_000)
  #expect(refusal(workbookBytes(nested)) == .empty(file: "f.xlsx"))
}
