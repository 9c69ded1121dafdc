public import ArgumentParser
import Foundation
public import Hone

struct CustomizeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "customize", abstract: "Fit vectors to your own task, as a model of its own.",
    discussion: """
      Examples are texts with a class each, or pairs of texts that belong together or not (1 or -1, 0, true, false,
      entailment, contradiction). A part of them is held out, and the figures are told of that part alone.
      EXAMPLES
        hone customize -m all-MiniLM-L6-v2 --name bank --text text --label category banking.csv --method encoder
        hone customize -m all-MiniLM-L6-v2 --name mine --first text_1 --second text_2 --label label pairs.csv
      """)
  @Argument(help: "A table of examples (csv, tsv, xlsx, json, jsonl).") var file: String
  @Option(name: .shortAndLong, help: "The model to begin with.") var model = "all-MiniLM-L6-v2"
  @Option(help: "The new model is called MODEL+NAME.") var name: String
  @Option(help: "The column of the texts, where each has a class.") var text: String?
  @Option(help: "The column of the first texts of pairs.") var first: String?
  @Option(help: "The column of the second texts of pairs.") var second: String?
  @Option(help: "The column of the classes, or of whether a pair belongs together; pairs without one all do.")
  var label: String?
  @Option(help: "Held-out examples in a table of their own.") var heldOut: String?
  @Option(help: "Share of the examples to hold out.") var heldOutShare = 0.2
  @Option(help: "matrix (seconds; old vectors can be moved over) or encoder (minutes, better with few examples).")
  var method = CustomizeRequest.Method.matrix
  @Option(help: "Passes over the examples.") var epochs: Int?
  @Option(help: "Examples of a step.") var batchSize: Int?
  @Option(help: "The learning rate.") var learningRate: Float?
  @Option(help: "Seed of the division and of all draws.") var seed: UInt64 = 0
  @Option(help: "Where to draw the cosines of held-out pairs, before and after: a .svg file.") var chart: String?
  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await reporting {
      let home = Home()
      var request = CustomizeRequest(model: model, suffix: name, examples: try examples(file))
      request.heldOut = try heldOut.map(examples)
      (request.method, request.heldOutShare, request.epochs) = (method, heldOutShare, epochs)
      (request.batchSize, request.learningRate, request.seed) = (batchSize, learningRate, seed)
      let report = try home.customize(request) { event in
        guard progressIsVisible else { return }
        switch event {
        case .resumed(let step): printError("an unfinished run of the same request goes on after step \(step)")
        case .step(let step, let total, let loss):
          printError(String(format: "\rstep %d of %d, loss %.4f   ", step, total, loss), terminator: "")
        case .epoch(let epoch, let loss):
          printError(String(format: "\repoch %d, loss %.4f   ", epoch, loss), terminator: "")
        }
      }
      if progressIsVisible { printError("") }
      if let chart, let picture = report.chart { try Data(picture.utf8).write(to: URL(fileURLWithPath: chart)) }
      if output.json { return try printJSON(report) }
      func percent(_ share: Share) -> String {
        String(format: "%.1f%% ± %.1f", 100 * share.value, 100 * share.plusMinus)
      }
      print(
        "\(report.model): trained on \(report.trainingExamples) examples in \(String(format: "%.1f", report.seconds)) s"
      )
      printColumns([
        ["accuracy on \(report.before.count) held-out examples", "before", percent(report.before)],
        ["", "after", percent(report.after)],
      ])
      if report.cutTexts > 0 {
        print(
          "\(report.cutTexts) training texts are longer than the model's window; only their beginning was learned from")
      }
    }
  }

  private func examples(_ file: String) throws -> CustomizeRequest.Examples {
    let url = URL(fileURLWithPath: file)
    if let text {
      guard let label else { throw ValidationError("expected --label with --text") }
      return .labels(
        texts: try textColumn(of: url, column: text), labels: try textColumn(of: url, column: label))
    }
    guard let first, let second else {
      throw ValidationError("expected --text and --label, or --first and --second")
    }
    let firsts = try textColumn(of: url, column: first)
    let marks = try label.map { try textColumn(of: url, column: $0) } ?? firsts.map { _ in "1" }
    return .pairs(
      first: firsts, second: try textColumn(of: url, column: second), isPositive: try marks.map(isPositive))
  }

  private func isPositive(_ mark: String) throws -> Bool {
    switch mark.lowercased() {
    case "1", "1.0", "true", "yes", "entailment": return true
    case "-1", "-1.0", "0", "0.0", "false", "no", "contradiction": return false
    default:
      throw HoneError(
        "label: expected 1, -1, 0, true, false, entailment or contradiction, found '\(mark.prefix(40))'",
        remedy: "leave rows of another kind out", parameter: "label")
    }
  }
}

extension CustomizeRequest.Method: ExpressibleByArgument {}
