internal import HoneAPI
internal import NIOCore
internal import NIOHTTP1

extension Connection {
  /// Sends parts of a reply and waits until the system has taken them. Throws: when the client is gone.
  func write(_ parts: [ReplyPart]) async throws { try await submit(parts).get() }

  /// Queues parts, in the order of the calls.
  fileprivate func submit(_ parts: [ReplyPart]) -> EventLoopFuture<Void> {
    with { clock, now in clock.beginWrite(at: now) }
    let channel = channel
    return channel.eventLoop.flatSubmit {
      for part in parts.dropLast() { channel.write(part, promise: nil) }
      guard let last = parts.last else { return channel.eventLoop.makeSucceededVoidFuture() }
      return channel.writeAndFlush(last)
    }.always { _ in self.with { clock, now in clock.endWrite(at: now) } }
  }
}

/// Writes one reply.
actor ReplyWriter {
  /// What the request says about its reply.
  struct Terms: Sendable {
    var version: HTTPVersion
    var isHead: Bool
    var keepsOpen: Bool
    var keepAlive: Duration
  }

  private let connection: Connection
  private let terms: Terms
  private var head: HTTPResponseHead?
  private var bytes = 0

  init(_ connection: Connection, _ terms: Terms) {
    self.connection = connection
    self.terms = terms
  }

  /// Sends the whole reply; `refuse` makes a plain reply out of an error before the first byte.
  func send(
    _ response: Response, report: @Sendable (any Error) -> Void, refuse: @Sendable (Refusal) -> Response
  ) async -> Sent {
    switch response.body {
    case .bytes(let body): return await send(response, body)
    case .file(let path):
      do {
        return try await send(response, fileAt: path)
      } catch {
        report(error)
        let refusal = refuse(Refusal(of: error))
        guard case .bytes(let body) = refusal.body else { return sent(refusal.status, .broken) }
        return await send(refusal, body)
      }
    case .events(let stream): return await send(response, stream, report: report, refuse: refuse)
    }
  }

  private func send(_ response: Response, _ body: [UInt8]) async -> Sent {
    var parts: [ReplyPart] = [.head(makeHead(response, bytes: body.count))]
    if !terms.isHead, !body.isEmpty { parts.append(.body(ByteBuffer(bytes: body))) }
    return await finish(parts + [.end(nil)], bytes: body.count, status: response.status)
  }

  /// Throws: for a file that cannot be opened, before anything is sent.
  private func send(_ response: Response, fileAt path: String) async throws -> Sent {
    let file = try await FilePieces(path: path)
    do {
      try await connection.write([.head(makeHead(response, bytes: file.byteCount))])
      while !terms.isHead, bytes < file.byteCount {
        // A file that has shrunk cannot be mended once the head is out.
        guard let piece = try await file.next() else { throw TransportFault.broken }
        let part = piece.prefix(file.byteCount - bytes)
        try await connection.write([.body(ByteBuffer(bytes: part))])
        bytes += part.count
      }
      return await finish([.end(nil)], bytes: 0, status: response.status)
    } catch {
      connection.channel.close(promise: nil)
      return sent(response.status, .dropped)
    }
  }

  private func send(
    _ response: Response, _ stream: EventStream, report: @Sendable (any Error) -> Void,
    refuse: @Sendable (Refusal) -> Response
  ) async -> Sent {
    head = makeHead(response, bytes: nil)
    guard !terms.isHead else { return await finish([], bytes: 0, status: response.status) }
    let end = await stream.send(keepAlive: terms.keepAlive, report: report) { try await self.write(frame: $0) }
    switch end {
    case .whole: return await finish([], bytes: 0, status: response.status)
    case .broken:
      let sent = await finish([], bytes: 0, status: response.status)
      return Sent(status: sent.status, bytes: sent.bytes, end: .broken)
    case .dropped:
      connection.channel.close(promise: nil)
      return sent(response.status, .dropped)
    case .refused(let refusal):
      head = nil
      let plain = refuse(refusal)
      guard case .bytes(let body) = plain.body else { return sent(plain.status, .broken) }
      return await send(plain, body)
    }
  }

  /// Sends a frame, behind the head if that is still to come.
  private func write(frame: [UInt8]) async throws {
    let parts = [takeHead(), .body(ByteBuffer(bytes: frame))].compactMap(\.self)
    // Queued before the first wait, so that frames keep their order.
    try await connection.submit(parts).get()
    bytes += frame.count
  }

  private func takeHead() -> ReplyPart? {
    defer { head = nil }
    return head.map { .head($0) }
  }

  private func finish(_ parts: [ReplyPart], bytes count: Int, status: Int) async -> Sent {
    do {
      let end: [ReplyPart] = if case .end? = parts.last { [] } else { [.end(nil)] }
      try await connection.write([takeHead()].compactMap(\.self) + parts + end)
      bytes += count
      return sent(status, .whole)
    } catch {
      return sent(status, .dropped)
    }
  }

  private func sent(_ status: Int, _ end: Sent.End) -> Sent { Sent(status: status, bytes: bytes, end: end) }

  private func makeHead(_ response: Response, bytes: Int?) -> HTTPResponseHead {
    var headers = HTTPHeaders(response.headers.lines.map { ($0.name, $0.value) })
    if let bytes { headers.add(name: "content-length", value: String(bytes)) }
    if !terms.keepsOpen { headers.add(name: "connection", value: "close") }
    return HTTPResponseHead(
      version: .http1_1, status: HTTPResponseStatus(statusCode: response.status), headers: headers)
  }
}
