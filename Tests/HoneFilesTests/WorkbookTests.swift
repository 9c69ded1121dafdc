import HoneFiles
import Testing

private func read(_ bytes: [UInt8]) throws(TableError) -> TableFile {
  try readTable(bytes, format: .xlsx, file: "f.xlsx")
}

/// The cells of one row below the header `a,b`.
private func cells(_ row: String, strings: String = "", styles: String = "", properties: String = "") throws -> [String]
{
  let sheet = sheetRow(1, ["a", "b"]) + "<row r=\"2\">\(row)</row>"
  return try read(workbookBytes(sheet, strings: strings, styles: styles, properties: properties)).table.rows.first ?? []
}

@Test(arguments: [8, 0] as [UInt16])
func aWorkbookIsReadHoweverItIsPacked(method: UInt16) throws {
  let sheet = sheetRow(1, ["prompt", "completion"]) + sheetRow(2, ["x", "y"]) + sheetRow(4, ["z"])
  let file = try read(workbookBytes(sheet, method: method))
  #expect(file.table == Table(columns: ["prompt", "completion"], rows: [["x", "y"], ["", ""], ["z", ""]]))
  #expect(file.sheetNames == ["First & only", "Second"] && file.format == .xlsx)
}

@Test func theSheetIsFoundFromTheRoot() throws {
  let bytes = workbookBytes(sheetRow(1, ["a"]), target: "/xl/odd/page.xml", path: "xl/odd/page.xml")
  #expect(try read(bytes).table.columns == ["a"])
}

/// What stands in a cell, and its text.
private let kinds: [(cell: String, text: String)] = [
  ("<c><v>12</v></c>", "12"), ("<c><v>-0.5</v></c>", "-0.5"), ("<c t=\"n\"><v>1E3</v></c>", "1000"),
  ("<c><v>1e300</v></c>", "1e+300"),
  ("<c><v>123456789012345678</v></c>", "1.2345678901234568e+17"), ("<c><v>0.1</v></c>", "0.1"),
  ("<c><v>nan</v></c>", ""),
  ("<c t=\"b\"><v>1</v></c>", "True"), ("<c t=\"b\"><v>0</v></c>", "False"), ("<c t=\"e\"><v>#DIV/0!</v></c>", ""),
  ("<c t=\"str\"><f>A1</f><v>x &lt; y</v></c>", "x < y"), ("<c t=\"d\"><v>2020-01-02</v></c>", "2020-01-02"),
  ("<c t=\"s\"><v>0</v></c>", "zero"), ("<c t=\"s\"><v>1</v></c>", "rich text"), ("<c t=\"s\"><v>2</v></c>", "東京"),
  ("<c t=\"s\"><v>3</v></c>", ""), ("<c t=\"s\"><v>-1</v></c>", ""), ("<c t=\"s\"><v>99999999999999999999</v></c>", ""),
  ("<c t=\"inlineStr\"><is><r><t>a</t></r><r><t xml:space=\"preserve\"> b</t></r></is></c>", "a b"),
  ("<c t=\"inlineStr\"><is><t>&#233;&#x1F600;&amp;amp;&quot;&apos;&gt;</t></is></c>", "é😀&amp;\"'>"),
  ("<c t=\"inlineStr\"><is><t><![CDATA[<b>&amp;]]></t></is></c>", "<b>&amp;"),
  ("<c t=\"inlineStr\"><is><t>NA</t></is></c>", ""),
  ("<c t=\"inlineStr\"><is><t>one\ntwo</t></is></c>", "one\ntwo"), ("<c/>", ""), ("<c><v/></c>", ""),
  ("<x:c><x:v>1</x:v></x:c>", "1"),
]

@Test(arguments: kinds.indices)
func aCellBecomesText(index: Int) throws {
  let strings =
    "<si><t>zero</t></si><si><r><t>rich</t></r><r><t> text</t></r></si><si><t>東京</t><rPh sb=\"0\" eb=\"2\"><t>トウキョウ</t></rPh></si>"
  #expect(try cells(kinds[index].cell, strings: strings) == [kinds[index].text, ""], "\(kinds[index].cell)")
}

@Test func cellsStandWhereTheirPlacesSay() throws {
  let table = try read(
    workbookBytes(
      sheetRow(1, ["a"]) + "<row r=\"2\"><c r=\"C2\"><v>3</v></c><c><v>4</v></c><c r=\"B2\"><v>2</v></c></row>")
  ).table
  #expect(table == Table(columns: ["a", "Unnamed: 1", "Unnamed: 2", "Unnamed: 3"], rows: [["", "2", "3", "4"]]))
}

@Test func everyColumnOfASheetGetsANameOfItsOwn() throws {
  let columns = try read(workbookBytes(sheetRow(1, ["a", "a", "", "Unnamed: 2", "NA"]))).table.columns
  #expect(columns == ["a", "a.1", "Unnamed: 2", "Unnamed: 2.1", "NA"])
}

private let styles =
  "<numFmts><numFmt numFmtId=\"170\" formatCode=\"[$-409]d\\-mmm\\-yy;@\"/><numFmt numFmtId=\"171\" formatCode=\"&quot;day&quot; 0.0\"/>"
  + "</numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"170\"/>"
  + "<xf numFmtId=\"171\"/></cellXfs>"

/// Days and times of day as openpyxl reads them (its utils/datetime.py); numbers outside the calendar stay numbers.
@Test(arguments: [
  ("44000", 1, "2020-06-18 00:00:00"), ("44000.75", 2, "2020-06-18 18:00:00"), ("44000", 0, "44000"),
  ("44000", 3, "44000"),
  ("60", 1, "1900-02-28 00:00:00"), ("61", 1, "1900-03-01 00:00:00"), ("59", 1, "1900-02-28 00:00:00"),
  ("1", 1, "1900-01-01 00:00:00"),
  ("0.5", 1, "12:00:00"), ("0", 1, "00:00:00"), ("2958465", 1, "9999-12-31 00:00:00"), ("2958466", 1, "2958466"),
  ("-1", 1, "-1"),
  ("1e300", 1, "1e+300"), ("43999.9999999", 1, "2020-06-18 00:00:00"), ("36585", 1, "2000-02-29 00:00:00"),
])
func dayNumbersInADateStyleAreDates(value: String, style: Int, text: String) throws {
  #expect(try cells("<c s=\"\(style)\"><v>\(value)</v></c>", styles: styles) == [text, ""])
}

@Test func theCalendarOf1904StartsFourYearsLater() throws {
  let row = "<c s=\"1\"><v>0.25</v></c><c s=\"1\"><v>1</v></c>"
  #expect(
    try cells(row, styles: styles, properties: "<workbookPr date1904=\"1\"/>") == ["06:00:00", "1904-01-02 00:00:00"])
}
