import HoneFiles
import HoneTestSupport
import Testing

private let wide = 60_000

private func refusal(_ text: String, _ format: TableFormat) -> TableError? {
  do {
    _ = try readTable(Array(text.utf8), format: format, file: "f")
    return nil
  } catch {
    return error
  }
}

/// A megabyte can claim thousands of millions of cells; that must be an error before it is memory.
@Test func shortRowsUnderAWideHeaderAreRefused() async {
  await #expect(processExitsWith: .success) {
    limitMemory(bytes: 640 << 20)
    let text = String(repeating: ",", count: wide) + "\n" + String(repeating: "x\n", count: wide)
    #expect(refusal(text, .csv) == .tooManyCells(file: "f", limit: 1 << 24))
  }
}

@Test func rowsThatShareNoKeyAreRefused() async {
  await #expect(processExitsWith: .success) {
    limitMemory(bytes: 640 << 20)
    let text = (0..<wide).map { "{\"\($0)\":1}\n" }.joined()
    #expect(refusal(text, .jsonl) == .tooManyCells(file: "f", limit: 1 << 24))
  }
}

@Test func aLongColumnBesideManyShortOnesIsRefused() async {
  await #expect(processExitsWith: .success) {
    limitMemory(bytes: 640 << 20)
    let long = "\"a\":[" + String(repeating: "1,", count: wide) + "1]"
    let text = "{" + long + (0..<wide).map { ",\"\($0)\":[1]" }.joined() + "}"
    #expect(refusal(text, .json) == .tooManyCells(file: "f", limit: 1 << 24))
  }
}

@Test(.enabled(if: runsEverything, "HONE_TEST_ALL=1 runs it"))
func asManyCellsAsTheFileHoldsAreFine() throws {
  let row = String(repeating: ",", count: 4_096) + "\n"
  let table = try readTable(Array(String(repeating: row, count: 4_200).utf8), format: .csv, file: "f").table
  #expect(table.columns.count == 4_097 && table.rows.count == 4_199)
}
