// The words of `prepare`: one sentence for each fact, remedy and question.

extension PrepareFinding {
  /// What was seen, as one or two sentences.
  package var message: String {
    switch fact {
    case .format(let format): format.sentence
    case .furtherSheets(let read, let ignored):
      "The workbook has \(ignored.count + 1) sheets; only \(read.map { "`\($0)`" } ?? "the first") is read, "
        + "not \(ignored.map { "`\($0)`" }.joined(separator: ", "))."
    case .rowCount(let count): rowCountMessage(count)
    case .columnCase(let column, let found): "The column `\(found)` must be spelled `\(column.rawValue)`."
    case .furtherColumns(let names): furtherColumnsMessage(names)
    case .emptyCompletions: "\(countOfRows) without a completion: \(rowNumbers)."
    case .classification(let classes):
      "The completions fall into \(classes) \(classes == 1 ? "class" : "classes"), so this looks like "
        + "classification. A small model such as `ada` or `nano` is usually enough, and rows kept out of "
        + "training show how well it does."
    case .duplicates: "\(countOfRows) repeat the prompt and completion of an earlier row: \(rowNumbers)."
    case .longExamples:
      "\(countOfRows) longer than 10000 characters: \(rowNumbers). A prompt with its completion should stay "
        + "within 2048 tokens."
    case .longExamplesMoved:
      "Earlier removals moved the long rows; those taken out now are \(rowNumbers)."
    case .upperCase(let column, let upper, let lower):
      "The \(column.rawValue)s hold \(upper) capital and \(lower) small letters. Models know ordinary writing "
        + "better; use lower case if nothing in your task depends on capitals."
    case .separator(let text, let repeated, let proposal):
      markMessage("Every prompt ends in", text, repeated: repeated, proposal: proposal)
    case .noSeparator:
      "The prompts have no common ending. A fixed separator shows the model where the prompt stops and the "
        + "completion starts. (For open-ended generation leave the prompts empty instead.)"
    default: lastMessages
    }
  }

  private var lastMessages: String {
    switch fact {
    case .promptPrefix(let text):
      "Every prompt begins with `\(text.replacingLineBreaks())`."
        + (remedy == nil
          ? "" : " A tuned model needs no instructions or worked examples, only the input of each row.")
    case .completionPrefix(let text):
      "Every completion begins with `\(text.replacingLineBreaks())`. Only what differs between rows has to be learned."
    case .ending(let text, let repeated, let proposal):
      markMessage("Every completion ends in", text, repeated: repeated, proposal: proposal)
    case .noEnding:
      "The completions have no common ending. A fixed one teaches the model where to stop."
    case .noLeadingSpace:
      "\(countOfRows) with a completion that does not begin with a space: \(rowNumbers). Words with their "
        + "leading space are single tokens more often."
    case .emptiedCompletions:
      "The shared beginning was the whole completion of \(rowNumbers); nothing is left to learn there."
    case .oneClass:
      "All \(countOfRows) have the same completion; a classifier needs at least two classes."
    case .splitLacksClasses(let training, let validation, let classes):
      "Of \(classes) classes, \(training) occur in the training rows and \(validation) in the validation rows; "
        + "those missing on one side cannot be learned or measured."
    default: ""
    }
  }

  private func rowCountMessage(_ count: Int) -> String {
    let told = "The file holds \(count) \(count == 1 ? "example" : "examples")."
    guard count < 100 else { return told }
    return told + " Plan for a few hundred at least: each doubling of their number tends to help by about as much."
  }

  private func furtherColumnsMessage(_ names: [String]) -> String {
    let list = names.map { "`\($0)`" }.joined(separator: ", ")
    let warnings = names.map { "\n  Warning: columns with names like `\($0)` are not read; check that none was meant." }
    return "Only `prompt` and `completion` are used, but there are also \(list)." + warnings.joined()
  }

