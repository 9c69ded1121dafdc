/// The last part of `prepare`: the split, the names, the files and what to do with them.
struct PrepareEnding {
  var rows: PrepareRows
  var source: PrepareSource
  var changed: Bool

  func finish(
    findings: inout [PrepareFinding], actions: [PrepareAction], exists: (String) -> Bool,
    ask: (PrepareQuestion) -> Bool, tell: (PrepareEvent) -> Void
  ) -> Preparation {
    let task = TaskKind(of: rows.examples)
    let classes = task == .classification ? ClassCount.counts(of: rows.examples) : []
    let split = proposedSplit(task, ask: ask, tell: tell)
    for finding in classFindings(classes, split) {
      findings.append(finding)
      tell(.finding(finding))
    }
    let outcome: Preparation.Outcome
    var names = [source.fileName]
    if changed || split != nil {
      names = outputNames(for: source.fileName, split: split != nil, exists: exists)
      let yes = ask(.write(files: names))
      tell(.answered(.write(files: names), yes: yes))
      outcome = yes ? .write : .declined
    } else {
      outcome = .useAsIs
    }
    let commands = TuneCommand(files: names, classes: split == nil ? [] : classes)
    return Preparation(
      outcome: outcome, findings: findings, actions: actions, examples: rows.examples, sourceRows: rows.source,
      removed: rows.removed, task: task, split: split,
      files: outcome == .write ? files(names, split) : [],
      separator: String(decoding: commonSuffix(rows.prompts), as: UTF8.self),
      ending: String(decoding: commonSuffix(rows.completions), as: UTF8.self), classes: classes,
      command: commands.hone, legacyCommand: commands.legacy,
      estimate: TimeEstimate(task: task, rows: rows.count, rangeIndex: rows.hasRangeIndex))
  }

  private func proposedSplit(
    _ task: TaskKind, ask: (PrepareQuestion) -> Bool, tell: (PrepareEvent) -> Void
  ) -> RowSplit? {
    guard task == .classification else { return nil }
    let split = RowSplit.compatible(count: rows.count)
    let question = PrepareQuestion.split(training: split.training.count, validation: split.validation.count)
    let yes = ask(question)
    tell(.answered(question, yes: yes))
    return yes ? split : nil
  }

  /// Warnings about the label set that the rules themselves let pass.
  private func classFindings(_ classes: [ClassCount], _ split: RowSplit?) -> [PrepareFinding] {
    guard !classes.isEmpty else { return [] }
    if classes.count == 1 { return [PrepareFinding(.oneClass, rows: .every(count: rows.count))] }
    guard let split else { return [] }
    let training = Set(split.training.map { rows.examples[$0].completion }).count
    let validation = Set(split.validation.map { rows.examples[$0].completion }).count
    guard training < classes.count || validation < classes.count else { return [] }
    return [
      PrepareFinding(.splitLacksClasses(training: training, validation: validation, of: classes.count))
    ]
  }

  private func files(_ names: [String], _ split: RowSplit?) -> [PreparedFile] {
    let parts = split.map { [$0.training, $0.validation] } ?? [Array(rows.examples.indices)]
    return zip(names, parts).map { name, positions in
      PreparedFile(name: name, contents: jsonLines(positions.map { rows.examples[$0] }))
    }
  }
}

/// The names of the prepared files: `<stem>_prepared.jsonl`, or with `_train` and `_valid`; where one of them
/// is taken all get ` (1)`, ` (2)`, … before the extension.
func outputNames(for fileName: String, split: Bool, exists: (String) -> Bool) -> [String] {
  let stem = fileName.withoutExtension + "_prepared"
  let parts = split ? ["_train", "_valid"] : [""]
  for number in 0..<Int.max {
    let tail = (number > 0 ? " (\(number))" : "") + ".jsonl"
    let names = parts.map { stem + $0 + tail }
    if !names.contains(where: exists) { return names }
  }
  return parts.map { stem + $0 + ".jsonl" }
}

extension String {
  /// The path without the last extension; leading dots of the last component are no extension.
  fileprivate var withoutExtension: String {
    let start = utf8.lastIndex(of: UInt8(ascii: "/")).map { utf8.index(after: $0) } ?? startIndex
    guard let dot = utf8[start...].lastIndex(of: UInt8(ascii: ".")),
      utf8[start..<dot].contains(where: { $0 != UInt8(ascii: ".") })
    else { return self }
    return String(self[..<dot])
  }
}
