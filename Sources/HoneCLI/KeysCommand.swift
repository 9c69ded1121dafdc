import ArgumentParser
import Foundation
import Hone

struct KeysCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys", abstract: "Make, list and revoke the keys of the server.",
    discussion: """
      EXAMPLES
        hone keys create --name laptop
        hone keys revoke laptop
      """, subcommands: [Create.self, List.self, Revoke.self], defaultSubcommand: List.self)

  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "create", abstract: "Make a key. It is shown once; only its hash is kept.")
    @Option(help: "What lists call it.") var name: String
    @Option(help: "The key itself, to go on with one that clients have (default: made up).") var key: String?
    @Option(
      name: .customLong("scope"), help: "read, infer, train or admin; may be given several times (default all).",
      transform: scope)
    var scopes: [KeyScope] = []
    @Option(help: "Requests a minute, at most (default: without limit).") var requestsPerMinute: Int?
    @Option(help: "Tokens a minute, at most (default: without limit).") var tokensPerMinute: Int?
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let made = try await withService {
        try await $0.createKey(
          name: name, value: key, scopes: Set(scopes.isEmpty ? KeyScope.allCases : scopes), owner: nil,
          requestsPerMinute: requestsPerMinute, tokensPerMinute: tokensPerMinute)
      }
      if output.json { return try printJSON(["id": made.info.id, "name": made.info.name, "key": made.key]) }
      print(made.key)
      printError("\(made.info.name) (\(made.info.id)): keep it now, it is not shown again")
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "All keys, revoked ones too.")
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let keys = try await withService { try await $0.keys() }
      if output.json { return try printJSON(["data": keys]) }
      printColumns(
        [["ID", "NAME", "BEGINS", "SCOPES", "STATE"]]
          + keys.map {
            [
              $0.id, $0.name, $0.prefix, $0.scopes.map(\.rawValue).joined(separator: ","),
              $0.revokedAt == nil ? "good" : "revoked",
            ]
          })
    }
  }

  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "revoke", abstract: "End a key for good.")
    @Argument(help: "The key's id, or its name.") var id: String

    func run() async throws { _ = try await withService { try await $0.revokeKey(id) } }
  }
}

private func scope(_ word: String) throws -> KeyScope {
  guard let scope = KeyScope(rawValue: word) else { throw ValidationError("--scope: read, infer, train or admin") }
  return scope
}

struct UsageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "usage", abstract: "What each key used on each day.")
  @Option(help: "The first day, as 2024-02-29.") var from = "0000-01-01"
  @Option(help: "The last day.") var through = "9999-12-31"
  @Option(help: "One key's id.") var key: String?
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let lines = try await withService { try await $0.usage(from: from, through: through, key: key) }
    if output.json { return try printJSON(["data": lines]) }
    printColumns(
      [["DAY", "KEY", "REQUESTS", "PROMPT", "COMPLETION", "TRAINED"]]
        + lines.map {
          [
            $0.day, $0.key, "\($0.requests)", "\($0.promptTokens)", "\($0.completionTokens)", "\($0.trainedTokens)",
          ]
        })
  }
}

struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Make a job again that the hosted service described, with its file.",
    discussion: """
      EXAMPLES
        hone import job.json train.jsonl
        hone import job.json train.jsonl --validation-file valid.jsonl --follow
      """)
  @Argument(help: "The reply of /v1/fine_tuning/jobs/ID or of /v1/fine-tunes/ID.") var job: String
  @Argument(help: "The training file of that job.") var file: String
  @Option(name: [.customShort("v"), .long], help: "Its validation file.") var validationFile: String?
  @Option(name: .shortAndLong, help: "The model to start from (default: the one that stands for the job's).")
  var model: String?
  @Flag(help: "Print the events until the job has ended; where no server runs, it is trained here.") var follow = false
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let made = try await withService(runsJobs: follow) { service in
      let described = try JobImport(try Data(contentsOf: URL(fileURLWithPath: job)))
      if described.wantsValidation, validationFile == nil {
        printError("the job had a validation file; none is given with --validation-file")
      }
      var request = described.request
      if let model { request.model = model }
      request.trainingFile = try await upload(file, service)
      if let validationFile { request.validationFile = try await upload(validationFile, service) }
      let made = try await service.createJob(request, surface: described.surface, owner: "local")
      guard follow else { return made }
      for await event in try await service.eventStream(ofJob: made.id, after: 0) { printEvent(event) }
      return try await service.job(made.id)
    }
    if output.json { return try printJSON(["id": made.id, "status": made.status]) }
    print("\(made.id)  \(made.status)\(made.fineTunedModel.map { "  \($0)" } ?? "")")
  }

  private func upload(_ path: String, _ service: any ServiceClient) async throws -> String {
    let url = URL(fileURLWithPath: path)
    let content = FilePieces(url: url)
    return try await service.addFile(
      name: url.lastPathComponent, purpose: "fine-tune", owner: "local", expiresAfter: nil, content: content
    ).id
  }
}

/// A file's bytes, piece by piece.
private struct FilePieces: AsyncSequence, Sendable {
  let url: URL

  struct Iterator: AsyncIteratorProtocol {
    let url: URL
    var handle: FileHandle?

    mutating func next() async throws -> [UInt8]? {
      if handle == nil { handle = try FileHandle(forReadingFrom: url) }
      guard let piece = try handle?.read(upToCount: 1 << 18), !piece.isEmpty else { return nil }
      return [UInt8](piece)
    }
  }

  func makeAsyncIterator() -> Iterator { Iterator(url: url) }
}
