import Foundation
import Hone
import HoneAPI
import HoneServer
import Synchronization

/// The API over a home of its own, without a socket; gone when the test ends.
final class ServedBench {
  let folder: URL
  let service: Service
  let shelf: ModelShelf
  let stores: VectorStores
  let routes: [Route]
  let router: Router

  init(keys: Bool = false, memory: Int = 1 << 30) async throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("hone-\(UUID().uuidString)")
    var options = ServiceOptions()
    options.runsJobs = false
    let home = Home(folder)
    let service = try await Service(home, options: options)
    self.service = service
    shelf = ModelShelf(home, memory: memory) { try await service.resolveModel($0) }
    let api = API(service: service, shelf: shelf, encoders: EncoderShelf(home, memory: 1 << 30), now: { 1_700_000_000 })
    (routes, stores) = (api.routes, api.stores)
    router = testRouter(routes, keys: keys ? ServiceKeys(service, isLocal: true) : NoKeys())
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Sends a request; a body is JSON.
  func ask(_ method: String, _ target: String, _ body: String? = nil, key: String? = nil) async -> Response {
    var headers = PlainHeaders()
    if body != nil { headers.append("content-type", "application/json") }
    if let key { headers.append("api-key", key) }
    let bytes = body.map { [Array($0.utf8)] } ?? []
    return await router.answer(PlainRequest(method, target, headers: headers, body: IncomingBody(bytes)))
  }

  /// Sends a form, its parts in the order given; a file's name makes a part a file.
  func send(
    _ target: String, _ parts: [(name: String, filename: String?, content: String)]
  ) async -> Response {
    var text = ""
    for part in parts {
      let name = part.filename.map { "; filename=\"\($0)\"" } ?? ""
      text += "--b\r\nContent-Disposition: form-data; name=\"\(part.name)\"\(name)\r\n\r\n\(part.content)\r\n"
    }
    let headers: PlainHeaders = [("content-type", "multipart/form-data; boundary=b")]
    // In small pieces, as from a slow client.
    let bytes = Array((text + "--b--\r\n").utf8)
    let pieces = stride(from: 0, to: bytes.count, by: 50).map { Array(bytes[$0..<min($0 + 50, bytes.count)]) }
    return await router.answer(PlainRequest("POST", target, headers: headers, body: IncomingBody(pieces)))
  }

  /// The frames of a streamed reply.
  func frames(_ response: Response) async throws -> [String] {
    guard case .events(let stream) = response.body else { return [] }
    let text = Collected()
    let end = await stream.send { text.append($0) }
    guard end == .whole else { throw Ended(end: end) }
    return text.all.components(separatedBy: "\n\n").filter { !$0.isEmpty && !$0.hasPrefix(":") }
  }

  struct Ended: Error { let end: EventStream.End }

  /// A training file of some examples; gives its id.
  func trainingFile(on prefix: String = "/v1") async throws -> String {
    let line = #"{"prompt":"the cat says ->","completion":" meow"}"#
    let response = await send(
      "\(prefix)/files", [("purpose", nil, "fine-tune"), ("file", "a.jsonl", line + "\n" + line + "\n")])
    return try response.decoded(FileObject.self).id
  }
}

/// Bytes that several tasks may add to, one after the other.
final class Collected: Sendable {
  private let bytes = Mutex<[UInt8]>([])

  var all: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }
  func append(_ more: [UInt8]) { bytes.withLock { $0 += more } }
}

extension Response {
  /// The reply, read back.
  func decoded<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try JSONDecoder().decode(type, from: Data(text.utf8))
  }

  /// The error of a reply.
  var fault: ErrorReply.Fault? { try? decoded(ErrorReply.self).error }
}
