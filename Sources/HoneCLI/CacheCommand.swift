import ArgumentParser
import Foundation
import Hone

struct CacheCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cache", abstract: "The vectors that are kept for the next time.",
    discussion: """
      EXAMPLES
        hone cache show
        hone cache import reviews.csv -m all-MiniLM-L6-v2 --column combined --embedding embedding
        hone cache import reviews.csv -m all-MiniLM-L6-v2 --column combined --vectors reviews.npy
      """, subcommands: [Show.self, Import.self, Clear.self], defaultSubcommand: Show.self)

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "What is kept, and how often it helped.")
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let counts = try await reporting { try Home().vectorCacheCounts() }
      if output.json { return try printJSON(counts) }
      printColumns([
        ["file", counts.path], ["vectors", "\(counts.entries)"],
        ["size", "\(counts.bytes / 1_000_000) of \(counts.limitBytes / 1_000_000) MB"],
        ["found", "\(counts.hits) times"], ["not found", "\(counts.misses) times"],
      ])
    }
  }

  struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "import", abstract: "Take over vectors that a model made elsewhere.",
      discussion: "Pickles are not read: reading one runs whatever code is in it. Write a table instead.")
    @Argument(help: "A table (csv, tsv, json, jsonl) with texts and lists of numbers.") var file: String
    @Option(name: .shortAndLong, help: "The model that made them.") var model: String
    @Option(help: "The column of texts (default: prompt, text, or the only one).") var column: String?
    @Option(help: "The column of vectors.") var embedding = "embedding"
    @Option(help: "A .npy or .safetensors file with a vector for each row, in place of a column.") var vectors: String?

    func run() async throws {
      let count = try await reporting {
        try Home().importVectors(
          from: URL(fileURLWithPath: file), vectors: vectors.map { URL(fileURLWithPath: $0) }, model: model,
          textColumn: column, vectorColumn: embedding)
      }
      print("took \(count) vectors")
    }
  }

  struct Clear: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "clear", abstract: "Forget all vectors.")

    func run() async throws {
      try await reporting { try Home().clearVectorCache() }
      print("forgot all vectors")
    }
  }
}
