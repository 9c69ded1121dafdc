import Foundation
import HoneData
import HoneFiles
import Testing

@Suite struct PrepareRealDataTests {
  struct Golden: Decodable, CustomTestStringConvertible {
    var name: String
    var rowCount: Int
    var answers: [Bool]
    var files: [PrepareGolden.File]
    var facts: PrepareGolden.Facts
    var repaired: Bool
    var testDescription: String { name }
  }

  static func goldens() throws -> [Golden] {
    let folder = try #require(Bundle.module.url(forResource: "Golden", withExtension: nil))
    let data = try Data(contentsOf: folder.appending(path: "prepare_real.jsonl"))
    return try data.split(separator: UInt8(ascii: "\n")).map { try JSONDecoder().decode(Golden.self, from: $0) }
  }

  @Test(.enabled(if: RealData.folder != nil, RealData.isMissing), arguments: try goldens())
  func preparingRealDataGivesTheFilesOfTheReferenceTool(golden: Golden) throws {
    let rows = try RealData.rows(golden.name)
    #expect(rows.count == golden.rowCount)
    let table = Table(columns: ["prompt", "completion"], rows: rows)
    var asked = 0
    let made = try prepare(
      PrepareSource(fileName: "\(golden.name).csv", format: .csv, table: table), exists: { _ in false },
      ask: { _ in
        asked += 1
        return true
      })
    #expect(asked == golden.answers.count)
    #expect(made.files.map(\.name) == golden.files.map(\.name))
    #expect(made.files.map { fnv($0.contents) } == golden.files.map(\.hash))
    #expect(made.estimate.text == golden.facts.estimate)
    #expect(made.findings.first { $0.fact == .longExamples }?.rows.numbers == golden.facts.long)
  }
}
