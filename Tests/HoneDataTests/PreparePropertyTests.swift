import Foundation
import HoneData
import HoneFiles
import HoneTestSupport
import Testing

@Suite struct PreparePropertyTests {
  static let seeds = 0..<(runsEverything ? 50_000 : 2_000)

  private func run(_ seed: Int, yes: (inout Seeded) -> Bool) -> (Table, Result<Preparation, DataError>) {
    var seeded = Seeded(seed)
    let (columns, rows) = seeded.table()
    let table = Table(columns: columns, rows: rows)
    let format = seeded.pick([SourceFormat.csv, .jsonl, .txt, .jsonNamedJSONL])
    let source = PrepareSource(fileName: "a.b/c.csv", format: format, table: table)
    let result = Result { () throws(DataError) -> Preparation in
      try prepare(source, exists: { _ in false }, ask: { _ in yes(&seeded) })
    }
    return (table, result)
  }

  @Test func anyTableIsPreparedOrRefusedWithASentence() {
    var prepared = 0
    for seed in Self.seeds {
      switch run(seed, yes: { $0.chance(0.7) }).1 {
      case .success(let made):
        prepared += 1
        #expect(made.findings.allSatisfy { !$0.message.isEmpty }, "seed \(seed)")
        #expect(made.sourceRows.count == made.examples.count, "seed \(seed)")
      case .failure(let error): #expect(!"\(error)".isEmpty, "seed \(seed)")
      }
    }
    #expect(prepared > Self.seeds.count / 4)
  }

  @Test func everyRowIsKeptOrNamedAsRemoved() {
    for seed in Self.seeds {
      let (table, result) = run(seed, yes: { $0.chance(0.7) })
      guard case .success(let made) = result else { continue }
      let all = (made.sourceRows + made.removed.map(\.row)).sorted()
      #expect(all == Array(table.rows.indices), "seed \(seed)")
      if let split = made.split {
        #expect((split.training + split.validation).sorted() == Array(made.examples.indices), "seed \(seed)")
      }
    }
  }

  @Test func withEverythingDeclinedNoTextIsChanged() {
    for seed in Self.seeds {
      let (table, result) = run(seed, yes: { _ in false })
      guard case .success(let made) = result else { continue }
      #expect(made.files.isEmpty, "seed \(seed)")
      for (example, row) in zip(made.examples, made.sourceRows) {
        let cells = table.rows[row].map { Array($0.utf8) } + [[]]
        #expect(cells.contains(example.prompt) && cells.contains(example.completion), "seed \(seed)")
      }
    }
  }

  /// A second run over the output changes nothing more, as long as the first left the same kind of task and did
  /// not put anything in front of or behind the texts that forms a new common beginning.
  @Test func preparingPreparedRowsOnlyOffersTheSplit() throws {
    let rows = (0..<60).map { ["Mail number \($0 * 7 % 61) about \($0 % 5)", "Class\($0 % 4 == 0 ? "A" : "b")x"] }
    let table = Table(columns: ["Prompt", "completion"], rows: rows)
    let first = try prepare(
      PrepareSource(fileName: "m.csv", format: .csv, table: table), exists: { _ in false }, ask: { _ in true })
    let again = Table(
      columns: ["prompt", "completion"], rows: first.examples.map { [$0.promptText, $0.completionText] })
    let second = try prepare(
      PrepareSource(fileName: "m.jsonl", format: .jsonl, table: again), exists: { _ in false },
      ask: { if case .split = $0 { false } else { true } })
    #expect(second.outcome == .useAsIs)
    #expect(second.actions.isEmpty)
    #expect(second.examples == first.examples)
    #expect(jsonLines(second.examples) == jsonLines(first.examples))
  }

  @Test func writtenLinesReadBackAsTheSameTexts() throws {
    struct Line: Decodable { var prompt, completion: String }
    for seed in Self.seeds.prefix(500) {
      var seeded = Seeded(seed)
      let example = Example(prompt: seeded.text(0...6), completion: seeded.text(0...6))
      let line = try JSONDecoder().decode(Line.self, from: Data(jsonLines([example])))
      #expect(Example(prompt: line.prompt, completion: line.completion) == example, "seed \(seed)")
    }
  }
}
