import HoneServer
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// A connection on which a test says what it likes, byte by byte.
final class RawClient: Sendable {
  private struct State {
    var text = ""
    var isClosed = false
  }

  private let channel: any Channel
  private let state: Incoming

  private final class Incoming: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    let state = Mutex(State())

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let text = String(buffer: unwrapInboundIn(data))
      state.withLock { $0.text += text }
    }

    func channelInactive(context: ChannelHandlerContext) { state.withLock { $0.isClosed = true } }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }

  init(_ place: Server.Place, reads: Bool = true) async throws {
    let incoming = Incoming()
    let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.autoRead, value: reads)
      .channelInitializer { channel in channel.pipeline.addHandler(incoming) }
    channel =
      switch place {
      case .port(let port): try await bootstrap.connect(host: "127.0.0.1", port: port).get()
      case .unixSocket(let path): try await bootstrap.connect(unixDomainSocketPath: path).get()
      }
    state = incoming
  }

  func send(_ text: String) async { try? await channel.writeAndFlush(ByteBuffer(string: text)).get() }

  /// Sends what fits, without waiting for the other side.
  func push(_ text: String) { channel.writeAndFlush(ByteBuffer(string: text), promise: nil) }

  func close() async { try? await channel.close().get() }

  var text: String { state.state.withLock { $0.text } }
  var isClosed: Bool { state.state.withLock { $0.isClosed } }

  /// Waits until the text holds so many of a piece, or the other side closes; gives the text then.
  @discardableResult
  func wait(for piece: String, count: Int = 1, seconds: Double = 30) async -> String {
    await until(seconds) {
      self.isClosed || self.text.split(separator: piece, omittingEmptySubsequences: false).count > count
    }
    return text
  }

  @discardableResult
  func waitForEnd(seconds: Double = 30) async -> String {
    await until(seconds) { self.isClosed }
    #expect(isClosed, "the server left the connection open")
    return text
  }
}

/// Waits until something is so, for a bounded time.
func until(_ seconds: Double = 30, _ condition: () async -> Bool) async {
  let end = ContinuousClock.now + .seconds(seconds)
  while await !condition(), .now < end { try? await Task.sleep(for: .milliseconds(2)) }
}

/// Runs a server on any free port, and stops it afterwards.
func withServer(
  _ router: Router, _ change: (inout ServerOptions) -> Void = { _ in },
  _ body: (Server.Place, Server) async throws -> Void
) async throws {
  var options = ServerOptions(.port(host: "127.0.0.1", port: 0))
  options.obeysSignals = false
  options.drain = .milliseconds(200)
  change(&options)
  let server = Server(router, options: options)
  let (places, continuation) = AsyncStream.makeStream(of: Server.Place.self)
  let running = Task {
    try await server.run { continuation.yield($0) }
    continuation.finish()
  }
  var iterator = places.makeAsyncIterator()
  let place = try #require(await iterator.next())
  do {
    try await body(place, server)
  } catch {
    running.cancel()
    throw error
  }
  server.stop()
  try await running.value
}

func get(_ path: String, _ headers: String = "") -> String {
  "GET \(path) HTTP/1.1\r\nHost: localhost\r\n\(headers)\r\n"
}
