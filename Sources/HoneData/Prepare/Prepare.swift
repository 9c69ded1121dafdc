package import HoneFiles

// `prepare`: brings a table of prompts and completions into the form that fine-tuning reads.
//
// It knows rows, questions and answers; it opens no file and prints nothing. What is necessary is done at once,
// what is recommended is collected and asked, and every row that is changed or left out is named.

/// The rows to prepare, and where they came from.
package struct PrepareSource: Sendable {
  /// The path as the user typed it; the outputs' names are made from it.
  package var fileName: String
  package var format: SourceFormat
  package var table: Table
  /// All sheets of a workbook, the one that was read first; empty for other formats.
  package var sheetNames: [String]

  package init(fileName: String, format: SourceFormat, table: Table, sheetNames: [String] = []) {
    self.fileName = fileName
    self.format = format
    self.table = table
    self.sheetNames = sheetNames
  }
}

/// Runs every check, asks for each recommendation, and gives the files to write.
///
/// `exists` says whether a path is taken; `ask` answers a question; `tell` hears everything in order.
/// Throws: `missingColumn`, `noRows`, `nothingLeft`, `identicalPrompts`, `identicalCompletions`.
package func prepare(
  _ source: PrepareSource, exists: (String) -> Bool, ask: (PrepareQuestion) -> Bool,
  tell: (PrepareEvent) -> Void = { _ in }
) throws(DataError) -> Preparation {
  var findings: [PrepareFinding] = []
  func note(_ finding: PrepareFinding) {
    findings.append(finding)
    tell(.finding(finding))
  }
  var rows = try necessarySteps(source, note: note)
  for check in PrepareCheck.allCases {
    if let finding = try check.finding(in: rows) { note(finding) }
  }
  let remedies = findings.compactMap(\.remedy)
  tell(.actions(any: !remedies.isEmpty))
  var actions: [PrepareAction] = []
  for finding in findings {
    guard let remedy = finding.remedy else { continue }
    actions.append(act(on: remedy, finding: finding, rows: &rows, ask: ask, tell: tell, note: note))
  }
  guard rows.count > 0 else { throw .nothingLeft(removed: rows.removed.count) }
  let ending = PrepareEnding(rows: rows, source: source, changed: actions.contains(where: \.applied))
  return ending.finish(findings: &findings, actions: actions, exists: exists, ask: ask, tell: tell)
}

/// Format, columns and empty completions: what has to be mended before anything else can be judged.
private func necessarySteps(
  _ source: PrepareSource, note: (PrepareFinding) -> Void
) throws(DataError) -> PrepareRows {
  formatFindings(source).forEach(note)
  guard !source.table.rows.isEmpty else { throw .noRows }
  note(PrepareFinding(.rowCount(source.table.rows.count)))
  var columns = distinctNames(source.table.columns)
  for column in Column.allCases {
    if let finding = try columnFinding(column, in: &columns) { note(finding) }
  }
  if let finding = furtherColumns(columns) { note(finding) }
  let prompt = columns.firstIndex(of: Column.prompt.rawValue) ?? 0
  let completion = columns.firstIndex(of: Column.completion.rawValue) ?? 0
  var rows = PrepareRows(
    source.table.rows.map { Example(prompt: $0.cell(prompt), completion: $0.cell(completion)) })
  let empty = rows.emptyCompletions
  if !empty.isEmpty {
    let remedy = Remedy.removeEmptyCompletions(count: empty.count)
    note(PrepareFinding(.emptyCompletions, rows: .some(empty), remedy: remedy))
    _ = rows.apply(remedy)
  }
  guard rows.count > 0 else { throw .nothingLeft(removed: rows.removed.count) }
  return rows
}

private func formatFindings(_ source: PrepareSource) -> [PrepareFinding] {
  guard source.format.needsConversion else { return [] }
  let all = AffectedRows.every(count: source.table.rows.count)
  var found = [PrepareFinding(.format(source.format), rows: all, remedy: .convert(source.format))]
  if source.sheetNames.count > 1 {
    let fact = PrepareFinding.Fact.furtherSheets(
      read: source.sheetNames.first, ignored: Array(source.sheetNames.dropFirst()))
    found.append(PrepareFinding(fact))
  }
  return found
}

/// The column names with repeated ones numbered `name.1`, `name.2`, …, so that each is told apart.
private func distinctNames(_ names: [String]) -> [String] {
  var taken = Set<[UInt8]>()
  return names.map { name in
    var candidate = name
    var number = 0
    while !taken.insert(Array(candidate.utf8)).inserted {
      number += 1
      candidate = "\(name).\(number)"
    }
    return candidate
  }
}

/// Looks for a needed column; one that differs only in letter case is renamed.
private func columnFinding(_ column: Column, in columns: inout [String]) throws(DataError) -> PrepareFinding? {
  let name = column.rawValue
  if columns.contains(where: { $0.utf8.elementsEqual(name.utf8) }) { return nil }
  let wanted = Array(name.utf8)
  guard let index = columns.firstIndex(where: { Array($0.utf8).lowercasedText() == wanted }) else {
    throw .missingColumn(name: name, found: columns)
  }
  let found = columns[index]
  columns[index] = name
  return PrepareFinding(.columnCase(column, found: found), remedy: .renameColumn(column, found: found))
}

private func furtherColumns(_ columns: [String]) -> PrepareFinding? {
  let further = columns.filter { name in
    !Column.allCases.contains { $0.rawValue.utf8.elementsEqual(name.utf8) }
  }
  guard !further.isEmpty else { return nil }
  return PrepareFinding(.furtherColumns(further), remedy: .dropColumns(further))
}

/// Makes a necessary change known (it is done already) or asks for a recommended one and makes it.
private func act(
  on remedy: Remedy, finding: PrepareFinding, rows: inout PrepareRows, ask: (PrepareQuestion) -> Bool,
  tell: (PrepareEvent) -> Void, note: (PrepareFinding) -> Void
) -> PrepareAction {
  guard !remedy.isNecessary else {
    tell(.necessary(remedy))
    return PrepareAction(remedy: remedy, applied: true, rows: finding.rows)
  }
  let yes = ask(.apply(remedy))
  tell(.answered(.apply(remedy), yes: yes))
  guard yes else { return PrepareAction(remedy: remedy, applied: false, rows: .none) }
  let emptyBefore = rows.emptyCompletions.count
  let touched = rows.apply(remedy)
  if case .removeLong = remedy, touched != finding.rows {
    note(PrepareFinding(.longExamplesMoved, rows: touched))
  }
  if case .stripCompletionPrefix(let prefix) = remedy {
    let emptied = rows.examples.indices.filter { rows.examples[$0].completion.isBlank(allowingSpace: prefix) }
    if emptied.count > emptyBefore { note(PrepareFinding(.emptiedCompletions, rows: .some(emptied))) }
  }
  return PrepareAction(remedy: remedy, applied: true, rows: touched)
}

extension [UInt8] {
  /// Whether nothing is left of a completion but the one space that stripping `prefix` puts back.
  fileprivate func isBlank(allowingSpace prefix: String) -> Bool {
    isEmpty || (prefix.utf8.first == UInt8(ascii: " ") && self == [UInt8(ascii: " ")])
  }
}
