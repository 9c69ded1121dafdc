/// The bytes of a workbook; `sheet` is what stands inside `sheetData`.
func workbookBytes(
  _ sheet: String, strings: String = "", styles: String = "", properties: String = "",
  target: String = "worksheets/sheet1.xml",
  path: String = "xl/worksheets/sheet1.xml", method: UInt16 = 8
) -> [UInt8] {
  let space = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
  let head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
  let workbook =
    "<workbook \(space)>\(properties)<sheets><sheet name=\"First &amp; only\" sheetId=\"1\" r:id=\"rId7\"/>"
    + "<sheet name=\"Second\" sheetId=\"2\" r:id=\"rId8\"/></sheets></workbook>"
  let relations =
    "<Relationships><Relationship Id=\"rId8\" Type=\"t\" Target=\"worksheets/none.xml\"/>"
    + "<Relationship Id=\"rId7\" Type=\"t\" Target=\"\(target)\"/></Relationships>"
  let parts = [
    ("[Content_Types].xml", "<Types/>"), ("xl/workbook.xml", workbook), ("xl/_rels/workbook.xml.rels", relations),
    (path, "<worksheet \(space)><sheetData>\(sheet)</sheetData></worksheet>"),
    ("xl/sharedStrings.xml", "<sst \(space)>\(strings)</sst>"),
    ("xl/styles.xml", "<styleSheet \(space)>\(styles)</styleSheet>"),
  ]
  return zipBytes(parts.map { ($0.0, Array((head + $0.1).utf8)) }, method: method)
}

/// A row of cells given as texts, in line.
func sheetRow(_ number: Int, _ cells: [String]) -> String {
  "<row r=\"\(number)\">" + cells.map { "<c t=\"inlineStr\"><is><t>\($0)</t></is></c>" }.joined() + "</row>"
}
