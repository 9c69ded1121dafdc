import HoneAPI
import HoneServer
import Logging
import Synchronization

/// A reply that tells what the handler saw.
struct Echo: Reply, Codable {
  var pattern: String
  var value: String
}

/// A log that keeps its lines.
final class LogLines: Sendable {
  private let lines = Mutex<[String]>([])

  var all: [String] { lines.withLock { $0 } }

  var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }

  private struct Handler: LogHandler {
    let lines: LogLines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      lines.lines.withLock { $0.append("\(event.level) \(event.message) \(event.metadata ?? [:])") }
    }
  }
}

/// Keys by name: `reader` may read, `boss` may do everything, `slow` has two requests in a minute.
struct TestKeys: KeyCheck {
  func identity(presented key: String?) throws -> Identity {
    switch key {
    case "reader"?: Identity(id: "reader", scopes: [.read])
    case "boss"?: Identity(id: "boss", scopes: [.admin])
    case "slow"?:
      Identity(id: "slow", scopes: [.admin], limits: .init(requestsPerMinute: 2, tokensPerMinute: 100))
    default: throw Refusal.key("Incorrect API key provided. Make one with `hone keys create`.")
    }
  }
}

struct Surprise: Error { let secret = "/home/someone/secret" }

/// Routes that say which of them was meant, and some that misbehave.
func testRoutes() -> [Route] {
  func echo(_ method: Route.Method, _ path: String, on surfaces: Surfaces = .all, parameter: String = "id") -> Route {
    Route(method, path, scope: .read, on: surfaces, summary: "Echo.", replyFields: ["pattern", "value"]) { call in
      try .json(Echo(pattern: path, value: call[parameter]))
    }
  }
  return [
    echo(.get, "files"), echo(.get, "files/{id}"), echo(.delete, "files/{id}"), echo(.get, "files/{id}/content"),
    echo(.post, "files/{id}"), echo(.post, "files/import"),
    echo(.get, "fine-tunes/{id}/events", on: [.openAI, .azure, .azureV1, .root]),
    echo(.post, "deployments/{name}/completions", on: .azure, parameter: "name"),
    Route(.post, "bytes", scope: .infer, summary: "The length of the body.") { call in
      try .json(Echo(pattern: "bytes", value: String(call.body.count)))
    },
    Route(.get, "words", scope: .read, summary: "The word of a state.") { call in
      try .json(Echo(pattern: "words", value: "\(call.vocabulary)"))
    },
    Route(.get, "surprise", scope: .read, summary: "A bug.") { _ in throw Surprise() },
    Route(.get, "refused", scope: .read, summary: "A refusal.") { _ in
      throw RequestError.missing(parameter: "model", expected: "a model")
    },
    Route(.post, "tokens", scope: .infer, summary: "Spends tokens.") { call in
      try call.spend(tokens: Int(call.queryValue("n") ?? "") ?? 0)
      return try .json(Echo(pattern: "tokens", value: "spent"))
    },
    Route(.post, "upload", scope: .train, body: .multipart, summary: "Counts a form.") { call in
      try .json(Echo(pattern: "upload", value: try await summary(of: call.form())))
    },
  ]
}

/// `name=value` of fields and `name:filename:bytes` of files, in their order.
func summary(of form: MultipartReader) async throws -> String {
  var words: [String] = []
  while let part = try await form.next() {
    switch part {
    case .field(let name, let value): words.append("\(name)=\(value)")
    case .file(let file):
      var count = 0
      for try await piece in file.bytes { count += piece.count }
      words.append("\(file.name):\(file.filename):\(count)")
    }
  }
  return words.joined(separator: " ")
}

func testRouter(
  _ routes: [Route] = testRoutes(), keys: any KeyCheck = NoKeys(), neighbourhood: Neighbourhood = .open,
  limits: Router.Limits = Router.Limits(), metrics: Metrics = Metrics(), log: LogLines = LogLines()
) -> Router {
  Router(routes, keys: keys, neighbourhood: neighbourhood, limits: limits, metrics: metrics, logger: log.logger)
}

extension Response {
  /// The text of a reply that is there at once.
  var text: String { if case .bytes(let bytes) = body { String(decoding: bytes, as: UTF8.self) } else { "" } }
}
