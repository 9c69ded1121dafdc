import HoneFiles
import HoneTestSupport
import Testing

private func line(_ seeded: inout Seeded) -> String {
  let prompt = JSONValue.string(seeded.text())
  let completion = JSONValue.string("x" + seeded.text())
  if seeded.number(0...3) > 0 { return JSONValue.object([("prompt", prompt), ("completion", completion)]).text }
  let turns = [("user", prompt), ("assistant", completion)].map { role, content in
    JSONValue.object([("role", .string(role)), ("content", content)])
  }
  return JSONValue.object([("messages", .array(turns))]).text
}

@Test(arguments: 0..<100 as Range<UInt64>)
func rowsThatAreWrittenAreReadBack(seed: UInt64) throws {
  var seeded = Seeded(seed)
  let texts = (0..<seeded.number(1...6)).map { _ in (seeded.text(), "x" + seeded.text()) }
  let lines = texts.map { JSONValue.object([("prompt", .string($0.0)), ("completion", .string($0.1))]).text }
  let file = lines.joined(separator: seeded.pick(["\n", "\r\n"]))
  let expected = texts.enumerated().map { TrainingRow.completion(line: $0 + 1, prompt: $1.0, completion: $1.1) }
  #expect(try readTrainingRows(Array(file.utf8), file: "f") == expected, "seed \(seed)")
}

/// A damaged file is refused with a line that it has, or gives rows that a model can be trained on.
@Test func damagedTrainingRowsNeverTrapNorFillTheMemory() async {
  await #expect(processExitsWith: .success) {
    limitMemory(bytes: 512 << 20)
    var accepted = 0
    for seed in 0..<mutationCount {
      var seeded = Seeded(seed)
      let text = (0..<seeded.number(0...3)).map { _ in line(&seeded) + seeded.pick(["\n", "\r\n", "\n\n", ""]) }
        .joined()
      let bytes = seeded.damaged(
        Array(text.utf8),
        pieces: ["\n", "\r", "\"prompt\":", "\"messages\":[", "{", "}", "\"", ",", "\u{FEFF}", "null", "\\ud800"])
      let lines = bytes.count { $0 == 0x0A } + 1
      do {
        let rows = try readTrainingRows(bytes, file: "f")
        accepted += 1
        #expect(rows.allSatisfy { isWhole($0, lines: lines) } && !rows.isEmpty, "seed \(seed)")
      } catch {
        let line = faultyLine(error)
        #expect(line >= 0 && line <= lines, "seed \(seed): \(error)")
      }
    }
    #expect(accepted > 20, "too few of the damaged files are whole enough to be read: \(accepted)")
  }
}

private func isWhole(_ row: TrainingRow, lines: Int) -> Bool {
  switch row {
  case .completion(let line, _, let completion): line > 0 && line <= lines && !completion.isEmpty
  case .chat(let line, let turns): line > 0 && line <= lines && turns.last?.role == "assistant"
  }
}

/// The line that an error names; 0 for none.
private func faultyLine(_ error: any Error) -> Int {
  switch error as? TrainingFileError {
  case .empty: 0
  case .notUTF8(_, let line), .badLine(_, let line, _, _): line
  case .unreadable, nil: -1
  }
}
