import ArgumentParser
import Foundation
import Hone

struct ModelsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models", abstract: "List, show, make, export, verify and remove models.",
    subcommands: [List.self, Show.self, New.self, Export.self, Verify.self, Remove.self, Path.self],
    defaultSubcommand: List.self)

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "Every model that can be used by name.")
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let models = try await reporting { try Home().listModels() }
      if output.json { return try printJSON(["data": models]) }
      printColumns(
        [["NAME", "KIND", "PARAMETERS", "CONTEXT", "MB", "FROM"]]
          + models.map {
            [
              $0.name, $0.kind.rawValue, "\($0.parameters)", $0.contextLength.map { "\($0)" } ?? "any",
              "\($0.bytes / 1_000_000)",
              $0.isBuiltIn ? "built in" : $0.info.parent ?? "",
            ]
          })
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "What a model is and where it comes from.")
    @Argument(help: "The model's name.") var name: String
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let model = try await reporting { try Home().showModel(name) }
      if output.json { return try printJSON(model) }
      var rows = [
        ["name", model.name], ["kind", model.kind.rawValue], ["parameters", "\(model.parameters)"],
        ["context", model.contextLength.map { "\($0) tokens" } ?? "any"],
        ["size", "\(model.bytes / 1_000_000) MB"], ["base", model.info.base], ["tuned from", model.info.parent ?? "-"],
        ["fingerprint", model.info.fingerprint.isEmpty ? "-" : model.info.fingerprint],
      ]
      if let dimensions = model.dimensions { rows.append(["numbers of a vector", "\(dimensions)"]) }
      rows += (model.info.prompts ?? [:]).sorted { $0.key < $1.key }.map {
        ["prompt, \($0.key)", "\($0.value.debugDescription)"]
      }
      if let separator = model.info.template.separator {
        rows.append(["prompts end with", "\(separator.debugDescription)"])
      }
      if let ending = model.info.template.ending { rows.append(["answers end with", "\(ending.debugDescription)"]) }
      if let labels = model.info.template.labels { rows.append(["labels", labels.joined(separator: ",")]) }
      rows += model.info.hyperparameters.sorted { $0.key < $1.key }.map { [$0.key, $0.value] }
      rows += model.info.metrics.sorted { $0.key < $1.key }.map { [$0.key, "\($0.value)"] }
      printColumns(rows)
    }
  }

  struct New: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "new", abstract: "Make a model with random weights, to be trained with `hone tune --text`.",
      discussion: "Its tokenizer is trained on the given texts, or taken from the model that --like names.")
    @Argument(help: "The new model's name.") var name: String
    @Option(help: "A model whose sizes and tokenizer to take.") var like: String?
    @Option(help: "Text files that train the tokenizer; with --column for tables and JSON Lines.") var text: [String] =
      []
    @Option(help: "The column or field that holds the text.") var column: String?
    @Option(help: "Tokens of the vocabulary.") var vocabSize = 8192
    @Option(help: "Transformer blocks.") var layers = 4
    @Option(help: "Width of the residual stream.") var hidden = 256
    @Option(help: "Attention heads.") var heads = 4
    @Option(help: "Tokens of the context.") var context = 1024
    @Option(help: "Seed of the random weights.") var seed: UInt64 = 42
    @Option(help: "The rate that a multiplier of 1 stands for in fine-tuning (default: by its size).")
    var learningRate: Float?
    @Option(help: "Times the rate, for the table of token vectors in fine-tuning (default 1).")
    var tokenTableRate: Float?
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let model = try await reporting {
        try Home().makeModel(
          name,
          from: like.map { NewModel.like($0) }
            ?? .sizes(
              texts: text.map { URL(fileURLWithPath: $0) }, column: column, vocabSize: vocabSize, layers: layers,
              hidden: hidden, heads: heads, context: context), seed: seed, learningRate: learningRate,
          tokenTableRate: tokenTableRate)
      }
      if output.json { return try printJSON(model) }
      print("made \(model.name): \(model.parameters) parameters, context \(model.contextLength ?? 0)")
    }
  }

  struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export", abstract: "Copy a model to a folder that other programs read.")
    @Argument(help: "The model's name.") var name: String
    @Argument(help: "A new folder.") var folder: String
    @Flag(help: "Round the weights to half their size.") var bfloat16 = false
    @Option(name: .customLong("as"), help: "What the copy calls itself, as a base model of its own.")
    var renamed: String?

    func run() async throws {
      let notes = try await reporting {
        try Home().exportModel(
          name, to: URL(fileURLWithPath: folder, isDirectory: true), bfloat16: bfloat16, renamed: renamed)
      }
      for note in notes { printError("note: \(note)") }
      print("exported \(name) to \(folder)")
    }
  }

  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "verify",
      abstract: "Ask a model what it was asked when it was made or pulled, and print the largest difference.")
    @Argument(help: "The model's name.") var name: String
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let found = try await reporting { try Home().verifyModel(name) }
      if output.json {
        try printJSON(found)
      } else {
        print("\(found.name): the largest difference is \(found.difference), \(found.tolerance) may be")
        if let cosine = found.fastCosine { print("in the fast precision the smallest cosine is \(cosine)") }
      }
      guard found.isWhole else { throw ExitCode.failure }
    }
  }

  struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "rm", abstract: "Delete a model.")
    @Argument(help: "The model's name.") var name: String

    func run() async throws {
      try await withService { try await $0.removeModel(name) }
      print("removed \(name)")
    }
  }

  struct Path: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "path", abstract: "The folder where models are kept.")

    func run() async throws { print(Home().url.appendingPathComponent("models").path) }
  }
}
