internal import HoneAPI
package import Logging

/// Answers requests, from the head to the last byte of the reply, without knowing of sockets.
package struct Router: Sendable {
  /// What a request may cost.
  package struct Limits: Sendable {
    package var jsonBytes = 8 << 20
    package var form = MultipartReader.Limits()
    /// How many requests may be at work at once. One whose body is yet to come, or whose reply is on its way, is not.
    package var concurrentRequests = 128
    /// How many forms may be read at once; they are worked on as they come.
    package var concurrentForms = 128
    /// The bytes that bodies may have in memory together.
    package var bodyBytes = 1 << 30

    package init() {}
  }

  /// What the caller should know of a request that was answered nevertheless.
  static let warningHeader = "x-hone-warning"

  let table: RouteTable
  let keys: any KeyCheck
  let neighbourhood: Neighbourhood
  let limits: Limits
  let limiter = RateLimiter()
  let metrics: Metrics
  let logger: Logger
  private let running = Locked(0)
  private let work: Allowance
  private let forms: Allowance
  private let bodies: Allowance

  package init(
    _ routes: [Route], keys: any KeyCheck, neighbourhood: Neighbourhood = .open, limits: Limits = Limits(),
    metrics: Metrics = Metrics(), logger: Logger
  ) {
    table = RouteTable(routes)
    self.keys = keys
    self.neighbourhood = neighbourhood
    self.limits = limits
    work = Allowance(limits.concurrentRequests)
    forms = Allowance(limits.concurrentForms)
    bodies = Allowance(limits.bodyBytes)
    self.metrics = metrics
    self.logger = logger
  }

  /// The reply to one request, with the headers that every reply has.
  package func answer(_ request: PlainRequest) async -> Response {
    var record = RequestRecord(request)
    return await answer(request, &record)
  }

  /// Answers a request through `send`, which throws when the client is gone and gives back what became of the reply.
  func serve(_ request: PlainRequest, send: (Response, RequestRecord) async -> Sent) async {
    var record = RequestRecord(request)
    changeRunning(by: 1)
    defer { changeRunning(by: -1) }
    let sent = await send(await answer(request, &record), record)
    note(record, sent)
  }

  private func changeRunning(by change: Int) {
    running.withLock { count in
      count += change
      metrics.running(count)
    }
  }

  /// A refusal that never reached a route, with the headers of every reply.
  func refused(_ refusal: Refusal, _ record: RequestRecord) -> Response { finished(Response(refusal), record) }

  private func answer(_ request: PlainRequest, _ record: inout RequestRecord) async -> Response {
    do {
      let response = try await routed(request, &record)
      for line in response.headers.lines where line.name == Self.warningHeader {
        logger.warning("\(record.method) \(record.pattern): \(line.value)", metadata: ["request": "\(record.id)"])
      }
      return finished(response, record)
    } catch {
      let refusal = Refusal(of: error)
      // Work that was cut off with its connection is nobody's fault.
      if refusal.status >= 500, !(error is CancellationError) { report(error, record) }
      return finished(Response(refusal), record)
    }
  }

  private func routed(_ request: PlainRequest, _ record: inout RequestRecord) async throws -> Response {
    try neighbourhood.check(request.headers)
    let target = try RequestTarget(request.target)
    let (route, parameters) = try table.find(request.method, target)
    record.route = route
    var identity = Identity.anybody
    if let scope = route.scope {
      identity = try await keys.identity(presented: request.headers.presentedKey)
      record.identity = identity
      guard identity.allows(scope) else {
        throw Refusal.forbidden(
          "key: expected one with the scope \(scope.rawValue), found one without; use another key")
      }
      try limiter.takeRequest(of: identity)
    }
    let bytes = Share(of: bodies)
    defer { withExtendedLifetime(bytes) {} }
    let body = try await body(of: request, route.body, bytes)
    let turn = Share(of: route.body == .multipart ? forms : work)
    defer { withExtendedLifetime(turn) {} }
    if !record.isOperation { try turn.take(1) }
    let call = Call(
      requestID: record.id, surface: target.surface, identity: identity, query: target.query, headers: request.headers,
      body: body, parameters: parameters, stream: request.body,
      formLimits: limits.form, limiter: limiter)
    return try await route.handler(call)
  }

  /// The bytes that a handler gets at once; refuses, before reading, what it could not use.
  private func body(of request: PlainRequest, _ kind: Route.Body, _ bytes: Share) async throws -> [UInt8] {
    let isEmpty = request.body.declaredBytes == 0
    if let coding = request.headers["content-encoding"], !isEmpty, !equalIgnoringCase(coding, "identity") {
      throw Refusal.mediaType("header Content-Encoding: expected none, found one; send the body as it is")
    }
    switch kind {
    case .none:
      _ = try await request.body.collect(limit: limits.jsonBytes, bytes)
      return []
    case .json:
      if let type = request.headers["content-type"], !isEmpty, !Self.isJSON(type) {
        throw Refusal.mediaType("header Content-Type: expected application/json, found another; send JSON")
      }
      return try await request.body.collect(limit: limits.jsonBytes, bytes)
    case .multipart:
      // Besides the file there are fields and boundaries.
      try request.body.check(limit: limits.form.fileBytes + limits.form.parts * limits.form.fieldBytes)
      return []
    }
  }

  private static func isJSON(_ type: String) -> Bool {
    let word = ParameterisedValue(type).word.lowercased()
    return word == "application/json" || (word.hasPrefix("application/") && word.hasSuffix("+json"))
  }

  private func finished(_ response: Response, _ record: RequestRecord) -> Response {
    var response = response
    response.headers.append("x-request-id", record.id)
    response.headers.append("openai-processing-ms", String(record.milliseconds))
    if let identity = record.identity {
      for (name, value) in limiter.headers(for: identity) { response.headers.append(name, value) }
    }
    return response
  }
}

extension Router {
  /// Answers what never became a request, such as a head that is too large.
  func refuse(_ refusal: Refusal, send: (Response, RequestRecord) async -> Sent) async {
    let record = RequestRecord(PlainRequest("", ""))
    note(record, await send(refused(refusal, record), record))
  }
}
