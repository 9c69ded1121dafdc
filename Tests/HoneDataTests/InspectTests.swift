import Foundation
import HoneData
import HoneTestSupport
import Testing

private func bytes(_ texts: [String]) -> [[Int32]] { texts.map { $0.utf8.map(Int32.init) } }

@Suite struct InspectTests {
  @Test func classesConflictsAndDuplicatesCarryRowNumbers() {
    let rows = [("a", " x"), ("b", " y"), ("a", " y"), ("b", " y"), ("c", " x"), ("d", " x"), ("e", " x"), ("f", " x")]
    let report = inspect(
      rows.map { Example(prompt: $0.0, completion: $0.1) }, validation: [Example(prompt: "q", completion: " z")])
    #expect(report.task == .classification)
    #expect(report.classes == [ClassCount(label: " x", count: 5), ClassCount(label: " y", count: 3)])
    #expect(report.conflicts.map(\.rows) == [[0, 2]])
    #expect(report.duplicates == [[1, 3]])
    #expect(report.unseenClasses == [" z"])
  }

  @Test func lengthsCutsAndCollisionsComeFromTheTokenizer() throws {
    var options = InspectionOptions()
    options.contextLength = 6
    options.cost = TrainingCost(tokensPerSecond: 10, fixedBytes: 1000, bytesPerToken: 3)
    options.batchSize = 2
    let rows = [("abcdefgh", " x"), ("a", " y"), ("b", " x"), ("c", " x"), ("d", " x"), ("e", " y"), ("f", " longest")]
    let report = inspect(rows.map { Example(prompt: $0.0, completion: $0.1) }, options: options, encode: bytes)
    let lengths = try #require(report.lengths)
    #expect(lengths.cut == [CutRow(line: 0, tokens: 4), CutRow(line: 6, tokens: 3)])
    #expect(lengths.tooLong == [6])
    #expect(lengths.total == 10 + 5 * 3 + 9 && lengths.median == 3 && lengths.longest == 10)
    #expect(lengths.histogram == [TokenLengths.Bin(from: 0, through: 16, rows: 7)])
    let estimate = try #require(report.estimate)
    #expect(estimate.tokens == 4 * (6 + 15 + 6) && estimate.steps == 16 && estimate.peakBytes == 1036)
    #expect(estimate.seconds == 10.8)
  }

  @Test(arguments: [
    ("plain text, with an é and 한국어 & more; fish &chips;", []), ("cafÃ© au lait", [EncodingDamage.mojibake]),
    ("donâ€™t", [.mojibake]), ("Ð¿Ñ€Ð¸Ð²ÐµÑ‚", [.mojibake]), ("«CAFÉ» et «É»", []), ("ê°€", [.mojibake]),
    ("lost \u{fffd}", [.replacementCharacter]), ("a\u{0}b", [.nul]), ("a\u{1b}[0m", [.controlCharacter]),
    ("\u{feff}start", [.byteOrderMark]), ("Tom &amp; Jerry", [.htmlEntity]), ("it&#39;s &#x1F;", [.htmlEntity]),
    ("tab\tand\r\nline", []), ("Ünïcödé, ÄÖÜ und ß", []),
  ])
  func encodingDamageIsTold(text: String, kinds: [EncodingDamage]) {
    #expect(EncodingDamage.found(in: Array(text.utf8)) == kinds)
  }

  @Test func theTextIsShortAndCountsTheRest() {
    let rows = (0..<40).map { Example(prompt: "mail \($0 / 2)\u{fffd}", completion: " class\($0 % 8)") }
    let text = inspect(rows, encode: bytes).text(limit: 3)
    #expect(text.contains("and 5 more"))
    #expect(text.contains("rows                  40\n"))
    #expect(text.contains("classes 8"))
    #expect(text.contains("rows 0 and 1"))
    #expect(text.contains("and 37 more"))
  }

  @Test func reportsSurviveJSON() throws {
    let report = inspect([Example(prompt: "a", completion: "b"), Example(prompt: "a", completion: "c")], encode: bytes)
    #expect(try JSONDecoder().decode(Inspection.self, from: JSONEncoder().encode(report)) == report)
  }

  @Test func noRowsAtAllGiveAnEmptyReport() {
    let report = inspect([], encode: bytes)
    #expect(report.rows == 0 && report.duplicates.isEmpty && !report.text().isEmpty)
  }

  @Test func anyRowsAreInspected() {
    for seed in 0..<(runsEverything ? 5_000 : 300) {
      var seeded = Seeded(seed)
      let examples = (0..<seeded.number(0...12)).map { _ in
        Example(prompt: seeded.text(0...8), completion: seeded.text(0...3))
      }
      let split = seeded.number(0...examples.count)
      let report = inspect(Array(examples[..<split]), validation: Array(examples[split...]), encode: bytes)
      #expect(!report.text().isEmpty, "seed \(seed)")
      let rows = report.nearDuplicates.flatMap(\.rows)
      #expect(rows.count == Set(rows).count && rows.allSatisfy { $0 < split }, "seed \(seed)")
    }
  }
}
