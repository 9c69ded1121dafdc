internal import Foundation

/// One connection, on the side of the process that has the home: a request is read, carried out and answered.
struct TerminalVisit: Sendable {
  /// Bytes of a request's line, and of a piece of a file.
  static let longestLine = 1 << 20
  static let longestPiece = 1 << 20
  /// How often the other side hears that this one lives.
  static let beat = Duration.seconds(2)
  /// How long a request, or the next piece of a file, may be on its way.
  private static let patience = Duration.seconds(30)

  private let service: Service
  private let reader: SocketReader
  private let writer: SocketWriter

  init(_ socket: LocalSocket, _ service: Service) {
    self.service = service
    reader = SocketReader(socket)
    writer = SocketWriter(socket)
  }

  /// Answers. Where the other side is gone or does not keep to the rules, the connection ends, and nothing else.
  func run() async {
    do {
      try await writer.write(TerminalHello())
      let line = try await reader.line(most: Self.longestLine, within: Self.patience)
      guard let request = try? JSONDecoder().decode(TerminalRequest.self, from: Data(line)) else {
        throw HoneError(
          "expected a request that this version knows, found another", remedy: "use the same version as the server")
      }
      if case .follow(let id, let number) = request { return try await follow(id, after: number) }
      let reply = try await whileBeating { try await answer(request) }
      try await writer.write(reply)
    } catch {
      try? await writer.write(TerminalReply(error))
    }
  }

  private func answer(_ request: TerminalRequest) async throws -> TerminalReply {
    switch request {
    case .job(let id): return .job(try await service.job(id))
    case .jobs(let query, let filter):
      let page = try await service.jobs(query, filter: filter)
      return .jobs(page.data, hasMore: page.hasMore)
    case .cancelJob(let id): return .job(try await service.cancelJob(id))
    case .pauseJob(let id): return .job(try await service.pauseJob(id))
    case .resumeJob(let id): return .job(try await service.resumeJob(id))
    case .createJob(let request, let surface, let owner):
      return .job(try await service.createJob(request, surface: surface, owner: owner))
    case .addFile(let name, let purpose, let owner, let seconds):
      let content = ArrivingFile(reader: reader, patience: Self.patience)
      return .file(
        try await service.addFile(name: name, purpose: purpose, owner: owner, expiresAfter: seconds, content: content))
    case .createKey(let key):
      let made = try await service.createKey(
        name: key.name, value: key.value, scopes: Set(key.scopes), owner: key.owner,
        requestsPerMinute: key.requestsPerMinute, tokensPerMinute: key.tokensPerMinute)
      return .key(made.key, info: made.info)
    case .keys: return .keys(try await service.keys())
    case .revokeKey(let name): return .keys([try await service.revokeKey(name)])
    case .usage(let first, let last, let key):
      return .usage(try await service.usage(from: first, through: last, key: key))
    case .deleteJob(let id): try await service.deleteJob(id)
    case .removeModel(let name): try await service.removeModel(name)
    case .follow: break
    }
    return .done
  }

  /// Tells of a job's events until it has ended or the other side is gone, of which a beat finds out.
  private func follow(_ id: String, after number: Int) async throws {
    let events = try await service.eventStream(ofJob: id, after: number)
    try await writer.write(TerminalReply.following)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await beat() }
      tasks.addTask { for await event in events { try await writer.write(TerminalReply.event(event)) } }
      defer { tasks.cancelAll() }
      try await tasks.next()
    }
    try await writer.write(TerminalReply.done)
  }

  private func beat() async throws {
    while true {
      try await Task.sleep(for: Self.beat)
      try await writer.write(TerminalReply.beat)
    }
  }

  private func whileBeating<Value: Sendable>(_ body: () async throws -> Value) async rethrows -> Value {
    let beats = Task { try await beat() }
    defer { beats.cancel() }
    return try await body()
  }
}

/// The pieces of a file on their way through a socket.
private struct ArrivingFile: AsyncSequence, Sendable {
  let reader: SocketReader
  let patience: Duration

  struct Iterator: AsyncIteratorProtocol {
    let reader: SocketReader
    let patience: Duration

    mutating func next() async throws -> [UInt8]? {
      let line = try await reader.line(most: 20, within: patience)
      let most = TerminalVisit.longestPiece
      guard let text = String(validating: line, as: UTF8.self), let count = Int(text), count >= 0 else {
        throw LinkError.malformed(expected: "the length of a piece")
      }
      guard count <= most else { throw LinkError.tooLong(limit: most) }
      return count == 0 ? nil : try await reader.bytes(count, within: patience)
    }
  }

  func makeAsyncIterator() -> Iterator { Iterator(reader: reader, patience: patience) }
}
