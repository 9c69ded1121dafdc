import Foundation
import HoneData
import HoneFiles
import Testing

@Suite struct PrepareReportTests {
  private func made(_ rows: [[String]], file: String = "data.csv", yes: Bool = true) throws -> Preparation {
    try prepare(
      PrepareSource(fileName: file, format: .csv, table: Table(columns: ["prompt", "completion"], rows: rows)),
      exists: { _ in false }, ask: { _ in yes })
  }

  @Test func removedRowsAreNumberedAsInTheFile() throws {
    let long = String(repeating: "x", count: 10_001)
    let made = try made([["a", ""], ["b", " 1"], ["b", " 1"], ["c" + long, " 2"], ["d", " 3"]])
    #expect(made.removed.map(\.row) == [0, 2, 3])
    #expect(made.removed.map(\.reason) == [.emptyCompletion, .duplicate, .long])
    #expect(made.sourceRows == [1, 4])
    #expect(made.findings.contains { $0.fact == .longExamplesMoved && $0.rows == .some([1]) })
  }

  @Test func theCommandNamesBothFilesAndTheMetrics() throws {
    let made = try made((0..<20).map { ["mail \($0)!", "\(["yes", "no", "yes"][$0 % 3])"] }, file: "my mails.csv")
    let files = #"-t "my mails_prepared_train.jsonl" -v "my mails_prepared_valid.jsonl""#
    #expect(
      made.command
        == "hone tune \(files) -m nano --compute-classification-metrics --classification-positive-class \" yes\"")
    #expect(
      made.legacyCommand
        == "hone api fine_tunes.create \(files) --compute_classification_metrics --classification_positive_class \" yes\""
    )
    #expect(made.reminders.count == 1)
  }

  @Test func namesThatAShellWouldChangeAreEscaped() throws {
    let made = try made([["a", " b"], ["c", " d"]], file: "a\"$b'c.csv")
    #expect(made.command.hasPrefix(#"hone tune -t $'a"$b\'c_prepared.jsonl'"#))
  }

  @Test func oneClassAndClassesMissingFromASideAreTold() throws {
    let one = try made((0..<10).map { ["mail \($0)", " same"] })
    #expect(one.findings.contains { $0.fact == .oneClass })
    let rare = try made((0..<20).map { ["mail \($0)", $0 == 7 ? " rare" : " same"] })
    #expect(rare.findings.contains { if case .splitLacksClasses = $0.fact { true } else { false } })
  }

  @Test func theReportIsOneJSONObjectWithEveryAction() throws {
    let made = try made([["a", "b"], ["a", "b"], ["c", "d"]])
    let report = try JSONDecoder().decode(PreparationReport.self, from: JSONEncoder().encode(made.report))
    #expect(report == made.report)
    #expect(report.actions.map(\.applied) == [true, true, true, true, true])
    #expect(report.findings.contains { $0.rows == [1] })
  }

  @Test func furtherSheetsOfAWorkbookAreNamed() throws {
    let table = Table(columns: ["prompt", "completion"], rows: [["a", " b"], ["c", " d"]])
    let source = PrepareSource(fileName: "w.xlsx", format: .xlsx, table: table, sheetNames: ["One", "Two", "Three"])
    let made = try prepare(source, exists: { _ in false }, ask: { _ in true })
    #expect(made.findings.contains { $0.fact == .furtherSheets(read: "One", ignored: ["Two", "Three"]) })
  }
}
