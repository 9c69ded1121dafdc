internal import NIOCore
internal import NIOHTTP1

/// What comes in on one connection: heads, and the body of the request at hand.
actor Inbound {
  private let connection: Connection
  private var parts: NIOAsyncChannelInboundStream<HTTPServerRequestPart>.AsyncIterator
  /// Counts requests, so that a body that somebody kept gives nothing of the next.
  private var number = 0
  private(set) var isInBody = false
  private var isReading = false
  private var wantsContinue = false
  /// Set once nothing more can be understood.
  private(set) var hasFailed = false

  init(_ connection: Connection, _ stream: NIOAsyncChannelInboundStream<HTTPServerRequestPart>) {
    self.connection = connection
    parts = stream.makeAsyncIterator()
  }

  /// The head of the next request, nil when there is none. Throws: `TransportFault`.
  func head() async throws -> HTTPRequestHead? {
    connection.with { clock, now in clock.waitForRequest(at: now) }
    while let part = try await part() {
      guard case .head(let head) = part else { continue }
      let hosts = head.headers["host"].count
      guard hosts == 1 || (hosts == 0 && head.version == .http1_0) else { throw TransportFault.hosts(hosts) }
      number += 1
      isInBody = true
      wantsContinue =
        head.version != .http1_0
        && head.headers[canonicalForm: "expect"].contains { equalIgnoringCase($0, "100-continue") }
      return head
    }
    return nil
  }

  /// The body of the request at hand.
  func body(declaredBytes: Int?) -> IncomingBody {
    let number = number
    return IncomingBody(declaredBytes: declaredBytes) { try await self.piece(of: number) }
  }

  private func piece(of number: Int) async throws -> [UInt8]? {
    guard number == self.number, isInBody else { return nil }
    if wantsContinue {
      wantsContinue = false
      try await connection.write([.head(HTTPResponseHead(version: .http1_1, status: .continue))])
    }
    connection.with { clock, now in clock.waitForBody(at: now) }
    switch try await part() {
    case .body(let buffer)?: return Array(buffer.readableBytesView)
    case .end?:
      isInBody = false
      return nil
    default:
      hasFailed = true
      throw TransportFault.broken
    }
  }

  /// Whether the next request can be read once this one is answered: nothing is left of it, or so little that it is
  /// passed over.
  func canGoOn(declaredBytes: Int?) -> Bool {
    guard !hasFailed else { return false }
    guard isInBody else { return true }
    return !wantsContinue && (declaredBytes.map { $0 <= 64 << 10 } ?? false)
  }

  /// Passes over the rest of the body.
  func skipBody() async throws { while try await piece(of: number) != nil {} }

  /// Passes over whatever still comes, for a moment, so that the client reads the reply before it finds the connection
  /// closed.
  func linger() async {
    connection.with { clock, now in clock.waitForSilence(at: now) }
    while (try? await parts(keepingTime: true)) != nil {}
  }

  private func part() async throws -> HTTPServerRequestPart? { try await parts(keepingTime: false) }

  private func parts(keepingTime: Bool) async throws -> HTTPServerRequestPart? {
    // The stream knows one reader only.
    guard !isReading else { throw CancellationError() }
    isReading = true
    defer { isReading = false }
    do {
      var parts = parts
      let part = try await parts.next(isolation: self)
      if !keepingTime { connection.with { clock, now in clock.got(part?.bodyBytes ?? 0, at: now) } }
      return part
    } catch {
      hasFailed = true
      throw Self.fault(error)
    }
  }

  private static func fault(_ error: any Error) -> any Error {
    switch error {
    case let fault as TransportFault: fault
    case HTTPParserError.headerOverflow: TransportFault.headTooLarge
    case is HTTPParserError: TransportFault.broken
    default: CancellationError()
    }
  }
}

extension HTTPServerRequestPart {
  fileprivate var bodyBytes: Int { if case .body(let buffer) = self { buffer.readableBytes } else { 0 } }
}
