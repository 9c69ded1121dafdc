internal import Foundation

/// One connection, on the side of the command: a request, and what is answered.
struct TerminalCall: Sendable {
  /// How long the other process may say nothing, though it has a beat.
  static let patience = Duration.seconds(15)
  /// Bytes of a line of an answer: a list of many thousand jobs.
  private static let longestLine = 1 << 28

  private let socket: LocalSocket
  private let reader: SocketReader
  private let writer: SocketWriter
  let hello: TerminalHello

  /// Connects, and waits for the first line; nil when nobody listens there.
  ///
  /// - Throws: `LinkError.timedOut` where a process has the socket and says nothing, `malformed` where it is no Hone.
  init?(to path: String, within time: Duration) async throws {
    guard let socket = try await Self.dial(path, until: .now + time) else { return nil }
    self.socket = socket
    reader = SocketReader(socket)
    writer = SocketWriter(socket)
    let line: [UInt8]
    do {
      line = try await reader.line(most: 4096, within: time)
    } catch LinkError.closed {
      return nil
    }
    guard let hello = try? JSONDecoder().decode(TerminalHello.self, from: Data(line)) else {
      throw LinkError.malformed(expected: "the greeting of a Hone")
    }
    self.hello = hello
  }

  /// Connects, also where many others wait to be let in.
  private static func dial(_ path: String, until end: ContinuousClock.Instant) async throws -> LocalSocket? {
    while true {
      do {
        return try LocalSocket.dial(path)
      } catch .system(code: EAGAIN) {
        guard ContinuousClock.now < end else { throw LinkError.timedOut }
        try await Task.sleep(for: .milliseconds(20))
      } catch {
        return nil
      }
    }
  }

  /// Sends a request. Where the other side has closed already, `reply` gives its reason.
  func ask(_ request: TerminalRequest) async throws {
    do { try await writer.write(request) } catch LinkError.closed {}
  }

  /// Sends a file after its request. Where the other side has already refused it, the rest stays here.
  func send(_ content: some AsyncSequence<[UInt8], any Error> & Sendable) async throws {
    for try await piece in content {
      for start in stride(from: 0, to: piece.count, by: TerminalVisit.longestPiece) {
        let end = min(start + TerminalVisit.longestPiece, piece.count)
        do {
          try await writer.write(piece: Array(piece[start..<end]))
        } catch LinkError.closed {
          return
        }
      }
    }
    do { try await writer.write(piece: []) } catch LinkError.closed {}
  }

  /// The next line of the answer that says something.
  ///
  /// - Throws: the error that the other process answers with, or `LinkError`.
  func reply() async throws -> TerminalReply {
    while true {
      try Task.checkCancellation()
      let line = try await reader.line(most: Self.longestLine, within: Self.patience)
      guard let reply = try? JSONDecoder().decode(TerminalReply.self, from: Data(line)) else {
        throw LinkError.malformed(expected: "an answer that this version knows")
      }
      switch reply {
      case .beat: continue
      case .refused(let error): throw error
      case .failed(let text): throw RemoteFailure(description: text)
      default: return reply
      }
    }
  }

  func hangUp() { socket.hangUp() }
}
