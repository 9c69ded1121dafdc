import ArgumentParser
import Foundation
import Hone

struct PrepareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prepare", abstract: "Check a file of examples and write it in the form that training reads.",
    discussion: """
      Reads CSV, TSV, XLSX, TXT, JSON and JSON Lines with the columns prompt and completion.
      EXAMPLES
        hone prepare emails.csv
        hone prepare -q emails.csv      (yes to every question)
      """)
  @Argument(help: "The file of examples.") var file: String
  @Flag(name: .shortAndLong, help: "Answer every question with yes.") var quiet = false
  @Option(name: .shortAndLong, help: "The model whose tokenizer and context the report uses.") var model = "nano"
  @OptionGroup var output: OutputOptions

  func run() async throws { try await runPrepare(file, quiet: quiet, model: model, json: output.json) }
}

/// The dialogue of `prepare` on a terminal.
func runPrepare(_ file: String, quiet: Bool, model: String, json: Bool) async throws {
  try await reporting {
    let result = try Home().prepare(
      file, model: model,
      answer: { question in
        print("- \(question) [Y/n]: ", terminator: quiet ? "Y\n" : "")
        if quiet { return true }
        return readLine()?.trimmingCharacters(in: .whitespaces).lowercased() != "n"
      },
      tell: { message in
        switch message {
        case .finding(let text): print("- \(text)")
        case .action(let text): print("- [necessary] \(text)")
        case .question: break
        }
      })
    print("\n\(result.inspection)")
    for name in result.files { print("wrote \(name)") }
    print("\nNow train on it:\n> \(result.command)\n")
    for reminder in result.reminders { print(reminder) }
    if json { print(result.json) }
  }
}
