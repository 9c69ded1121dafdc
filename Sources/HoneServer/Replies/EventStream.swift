package import HoneAPI

/// Sends the frames of one stream; each is on its way to the client when `send` returns.
package struct EventWriter: Sendable {
  private let sink: @Sendable ([UInt8]) async throws -> Void

  package init(_ send: @escaping @Sendable ([UInt8]) async throws -> Void) { sink = send }

  /// Sends bytes of whole frames. Throws: `CancellationError` or another error when nobody listens any more.
  package func send(_ frame: [UInt8]) async throws {
    try Task.checkCancellation()
    try await sink(frame)
  }

  /// Sends a reply as one frame; `id` comes back as `lastEventID`.
  package func send(_ reply: some Reply, id: String? = nil) async throws {
    try await send(ServerSentEvent.frame(reply, id: id))
  }

  /// Sends the head of the reply now, before there is anything to tell. What fails afterwards is an error frame.
  package func open() async throws { try await send(ServerSentEvent.keepAlive) }

  /// The frame that tells clients of completions that the stream is whole.
  package func done() async throws { try await send(ServerSentEvent.done) }
}

/// A reply of frames that is yet to run.
package struct EventStream: Sendable {
  package typealias Run = @Sendable (EventWriter) async throws -> Void

  /// How a stream came to its end.
  package enum End: Sendable, Equatable {
    case whole
    /// Nothing was sent yet: the refusal goes out as a plain reply.
    case refused(Refusal)
    /// The last frame was the error.
    case broken(Refusal)
    /// Nobody listened any more.
    case dropped
  }

  private let run: Run

  package init(_ run: @escaping Run) { self.run = run }

  /// Runs the stream into `sink`, whose own errors mean that the client is gone. A comment goes out every `keepAlive`, and
  /// `report` gets what is Hone's fault.
  package func send(
    keepAlive: Duration = .seconds(15), report: (any Error) -> Void = { _ in },
    _ sink: @escaping @Sendable ([UInt8]) async throws -> Void
  ) async -> End {
    let state = Locked((hasBegun: false, isGone: false))
    let writer = EventWriter { frame in
      state.withLock { $0.hasBegun = true }
      do {
        try await sink(frame)
      } catch {
        state.withLock { $0.isGone = true }
        throw error
      }
    }
    do {
      try await run(writer, beside: keepAlive)
      return .whole
    } catch {
      let (hasBegun, isGone) = state.withLock { $0 }
      guard !isGone, !Task.isCancelled else { return .dropped }
      let refusal = Refusal(of: error)
      if refusal.status >= 500 { report(error) }
      guard hasBegun else { return .refused(refusal) }
      if let frame = try? ServerSentEvent.frame(refusal.reply) { try? await sink(frame) }
      return .broken(refusal)
    }
  }

  /// Runs the stream, and a comment every now and then beside it.
  private func run(_ writer: EventWriter, beside keepAlive: Duration) async throws {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        while true {
          try await Task.sleep(for: keepAlive)
          try await writer.send(ServerSentEvent.keepAlive)
        }
      }
      group.addTask {
        try await run(writer)
        return true
      }
      // Whichever ends first, by its end or by an error, ends the other.
      defer { group.cancelAll() }
      _ = try await group.next()
    }
  }
}
