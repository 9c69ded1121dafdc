/// Something `prepare` saw, with the rows it concerns and what would mend it.
///
/// Rows count from 0 and refer to the data as the necessary steps before left it.
package struct PrepareFinding: Sendable, Equatable {
  package var fact: Fact
  package var rows: AffectedRows
  package var remedy: Remedy?

  init(_ fact: Fact, rows: AffectedRows = .none, remedy: Remedy? = nil) {
    self.fact = fact
    self.rows = rows
    self.remedy = remedy
  }
}

/// The rows that a finding or a change concerns.
package enum AffectedRows: Sendable, Equatable {
  case none
  case every(count: Int)
  case some([Int])
}

extension PrepareFinding {
  /// What was seen, as facts.
  package enum Fact: Sendable, Equatable {
    case format(SourceFormat)
    case furtherSheets(read: String?, ignored: [String])
    case rowCount(Int)
    case columnCase(Column, found: String)
    case furtherColumns([String])
    case emptyCompletions
    case classification(classes: Int)
    case duplicates
    case longExamples
    case longExamplesMoved
    case upperCase(Column, upper: Int, lower: Int)
    case separator(String, repeated: Bool, proposal: String)
    case noSeparator(proposal: String)
    case promptPrefix(String)
    case completionPrefix(String)
    case ending(String, repeated: Bool, proposal: String)
    case noEnding(proposal: String)
    case noLeadingSpace
    case emptiedCompletions
    case oneClass
    case splitLacksClasses(training: Int, validation: Int, of: Int)
  }
}

/// A change to the data. The necessary ones are made at once, the recommended ones when accepted.
package enum Remedy: Sendable, Equatable {
  case convert(SourceFormat)
  case renameColumn(Column, found: String)
  case dropColumns([String])
  case removeEmptyCompletions(count: Int)
  case removeDuplicates(count: Int)
  case removeLong(count: Int)
  case lowerCase(Column)
  case appendSeparator(String)
  case stripPromptPrefix(String)
  case stripCompletionPrefix(String)
  case appendEnding(String)
  case addLeadingSpace

  /// Whether the change is made without asking.
  package var isNecessary: Bool {
    switch self {
    case .convert, .renameColumn, .dropColumns, .removeEmptyCompletions: true
    default: false
    }
  }
}

/// A remedy with the answer that it got.
package struct PrepareAction: Sendable, Equatable {
  package var remedy: Remedy
  /// Always true for a necessary one.
  package var applied: Bool
  /// The rows it changed or removed, numbered as the data stood just before it.
  package var rows: AffectedRows
}

/// How the rows were stored where they came from.
package enum SourceFormat: String, Sendable, Codable {
  case csv, tsv, xlsx, txt, json, jsonl
  /// One JSON document in a file named `.jsonl`.
  case jsonNamedJSONL
  /// JSON Lines in a file named `.json`.
  case jsonlNamedJSON

  /// Whether the rows have to be written anew for training to read them.
  var needsConversion: Bool { self != .jsonl }
}

/// What `prepare` asks; the answer is yes or no.
package enum PrepareQuestion: Sendable, Equatable {
  case apply(Remedy)
  case split(training: Int, validation: Int)
  case write(files: [String])
}

/// What `prepare` tells while it works, in order.
package enum PrepareEvent: Sendable, Equatable {
  case finding(PrepareFinding)
  /// The list of actions begins; false when there is none.
  case actions(any: Bool)
  case necessary(Remedy)
  case answered(PrepareQuestion, yes: Bool)
}
