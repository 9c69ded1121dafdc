/// What can be wrong with rows of text; each case carries the facts, `description` makes the sentence.
package enum DataError: Error, Equatable {
  /// A column that training needs is not there.
  case missingColumn(name: String, found: [String])
  /// The file has a header at most.
  case noRows
  /// The accepted removals left nothing.
  case nothingLeft(removed: Int)
  /// Every prompt is the same text.
  case identicalPrompts(rows: Int, characters: Int)
  /// Every completion is the same text.
  case identicalCompletions(rows: Int, characters: Int)
  /// Rows, counted from 0, that have nothing to learn.
  case emptyCompletions(rows: [Int])
  /// A completion that alone fills more than the context.
  case completionTooLong(line: Int, tokens: Int, contextLength: Int)
  /// A limit that leaves no room for a token.
  case contextTooShort(contextLength: Int)
  /// A chat row without a final assistant turn, without turns, or with a role that the template lacks.
  case badConversation(line: Int, reason: ConversationFault)
}

/// Why a list of chat messages cannot be trained on.
package enum ConversationFault: Error, Equatable {
  case noMessages
  case lastTurnIsNotAssistant(role: String)
  case unknownRole(String)
  case emptyAssistantTurn(turn: Int)
  case notMessages
}

extension DataError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missingColumn(let name, let found):
      "expected a column named `\(name)`, found \(Self.list(found)); "
        + "rename the column that holds the \(name)s and try again"
    case .noRows:
      "expected rows of examples, found none; give a file with at least one row below its header"
    case .nothingLeft(let removed):
      "all \(removed) rows were removed, nothing is left to write; keep some of them or add examples"
    case .identicalPrompts(let rows, let characters):
      "expected prompts that differ, found the same \(characters) characters in all \(rows) rows; "
        + "leave the prompts empty for open-ended generation, or put each row's own input there"
    case .identicalCompletions(let rows, let characters):
      "expected completions that differ, found the same \(characters) characters in all \(rows) rows; "
        + "a model trained on them could only repeat that text"
    case .emptyCompletions(let rows):
      "expected text in every completion, found none in \(rowList(rows, limit: 10)); run `hone prepare` on the file"
    case .completionTooLong(let line, let tokens, let contextLength):
      "line \(line): the completion has \(tokens) tokens, the model's context holds \(contextLength); "
        + "shorten it or choose a model with a longer context"
    case .contextTooShort(let contextLength):
      "expected a length limit of at least 2 tokens, found \(contextLength)"
    case .badConversation(let line, let reason):
      "line \(line): \(reason)"
    }
  }

  private static func list(_ names: [String]) -> String {
    names.isEmpty ? "no columns" : names.map { "`\($0)`" }.joined(separator: ", ")
  }
}

extension ConversationFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noMessages: "expected at least one message, found none; remove the line or fill it"
    case .lastTurnIsNotAssistant(let role):
      "expected the conversation to end with the assistant, found `\(role)` last; add the answer to learn"
    case .unknownRole(let role):
      "expected a role of system, developer, user, assistant, tool or function, found `\(role)`"
    case .emptyAssistantTurn(let turn): "message \(turn) of the assistant has no text; fill or remove it"
    case .notMessages:
      "expected `messages` as a list of objects with `role` and text `content`; correct the line"
    }
  }
}

/// Row numbers as words: "row 3", "rows 1, 4 and 9", "rows 0–614", "rows 0, 1, 2 and 97 more".
func rowList(_ rows: [Int], limit: Int = .max) -> String {
  guard rows.count != 1 else { return "row \(rows[0])" }
  let runs = runs(rows)
  guard runs.count > limit else {
    let head = runs.dropLast().map(words).joined(separator: ", ")
    guard let last = runs.last else { return "no rows" }
    return head.isEmpty ? "rows \(words(last))" : "rows \(head) and \(words(last))"
  }
  let shown = runs.prefix(limit)
  let rest = rows.count - shown.reduce(0) { $0 + $1.count }
  return "rows \(shown.map(words).joined(separator: ", ")) and \(rest) more"
}

/// Three or more numbers that follow each other, as one range.
private func runs(_ rows: [Int]) -> [ClosedRange<Int>] {
  var result: [ClosedRange<Int>] = []
  var first = rows.startIndex
  while first < rows.endIndex {
    var last = first
    while last + 1 < rows.endIndex, rows[last + 1] == rows[last] + 1 { last += 1 }
    if last - first >= 2 {
      result.append(rows[first]...rows[last])
    } else {
      result += rows[first...last].map { $0...$0 }
    }
    first = last + 1
  }
  return result
}

private func words(_ run: ClosedRange<Int>) -> String {
  run.count == 1 ? "\(run.lowerBound)" : "\(run.lowerBound)–\(run.upperBound)"
}
