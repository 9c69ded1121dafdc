package import HoneAPI

/// What goes back to a client.
package struct Response: Sendable {
  package enum Body: Sendable {
    case bytes([UInt8])
    /// A file of Hone's own, sent piece by piece.
    case file(path: String)
    /// Frames, as they come.
    case events(EventStream)
  }

  package var status: Int
  package var headers: PlainHeaders
  package var body: Body

  package init(status: Int = 200, headers: PlainHeaders = [], body: Body) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// A JSON reply. Throws: `EncodingError` for a number that is not finite.
  package static func json(_ reply: some Reply, status: Int = 200) throws -> Response {
    json(try reply.body(), status: status)
  }

  /// A JSON text that is there already.
  package static func json(_ bytes: [UInt8], status: Int = 200) -> Response {
    Response(status: status, headers: [("content-type", "application/json")], body: .bytes(bytes))
  }

  package static func text(_ text: String, type: String = "text/plain; charset=utf-8") -> Response {
    Response(headers: [("content-type", type)], body: .bytes(Array(text.utf8)))
  }

  /// A file at a path that Hone chose; it is opened before the head is sent.
  package static func file(path: String, type: String = "application/octet-stream") -> Response {
    Response(headers: [("content-type", type)], body: .file(path: path))
  }

  /// A stream of events. The head goes out with the first frame, so that an error before it is a plain reply.
  package static func events(_ run: @escaping EventStream.Run) -> Response {
    Response(
      headers: [("content-type", "text/event-stream"), ("cache-control", "no-cache"), ("x-accel-buffering", "no")],
      body: .events(EventStream(run)))
  }

  /// The answer to a request that is refused.
  package init(_ refusal: Refusal) {
    self = .json((try? refusal.reply.body()) ?? [])
    status = refusal.status
    for (name, value) in refusal.headers { headers.append(name, value) }
  }
}
