/// The checks of `prepare` after the necessary steps, in their order. Each looks at rows and changes none.
enum PrepareCheck: CaseIterable {
  case classification, duplicates, longExamples, upperCasePrompts, upperCaseCompletions, separator
  case promptPrefix, completionPrefix, ending, leadingSpace

  /// What this check finds, nil for nothing.
  func finding(in rows: PrepareRows) throws(DataError) -> PrepareFinding? {
    switch self {
    case .classification: Self.classification(rows)
    case .duplicates: Self.duplicates(rows)
    case .longExamples: Self.longExamples(rows)
    case .upperCasePrompts: Self.upperCase(rows, .prompt)
    case .upperCaseCompletions: Self.upperCase(rows, .completion)
    case .separator: try Self.separator(rows)
    case .promptPrefix: Self.promptPrefix(rows)
    case .completionPrefix: Self.completionPrefix(rows)
    case .ending: try Self.ending(rows)
    case .leadingSpace: Self.leadingSpace(rows)
    }
  }
}

extension PrepareCheck {
  private static func classification(_ rows: PrepareRows) -> PrepareFinding? {
    guard TaskKind(of: rows.examples) == .classification else { return nil }
    return PrepareFinding(.classification(classes: Set(rows.completions).count))
  }

  private static func duplicates(_ rows: PrepareRows) -> PrepareFinding? {
    let found = rows.duplicates
    guard !found.isEmpty else { return nil }
    return PrepareFinding(.duplicates, rows: .some(found), remedy: .removeDuplicates(count: found.count))
  }

  private static func longExamples(_ rows: PrepareRows) -> PrepareFinding? {
    guard TaskKind(of: rows.examples) != .openEnded else { return nil }
    let found = rows.long
    guard !found.isEmpty else { return nil }
    return PrepareFinding(.longExamples, rows: .some(found), remedy: .removeLong(count: found.count))
  }

  private static func upperCase(_ rows: PrepareRows, _ column: Column) -> PrepareFinding? {
    var upper = 0
    var lower = 0
    for example in rows.examples {
      let cases = example[column].letterCases()
      upper += cases.upper
      lower += cases.lower
    }
    guard upper * 2 > lower else { return nil }
    return PrepareFinding(
      .upperCase(column, upper: upper, lower: lower), rows: .every(count: rows.count), remedy: .lowerCase(column))
  }

  private static func separator(_ rows: PrepareRows) throws(DataError) -> PrepareFinding? {
    guard TaskKind(of: rows.examples) != .openEnded else { return nil }
    let suffix = commonSuffix(rows.prompts)
    guard rows.prompts.contains(where: { $0 != suffix }) else {
      throw .identicalPrompts(rows: rows.count, characters: suffix.characterCount)
    }
    let hasLineBreak = rows.prompts.contains { $0.contains(UInt8(ascii: "\n")) }
    let proposals = hasLineBreak ? Array(separators.dropFirst()) : separators
    let proposal = rows.unusedMark(proposals, else: "\n\n### =>\n\n", in: .prompt)
    guard suffix.isEmpty else {
      let fact = PrepareFinding.Fact.separator(
        String(decoding: suffix, as: UTF8.self), repeated: occurs(suffix, before: rows.prompts), proposal: proposal)
      return PrepareFinding(fact)
    }
    return PrepareFinding(
      .noSeparator(proposal: proposal), rows: .every(count: rows.count), remedy: .appendSeparator(proposal))
  }

  private static func promptPrefix(_ rows: PrepareRows) -> PrepareFinding? {
    let prefix = commonPrefix(rows.prompts)
    guard !prefix.isEmpty, rows.prompts.contains(where: { $0 != prefix }) else { return nil }
    let text = String(decoding: prefix, as: UTF8.self)
    guard prefix.characterCount > 12 else { return PrepareFinding(.promptPrefix(text)) }
    return PrepareFinding(
      .promptPrefix(text), rows: .every(count: rows.count), remedy: .stripPromptPrefix(text))
  }

  private static func completionPrefix(_ rows: PrepareRows) -> PrepareFinding? {
    let prefix = commonPrefix(rows.completions)
    guard prefix.characterCount >= 5, rows.completions.contains(where: { $0 != prefix }) else { return nil }
    let text = String(decoding: prefix, as: UTF8.self)
    return PrepareFinding(
      .completionPrefix(text), rows: .every(count: rows.count), remedy: .stripCompletionPrefix(text))
  }

  private static func ending(_ rows: PrepareRows) throws(DataError) -> PrepareFinding? {
    guard TaskKind(of: rows.examples) == .conditional else { return nil }
    let suffix = commonSuffix(rows.completions)
    guard rows.completions.contains(where: { $0 != suffix }) else {
      throw .identicalCompletions(rows: rows.count, characters: suffix.characterCount)
    }
    let proposal = rows.unusedMark(endings, else: " [END]", in: .completion)
    guard suffix.isEmpty else {
      let fact = PrepareFinding.Fact.ending(
        String(decoding: suffix, as: UTF8.self), repeated: occurs(suffix, before: rows.completions),
        proposal: proposal)
      return PrepareFinding(fact)
    }
    return PrepareFinding(
      .noEnding(proposal: proposal), rows: .every(count: rows.count), remedy: .appendEnding(proposal))
  }

  private static func leadingSpace(_ rows: PrepareRows) -> PrepareFinding? {
    let missing = rows.withoutLeadingSpace
    guard !missing.isEmpty else { return nil }
    return PrepareFinding(.noLeadingSpace, rows: .some(missing), remedy: .addLeadingSpace)
  }

  private static let separators = [
    " ->", "\n\n###\n\n", "\n\n===\n\n", "\n\n---\n\n", "\n\n===>\n\n", "\n\n--->\n\n",
  ]

  private static let endings = ["\n", ".", " END", "***", "+++", "&&&", "$$$", "@@@", "%%%"]

  /// Whether the shared ending also stands somewhere before the end of a text.
  private static func occurs(_ suffix: [UInt8], before texts: some Sequence<[UInt8]>) -> Bool {
    texts.contains { Array($0.dropLast(suffix.count)).contains(text: suffix) }
  }
}
