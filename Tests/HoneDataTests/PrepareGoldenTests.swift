import HoneData
import HoneFiles
import Testing

/// Gives the recorded answers in turn.
private final class Answers {
  var left: ArraySlice<Bool>
  var asked = 0
  init(_ answers: [Bool]) { left = answers[...] }
  func next() -> Bool {
    asked += 1
    return left.popFirst() ?? true
  }
}

@Suite struct PrepareGoldenTests {
  @Test(arguments: try PrepareGolden.all())
  func preparingGivesTheFilesOfTheReferenceTool(golden: PrepareGolden) throws {
    let answers = Answers(golden.answers)
    let existing = Set(golden.existing)
    var told: [PrepareFinding] = []
    let source = try golden.source
    let outcome = Result { () throws(DataError) -> Preparation in
      try prepare(
        source, exists: existing.contains, ask: { _ in answers.next() },
        tell: { if case .finding(let finding) = $0 { told.append(finding) } })
    }
    switch outcome {
    case .failure(let error): compare(error, with: golden)
    case .success(let made):
      #expect(golden.error == nil && golden.emptied == nil)
      #expect(told == made.findings)
      compare(findings: made.findings, with: golden.facts)
      guard golden.crash == nil else {
        #expect(made.findings.contains { $0.fact == .emptiedCompletions })
        return
      }
      #expect(answers.asked == golden.answers.count)
      compare(made, with: golden)
    }
  }

  private func compare(_ error: DataError, with golden: PrepareGolden) {
    switch error {
    case .missingColumn(let name, _): #expect(golden.error == "missing \(name)")
    case .identicalPrompts: #expect(golden.error == "identical prompts")
    case .identicalCompletions: #expect(golden.error == "identical completions")
    case .noRows, .nothingLeft: #expect(golden.emptied == true)
    default: Issue.record("\(error)")
    }
  }

  private func compare(_ made: Preparation, with golden: PrepareGolden) {
    #expect(made.files.map(\.name).sorted() == golden.files.map(\.name).sorted())
    for file in golden.files {
      let ours = made.files.first { $0.name == file.name }?.contents ?? []
      #expect(ours.count == file.bytes && fnv(ours) == file.hash, "\(file.name)")
      if let text = file.text { #expect(Array(text.utf8) == ours, "\(String(decoding: ours, as: UTF8.self))") }
    }
    #expect((made.outcome == .useAsIs) == (golden.facts.useAsIs ?? false))
    #expect((made.outcome == .declined) == (golden.facts.declined ?? false))
    guard made.outcome != .declined else { return }
    #expect(made.estimate.text == golden.facts.estimate)
    #expect(made.separator.shown == golden.facts.remindSeparator ?? "")
    #expect(made.ending.shown == golden.facts.stop ?? "")
    if let classes = golden.facts.classes {
      #expect(made.legacyCommand.hasSuffix(" --compute_classification_metrics --classification_n_classes \(classes)"))
      #expect(made.command.hasSuffix(" --compute-classification-metrics --classification-n-classes \(classes)"))
    }
    if let positive = golden.facts.positive {
      #expect(Array((made.classes.first?.label ?? "").utf8) == Array(positive.utf8))
      #expect(made.legacyCommand.contains("--classification_positive_class"))
    }
  }

  private func compare(findings: [PrepareFinding], with facts: PrepareGolden.Facts) {
    func rows(_ fact: PrepareFinding.Fact) -> [Int]? { findings.first { $0.fact == fact }?.rows.numbers }
    func has(_ test: (PrepareFinding.Fact) -> Bool) -> Bool { findings.contains { test($0.fact) } }
    #expect(rows(.emptyCompletions) == facts.empty)
    #expect(rows(.duplicates) == facts.duplicates)
    #expect(rows(.longExamples) == facts.long)
    #expect(rows(.longExamplesMoved) == facts.moved)
    #expect(has { if case .classification = $0 { true } else { false } } == (facts.classification ?? false))
    #expect(has { if case .rowCount(..<100) = $0 { true } else { false } } == (facts.fewRows ?? false))
    #expect(has { if case .upperCase(.prompt, _, _) = $0 { true } else { false } } == (facts.upperPrompts ?? false))
    #expect(
      has { if case .upperCase(.completion, _, _) = $0 { true } else { false } } == (facts.upperCompletions ?? false))
    #expect(has { if case .noLeadingSpace = $0 { true } else { false } } == (facts.leadingSpace ?? false))
    #expect(has { if case .promptPrefix = $0 { true } else { false } } == (facts.promptPrefix ?? false))
    #expect(has { if case .completionPrefix = $0 { true } else { false } } == (facts.completionPrefix ?? false))
    #expect(
      has { if case .separator(_, true, _) = $0 { true } else { false } } == (facts.repeatedSeparator ?? false))
    #expect(has { if case .ending(_, true, _) = $0 { true } else { false } } == (facts.repeatedEnding ?? false))
    #expect(findings.contains { $0.remedy != nil } != (facts.noRemedies ?? false))
    for finding in findings {
      switch finding.remedy {
      case .appendSeparator(let mark): #expect(mark.shown == facts.separator)
      case .appendEnding(let mark): #expect(mark.shown == facts.ending)
      case .stripPromptPrefix(let prefix): #expect(prefix == facts.stripPrompt)
      case .stripCompletionPrefix(let prefix): #expect(prefix == facts.stripCompletion)
      default: break
      }
    }
  }
}

extension String {
  /// With line breaks written `\n`, as the reference tool shows them.
  fileprivate var shown: String { split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\\n") }
}
