import ArgumentParser
import Foundation
import Hone

struct ClassifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify", abstract: "Label texts with a model that was tuned on labelled examples.",
    discussion: """
      Probabilities are over the labels that the model was tuned on, and sum to one.
      EXAMPLES
        hone classify -m nano:ft-personal:emails-2026-11-21-04-35-06 'subject: sick today'
        hone classify -m MODEL --file unseen.csv --column text --json
      """)
  @Option(name: .shortAndLong, help: "The tuned model's name.") var model: String
  @Argument(help: "Texts; - reads one from standard input.") var texts: [String] = []
  @Option(help: "A table (csv, tsv, xlsx, json, jsonl) or a text file with one text a line.") var file: String?
  @Option(help: "The column of --file that holds the texts (default: prompt, text, or the only one).")
  var column: String?
  @Option(help: "How many labels to show of each text.") var top = 3
  @Option(help: "How weights are held: float32 (exact), bfloat16 or int8 (faster).") var weights = WeightPrecision
    .float32
  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await reporting {
      var all = try texts.map { $0 == "-" ? try readStandardInput() : $0 }
      if let file { all += try textColumn(of: URL(fileURLWithPath: file), column: column) }
      guard !all.isEmpty else { throw ValidationError("expected texts, or a file of them with --file") }
      let classifier = try Home().classifier(model, weights: weights)
      for text in all { try show(classifier.classify(text), text) }
    }
  }

  private func show(_ result: Classification, _ text: String) throws {
    if output.json { return try printJSON(result) }
    let answers = result.answers.prefix(max(1, top)).map { String(format: "%5.1f%% \($0.label)", 100 * $0.probability) }
    let firstLine = text.split(whereSeparator: \.isNewline).first.map { String($0.prefix(48)) } ?? ""
    printColumns([[firstLine] + answers])
    if result.cutTokens > 0 { printError("warning: the first \(result.cutTokens) tokens of this text did not fit") }
  }
}
