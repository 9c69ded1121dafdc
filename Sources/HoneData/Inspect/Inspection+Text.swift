import Foundation

extension Inspection {
  /// The report as aligned plain text; of each list `limit` entries are shown and the rest counted.
  package func text(limit: Int = 5) -> String {
    var lines = Lines(limit: max(1, limit))
    lines.add("rows", validationRows > 0 ? "\(rows) training, \(validationRows) validation" : "\(rows)")
    lines.add("task", task.words + (classes.map { ", \($0.count) classes" } ?? ""))
    addClasses(to: &lines)
    addRepeats(to: &lines)
    addTokens(to: &lines)
    addDamage(to: &lines)
    if let estimate { lines.add("training", estimate.words) }
    return lines.text
  }

  private func addClasses(to lines: inout Lines) {
    guard let classes, let most = classes.first, let fewest = classes.last else { return }
    lines.list("classes", classes) {
      let share = Double($0.count) / Double(max(1, rows)) * 100
      return "\(String(format: "%6d %5.1f %%", $0.count, share))  \(shown($0.label))"
    }
    if most.count >= 3 * fewest.count {
      let ratio = String(format: "%.1f", Double(most.count) / Double(fewest.count))
      lines.add("uneven", "the largest class has \(ratio) times the rows of the smallest (\(fewest.count))")
    }
    lines.list("few examples", classes.filter { $0.count < 10 }) { "\(shown($0.label)): \($0.count)" }
    lines.list("only in validation", unseenClasses) { shown($0) }
    lines.list("same first token", collisions ?? []) { few($0.labels) }
  }

  private func addRepeats(to lines: inout Lines) {
    lines.list(task == .classification ? "one text, two labels" : "one prompt, two answers", conflicts) {
      rowList($0.rows, limit: 6) + (task == .classification ? ": " + few($0.labels.map(\.label)) : "")
    }
    lines.list("duplicates", duplicates) { rowList($0, limit: 6) }
    lines.list("near duplicates", nearDuplicates) {
      let labels = $0.labelsDiffer && task == .classification ? ", labels differ" : ""
      return "\(rowList($0.rows, limit: 6)) (\(percent($0.similarity)) alike\(labels))"
    }
    lines.list("in both files", leakage) {
      "validation row \($0.validationRow) is training row \($0.trainingRow)"
        + ($0.similarity < 1 ? " (\(percent($0.similarity)) alike)" : "")
    }
  }

  private func addTokens(to lines: inout Lines) {
    guard let lengths else { return }
    lines.add(
      "tokens",
      "\(lengths.total); a row \(lengths.shortest) to \(lengths.longest), median \(lengths.median), "
        + "95 % up to \(lengths.percentile95)")
    let most = lengths.histogram.map(\.rows).max() ?? 1
    for bin in lengths.histogram {
      let bar = String(repeating: "#", count: (bin.rows * 30 + most - 1) / max(1, most))
      lines.add("", String(format: "%6d–%-6d %7d ", bin.from, bin.through, bin.rows) + bar)
    }
    lines.list("cut at \(lengths.contextLength)", lengths.cut) {
      "row \($0.line) loses \($0.tokens) tokens at its start"
    }
    lines.list("completion too long", lengths.tooLong) { "row \($0)" }
  }

  private func addDamage(to lines: inout Lines) {
    lines.list("damaged text", damage) {
      "\($0.isValidation ? "validation " : "")row \($0.row), \($0.column.rawValue): "
        + $0.kinds.map(\.words).joined(separator: ", ")
    }
  }
}

/// Lines under aligned headings.
private struct Lines {
  var limit: Int
  var text = ""

  init(limit: Int) { self.limit = limit }

  mutating func add(_ heading: String, _ line: String) {
    text += heading.padding(toLength: 22, withPad: " ", startingAt: 0) + line + "\n"
  }

  /// A list under a heading with its length: `limit` entries, then how many more; nothing for an empty list.
  mutating func list<Entry>(_ heading: String, _ entries: [Entry], _ line: (Entry) -> String) {
    guard !entries.isEmpty else { return }
    for (index, entry) in entries.prefix(limit).enumerated() {
      add(index == 0 ? "\(heading) \(entries.count)".shortened(to: 21) : "", line(entry))
    }
    if entries.count > limit { add("", "and \(entries.count - limit) more") }
  }
}

/// A label on one line, in backticks, cut after 40 characters.
private func shown(_ label: String) -> String { "`\(label.replacingLineBreaks().shortened(to: 40))`" }

/// The first four labels, and how many more there are.
private func few(_ labels: [String]) -> String {
  let head = labels.prefix(4).map(shown).joined(separator: ", ")
  return labels.count > 4 ? "\(head) and \(labels.count - 4) more" : head
}

private func percent(_ share: Double) -> String { "\(Int((share * 100).rounded(.down))) %" }

extension String {
  fileprivate func shortened(to count: Int) -> String { self.count > count ? prefix(count - 1) + "…" : self }
}

extension TaskKind {
  /// The kind in plain words.
  package var words: String {
    switch self {
    case .openEnded: "open-ended generation"
    case .classification: "classification"
    case .conditional: "conditional generation"
    }
  }
}

extension EncodingDamage {
  fileprivate var words: String {
    switch self {
    case .mojibake: "letters read in a wrong encoding"
    case .replacementCharacter: "replacement characters"
    case .nul: "NUL"
    case .controlCharacter: "control characters"
    case .byteOrderMark: "byte order mark"
    case .htmlEntity: "HTML entities"
    }
  }
}

extension TrainingEstimate {
  fileprivate var words: String {
    let gigabytes = String(format: "%.1f", Double(peakBytes) / 1e9)
    return "\(epochs) epochs, \(steps) steps of \(batchSize), \(tokens) tokens: about "
      + "\(TimeEstimate(seconds: seconds).text), \(gigabytes) GB"
  }
}
