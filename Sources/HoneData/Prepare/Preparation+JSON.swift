/// A preparation without the rows themselves, for `--json`.
package struct PreparationReport: Sendable, Codable, Equatable {
  package struct Finding: Sendable, Codable, Equatable {
    package var message: String
    /// Row numbers; nil when none or all are concerned.
    package var rows: [Int]?
    package var everyRow: Bool
    package var action: String?
    package var necessary: Bool?
  }
  package struct Action: Sendable, Codable, Equatable {
    package var action: String
    package var necessary: Bool
    package var applied: Bool
    package var rows: [Int]?
    package var everyRow: Bool
  }

  package var outcome: Preparation.Outcome
  package var task: TaskKind
  package var rows: Int
  package var findings: [Finding]
  package var actions: [Action]
  package var removed: [RemovedRow]
  package var files: [String]
  package var trainingRows: Int?
  package var validationRows: Int?
  package var classes: [ClassCount]
  package var separator: String
  package var ending: String
  package var command: String
  package var legacyCommand: String
  package var estimatedSeconds: Double
  package var reminders: [String]
}

extension Preparation {
  /// The facts of this preparation as one value that can be written as JSON.
  package var report: PreparationReport {
    PreparationReport(
      outcome: outcome, task: task, rows: examples.count,
      findings: findings.map {
        .init(
          message: $0.message, rows: $0.rows.numbers, everyRow: $0.rows.isEvery, action: $0.remedy?.message,
          necessary: $0.remedy?.isNecessary)
      },
      actions: actions.map {
        .init(
          action: $0.remedy.message, necessary: $0.remedy.isNecessary, applied: $0.applied,
          rows: $0.rows.numbers, everyRow: $0.rows.isEvery)
      },
      removed: removed, files: files.map(\.name), trainingRows: split?.training.count,
      validationRows: split?.validation.count, classes: classes, separator: separator, ending: ending,
      command: command, legacyCommand: legacyCommand, estimatedSeconds: estimate.seconds, reminders: reminders)
  }
}

extension AffectedRows {
  /// The numbers of the rows, nil unless they are listed one by one.
  package var numbers: [Int]? { if case .some(let rows) = self { rows } else { nil } }

  /// Whether all rows are meant.
  package var isEvery: Bool { if case .every = self { true } else { false } }
}
