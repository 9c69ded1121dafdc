internal import HoneAPI
internal import NIOCore
internal import NIOHTTP1

/// Requests and replies on one connection, in turn.
struct Conversation: Sendable {
  let connection: Connection
  let router: Router
  let keepAlive: Duration

  func run(_ stream: NIOAsyncChannelInboundStream<HTTPServerRequestPart>) async {
    let inbound = Inbound(connection, stream)
    do {
      while let head = try await inbound.head() {
        guard try await answer(head, inbound) else {
          await inbound.linger()
          return
        }
      }
    } catch let fault as TransportFault {
      await refuse(fault.refusal)
      await inbound.linger()
    } catch {
      // The client is gone.
    }
  }

  /// Answers a connection for which there is no place.
  func refuse() async {
    await refuse(.notReady("Too many connections. Try again in a moment.", retryAfter: 1))
  }

  /// Answers what never became a request.
  private func refuse(_ refusal: Refusal) async {
    await router.refuse(refusal) { response, _ in
      let terms = ReplyWriter.Terms(version: .http1_1, isHead: false, keepsOpen: false, keepAlive: keepAlive)
      return await send(response, terms)
    }
    try? await connection.channel.close(mode: .output).get()
  }

  /// Answers one request. Gives whether another may follow.
  private func answer(_ head: HTTPRequestHead, _ inbound: Inbound) async throws -> Bool {
    let declaredBytes = head.declaredBytes
    var headers = PlainHeaders()
    for (name, value) in head.headers { headers.append(name, value) }
    let request = PlainRequest(
      head.method.rawValue, head.uri, headers: headers, body: await inbound.body(declaredBytes: declaredBytes))
    let keepsOpen = Locked(false)
    await router.serve(request) { response, record in
      let goesOn = await inbound.canGoOn(declaredBytes: declaredBytes)
      let isClosing = connection.with { clock, _ in clock.isClosing }
      let terms = ReplyWriter.Terms(
        version: head.version, isHead: head.method == .HEAD,
        keepsOpen: goesOn && !isClosing && head.version != .http1_0 && head.isKeepAlive, keepAlive: keepAlive)
      keepsOpen.withLock { $0 = terms.keepsOpen }
      return await send(response, terms, record)
    }
    guard keepsOpen.withLock({ $0 }), connection.channel.isActive else {
      try? await connection.channel.close(mode: .output).get()
      return false
    }
    try await inbound.skipBody()
    return true
  }

  private func send(_ response: Response, _ terms: ReplyWriter.Terms, _ record: RequestRecord? = nil) async -> Sent {
    let record = record ?? RequestRecord(PlainRequest("", ""))
    return await ReplyWriter(connection, terms).send(
      response, report: { router.report($0, record) }, refuse: { router.refused($0, record) })
  }
}

extension HTTPRequestHead {
  /// What the head says about the length of the body; nil for one in chunks.
  fileprivate var declaredBytes: Int? {
    if headers.contains(name: "transfer-encoding") { return nil }
    return headers.first(name: "content-length").map { Int($0) ?? Int.max } ?? 0
  }
}
