import ArgumentParser
import Foundation
import Hone

/// The names of the older command line: `hone api fine_tunes.create`, `hone api completions.create`.
struct ApiCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "api", abstract: "The older command line's names for tune and complete.",
    subcommands: [Create.self, Complete.self])

  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "fine_tunes.create", abstract: "Fine-tune a model on a file of examples, and wait for it.")
    @Option(name: [.customShort("t"), .customLong("training_file")], help: "JSON Lines of prompt and completion.")
    var trainingFile: String
    @Option(name: [.customShort("v"), .customLong("validation_file")], help: "The same for validation.")
    var validationFile: String?
    @Flag(name: .customLong("no_check_if_files_exist"), help: "Accepted; files are never uploaded twice here.")
    var noCheck = false
    @Flag(name: .customLong("no_follow"), help: "Accepted; without a server the command always waits.")
    var noFollow = false
    @Option(name: .shortAndLong, help: "The model to start from.") var model = "ada"
    @Option(help: "Part of the tuned model's name.") var suffix: String?
    @Option(name: .customLong("n_epochs")) var epochs: Int?
    @Option(name: .customLong("batch_size")) var batchSize: Int?
    @Option(name: .customLong("learning_rate_multiplier")) var learningRateMultiplier: Double?
    @Option(name: .customLong("prompt_loss_weight")) var promptLossWeight: Double?
    @Flag(name: .customLong("compute_classification_metrics")) var computeClassificationMetrics = false
    @Option(name: .customLong("classification_n_classes")) var classCount: Int?
    @Option(name: .customLong("classification_positive_class")) var positiveClass: String?
    @Option(name: .customLong("classification_betas"), parsing: .upToNextOption) var betas: [Double] = []
    @OptionGroup var format: OutputOptions

    func run() async throws {
      var request = TuneRequest(model: model)
      request.trainingFile = URL(fileURLWithPath: trainingFile)
      request.validationFile = validationFile.map { URL(fileURLWithPath: $0) }
      request.suffix = suffix
      request.epochs = epochs
      request.batchSize = batchSize
      request.learningRateMultiplier = learningRateMultiplier
      request.promptLossWeight = promptLossWeight
      request.computeClassificationMetrics = computeClassificationMetrics
      request.classCount = classCount
      request.positiveClass = positiveClass
      request.betas = betas
      try await runTune(request, output: nil, json: format.json)
    }
  }

  struct Complete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "completions.create", abstract: "Print a prompt and its continuation.")
    @Option(name: [.customShort("m"), .customShort("e"), .customLong("model"), .customLong("engine")])
    var model = "ada"
    @Option(name: .shortAndLong, help: "The prompt.") var prompt = ""
    @Option(name: [.customShort("M"), .customLong("max-tokens")]) var maxTokens = 16
    @Option(name: [.customShort("t"), .customLong("temperature")]) var temperature: Float = 1
    @Option(name: [.customShort("P"), .customLong("top_p")]) var topP: Float = 1
    @Option(name: .customShort("n")) var count = 1
    @Option var logprobs: Int?
    @Option var stop: String?
    @Flag var stream = false
    @OptionGroup var format: OutputOptions

    func run() async throws {
      try await reporting {
        var request = CompletionRequest(prompt: prompt)
        request.maxTokens = maxTokens
        request.temperature = temperature
        request.topP = topP
        request.count = count
        request.logprobs = logprobs
        request.stop = stop.map { [$0] } ?? []
        request.echo = true
        request.seed = UInt64.random(in: 0..<1 << 53)
        try runCompletion(model, request, stream: stream, json: format.json)
      }
    }
  }
}

/// The older command line's `tools`.
struct ToolsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tools", abstract: "The older command line's name for prepare.", subcommands: [Prepare.self])

  struct Prepare: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "fine_tunes.prepare_data", abstract: "Check a file of examples and write it for training.")
    @Option(name: .shortAndLong, help: "The file of examples.") var file: String
    @Flag(name: .shortAndLong, help: "Answer every question with yes.") var quiet = false
    @OptionGroup var format: OutputOptions

    func run() async throws { try await runPrepare(file, quiet: quiet, model: "nano", json: format.json) }
  }
}