  private func markMessage(_ opening: String, _ text: String, repeated: Bool, proposal: String) -> String {
    var message = "\(opening) `\(text.replacingLineBreaks())`."
    if text.unicodeScalars.count > 10 {
      message += " That is long; something short such as `\(proposal.replacingLineBreaks())` does as well."
    }
    if repeated {
      message += "\n  Warning: in some rows it also stands further inside, where it misleads; choose one that does not."
    }
    return message
  }

  private var countOfRows: String {
    switch rows {
    case .none: "0 rows"
    case .every(let count): "\(count) \(count == 1 ? "row" : "rows")"
    case .some(let rows): "\(rows.count) \(rows.count == 1 ? "row" : "rows")"
    }
  }

  private var rowNumbers: String {
    switch rows {
    case .none: "no rows"
    case .every: "all rows"
    case .some(let rows): rowList(rows)
    }
  }
}

extension SourceFormat {
  fileprivate var sentence: String {
    switch self {
    case .csv: "Read as CSV, by the name's ending."
    case .tsv: "Read as TSV, by the name's ending."
    case .xlsx: "Read as an Excel workbook, by the name's ending."
    case .txt: "Read as plain text, by the name's ending: each line is a completion with an empty prompt."
    case .json: "Read as one JSON document."
    case .jsonl: "Read as JSON Lines."
    case .jsonNamedJSONL: "The name says JSON Lines, the content is one JSON document."
    case .jsonlNamedJSON: "The name says JSON, the content is JSON Lines."
    }
  }

  /// The name in capitals, as the conversion is announced.
  var name: String {
    switch self {
    case .csv: "CSV"
    case .tsv: "TSV"
    case .xlsx: "XLSX"
    case .txt: "TXT"
    case .json, .jsonNamedJSONL, .jsonlNamedJSON: "JSON"
    case .jsonl: "JSONL"
    }
  }
}

extension Remedy {
  /// The change as an order: "Remove 3 repeated rows".
  package var message: String {
    switch self {
    case .convert(let format): "Write the \(format.name) data as JSONL"
    case .renameColumn(let column, let found): "Rename the column `\(found)` to `\(column.rawValue)`"
    case .dropColumns(let names): "Leave out the columns \(names.map { "`\($0)`" }.joined(separator: ", "))"
    case .removeEmptyCompletions(let count): "Leave out \(rows(count)) without a completion"
    case .removeDuplicates(let count): "Leave out \(rows(count)) that repeat an earlier one"
    case .removeLong(let count): "Leave out \(rows(count)) that are too long"
    case .lowerCase(let column): "Put the \(column.rawValue)s in lower case"
    case .appendSeparator(let mark): "End every prompt with the separator `\(mark.replacingLineBreaks())`"
    case .stripPromptPrefix(let prefix): "Cut `\(prefix.replacingLineBreaks())` from the start of every prompt"
    case .stripCompletionPrefix(let prefix):
      "Cut `\(prefix.replacingLineBreaks())` from the start of every completion"
    case .appendEnding(let mark): "End every completion with `\(mark.replacingLineBreaks())`"
    case .addLeadingSpace: "Begin every completion with a space"
    }
  }

  private func rows(_ count: Int) -> String { count == 1 ? "1 row" : "\(count) rows" }
}

extension PrepareQuestion {
  /// The question, to be followed by ` [Y/n]: `.
  package var message: String {
    switch self {
    case .apply(let remedy): "[Recommended] \(remedy.message)"
    case .split(let training, let validation):
      "[Recommended] Keep \(validation) of \(training + validation) rows for validation, in a file of their own"
    case .write(let files): "Write \(files.map { "`\($0)`" }.joined(separator: " and "))"
    }
  }
}

extension Preparation {
  /// What to remember when using the model: the separator, and the ending as `stop`.
  package var reminders: [String] {
    var told: [String] = []
    if !separator.isEmpty {
      told.append(
        "End each prompt you send with `\(separator.replacingLineBreaks())`; the model then begins the completion.")
    }
    if !ending.isEmpty {
      told.append("Send `stop=[\"\(ending.replacingLineBreaks())\"]` so that the answer ends where it should.")
    }
    return told
  }
}
