public import ArgumentParser
import Foundation
public import Hone

struct EmbedCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "embed", abstract: "Turn texts into vectors of length 1.",
    discussion: """
      Arguments are texts, or files where --column or --output is given. Nothing is cut silently: a text longer than the
      model's window is embedded in pieces, and the output says so.
      EXAMPLES
        hone embed 'delicious beans'
        hone embed --model all-MiniLM-L6-v2 --column combined reviews.csv -o reviews.npy
        hone embed --task query 'what limits generation length?' --json
        hone embed --model all-MiniLM-L6-v2+mine --vectors reviews.npy -o moved.npy
      """)
  @Argument(help: "Texts (- reads one from standard input), or files of rows.") var inputs: [String] = []
  @Option(name: .shortAndLong, help: "The model's name, or a folder in the sentence-transformers layout.")
  var model = "hone-static"
  @Option(help: "The column of the files that holds the texts (default: prompt, text, or the only one).")
  var column: String?
  @Option(name: .shortAndLong, help: "Where to write vectors: a .npy, .csv, .jsonl or .safetensors file.")
  var output: String?
  @Option(help: "What the vectors are for: query, document, classification or clustering.") var task: String?
  @Option(help: "Texts longer than the model's window: pieces, error or truncate.") var long = LongTexts.pieces
  @Option(help: "Numbers of a vector to keep (default: all).") var dimensions: Int?
  @Option(help: "fast or float32.") var precision = EmbeddingPrecision.fast
  @Flag(help: "The input is a file of vectors that the model before --model made: only its matrix is applied.")
  var vectors = false
  @Option(help: "With --vectors: the model that made them, where no NAME.meta.json says so.") var madeBy: String?
  @Flag(name: .customLong("no-cache"), help: "Compute everything, and keep nothing for the next time.")
  var noCache = false
  @OptionGroup var options: OutputOptions

  private struct Line: Encodable {
    struct Item: Encodable {
      let index: Int
      let tokens: Int
      let pieces: Int
      let lost_tokens: Int
      let embedding: [Float]
    }
    let model: String
    let fingerprint: String
    let dimensions: Int
    let data: [Item]
  }

  func run() async throws {
    try await reporting {
      guard !inputs.isEmpty else { throw ValidationError("expected texts, or files with --column or --output") }
      var wanted = EmbeddingOptions(task: task, long: long, dimensions: dimensions)
      let home = Home()
      if vectors { return try move(home) }
      let meant = try home.encoderMeant(by: model)
      wanted.task = task ?? meant.task
      let embedder = try home.embedder(model, precision: precision, caches: !noCache)
      if let note = embedder.cacheNote { printError("note: \(note)") }
      guard output != nil || column != nil else { return try printVectors(embedder, wanted) }
      guard let output else { throw ValidationError("expected a file to write with --output") }
      let report = try embedder.embedFiles(
        inputs.map { URL(fileURLWithPath: $0) }, column: column, to: URL(fileURLWithPath: output), wanted
      ) { done, total in
        if progressIsVisible { printError("\r\(done) of \(total) rows", terminator: "") }
      }
      if progressIsVisible { printError("") }
      if options.json { return try printJSON(report) }
      print("\(report.rows) rows, \(report.dimensions) numbers each, \(report.tokens) tokens: \(output)")
      if report.rowsInPieces > 0 {
        print("\(report.rowsInPieces) rows were longer than the model's window and embedded in pieces")
      }
      if report.lostTokens > 0 { print("\(report.lostTokens) tokens were left out, as asked") }
      if report.fromCache > 0 { print("\(report.fromCache) rows came from the cache") }
    }
  }

  private func move(_ home: Home) throws {
    guard inputs.count == 1, let output else {
      throw ValidationError("expected one file of vectors with --vectors, and one to write with --output")
    }
    let report = try home.moveVectors(
      from: URL(fileURLWithPath: inputs[0]), column: column ?? "embedding", to: URL(fileURLWithPath: output),
      model: model, madeBy: madeBy)
    if options.json { return try printJSON(report) }
    print("\(report.rows) rows, \(report.dimensions) numbers each, nothing embedded again: \(output)")
  }

  private func printVectors(_ embedder: Embedder, _ wanted: EmbeddingOptions) throws {
    let texts = try inputs.map { $0 == "-" ? try readStandardInput() : $0 }
    let result = try embedder.embed(texts.map { .text($0) }, wanted)
    if options.json {
      return try printJSON(
        Line(
          model: embedder.model.info.name, fingerprint: embedder.model.fingerprint, dimensions: result.dimensions,
          data: (0..<result.count).map { index in
            Line.Item(
              index: index, tokens: result.tokenCounts[index], pieces: result.pieceCounts[index],
              lost_tokens: result.lostTokens[index], embedding: Array(result[index]))
          }))
    }
    for index in 0..<result.count {
      print("[" + result[index].map(\.description).joined(separator: ", ") + "]")
      if result.pieceCounts[index] > 1 {
        printError("note: text \(index) was embedded in \(result.pieceCounts[index]) pieces")
      }
      if result.lostTokens[index] > 0 {
        printError("note: the last \(result.lostTokens[index]) tokens of text \(index) were left out")
      }
    }
  }
}

struct TokensCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokens", abstract: "Show how a text is divided into tokens.",
    discussion: """
      EXAMPLES
        hone tokens 'how many?'
        hone tokens --model nano 'how many?' --json
      """)
  @Argument(help: "The text; - reads standard input.") var text: String
  @Option(name: .shortAndLong, help: "The model's name.") var model = "hone-static"
  @OptionGroup var options: OutputOptions

  private struct Report: Encodable {
    let model: String
    let count: Int
    let tokens: [Int32]
    let pieces: [String]
  }

  func run() async throws {
    try await reporting {
      let found = try Home().tokens(of: text == "-" ? try readStandardInput() : text, model: model)
      if options.json {
        return try printJSON(
          Report(model: model, count: found.count, tokens: found.map(\.id), pieces: found.map(\.text)))
      }
      printColumns([["ID", "TOKEN"]] + found.map { ["\($0.id)", $0.text] })
      print("\(found.count) tokens")
    }
  }
}

struct AliasCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alias", abstract: "Let a name mean another model where vectors are asked for.",
    discussion: """
      EXAMPLES
        hone alias set text-embedding-ada-002 all-MiniLM-L6-v2
        hone alias list
        hone alias rm text-embedding-ada-002
      """, subcommands: [Set.self, List.self, Remove.self], defaultSubcommand: List.self)

  struct Set: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "set", abstract: "Give a model another name.")
    @Argument(help: "The other name.") var name: String
    @Argument(help: "The model it means.") var model: String

    func run() async throws {
      try await reporting { try Home().setAlias(name, to: model) }
      print("\(name) means \(model)")
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "The names that were given.")
    @OptionGroup var options: OutputOptions

    func run() async throws {
      let aliases = try await reporting { try Home().listAliases() }
      if options.json { return try printJSON(["data": aliases]) }
      printColumns([["NAME", "MODEL"]] + aliases.map { [$0.name, $0.model] })
    }
  }

  struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "rm", abstract: "Take a name back.")
    @Argument(help: "The name.") var name: String

    func run() async throws {
      try await reporting { try Home().setAlias(name, to: nil) }
      print("\(name) means nothing any more")
    }
  }
}

extension LongTexts: ExpressibleByArgument {}
extension EmbeddingPrecision: ExpressibleByArgument {}
