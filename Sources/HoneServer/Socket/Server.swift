internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// Listens, and has a router answer what comes.
///
/// The room knows HTTP and the API's forms. It does not know what a request does: that is in the handlers it is given.
package struct Server: Sendable {
  /// Where a running server can be reached.
  package enum Place: Sendable, Equatable {
    case port(Int)
    case unixSocket(path: String)
  }

  private let router: Router
  private let options: ServerOptions
  private let stopping: StopSignal

  package init(_ router: Router, options: ServerOptions) {
    self.init(router, options: options, stopping: StopSignal())
  }

  /// `stopping` tells others too when the server begins to stop.
  init(_ router: Router, options: ServerOptions, stopping: StopSignal) {
    self.router = router
    self.options = options
    self.stopping = stopping
  }

  /// Begins to stop: no new connections, the requests at hand come to their end, `run` returns.
  package func stop() { stopping.stop() }

  /// Serves, once, until it is stopped; `onRunning` gets the place once it can be reached. Cancelling stops at once.
  ///
  /// Throws: `ServerFault` for a place where it cannot listen, or may not without keys.
  package func run(onRunning: @escaping @Sendable (Place) async -> Void = { _ in }) async throws {
    guard options.isLocal || !(router.keys is NoKeys) else { throw ServerFault.needsKeys }
    let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, options.threads))
    let result: Result<Void, any Error>
    do {
      result = .success(try await serve(on: group, onRunning))
    } catch {
      result = .failure(error)
    }
    try? await group.shutdownGracefully()
    try result.get()
  }

  private func serve(on group: any EventLoopGroup, _ onRunning: @escaping @Sendable (Place) async -> Void) async throws
  {
    let connections = Connections(limit: options.maximumConnections, metrics: router.metrics)
    let address = options.address
    let server = HummingbirdCore.Server(
      childChannelSetup: ConnectionSetup(router: router, options: options, connections: connections),
      configuration: ServerConfiguration(
        address: address.bindAddress,
        // Beyond those that are told that there are too many, connections wait outside: files would run out.
        availableConnectionsDelegate: MaximumAvailableConnections(options.maximumConnections + 64)),
      onServerRunning: { await onRunning(address.place($0)) },
      eventLoopGroup: group, logger: Logger(label: "hone.server") { _ in SwiftLogNoOpLogHandler() })
    if options.obeysSignals { stopping.obeySignals() }
    let hangUp = options.obeysSignals ? renewal() : nil
    defer { hangUp?.stop() }
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask {
        do {
          try await server.run()
        } catch {
          throw ServerFault.cannotListen(address, reason: String(describing: error))
        }
        if !stopping.isStopped { throw ServerFault.cannotListen(address, reason: "connections are accepted no more") }
      }
      tasks.addTask {
        while true {
          try await Task.sleep(for: options.timeouts.tick)
          connections.forEach { $0.expire() }
        }
      }
      tasks.addTask {
        await stopping.wait()
        try Task.checkCancellation()
        await drain(connections) { try await server.shutdownGracefully() }
      }
      defer { tasks.cancelAll() }
      _ = try await tasks.next()
    }
  }

  /// At SIGHUP the certificate is read again: one that was renewed serves the connections to come.
  private func renewal() -> HangUpSignal? {
    guard let encryption = options.encryption else { return nil }
    let logger = router.logger
    return HangUpSignal {
      do {
        try encryption.reload()
        logger.notice("the certificate was read again")
      } catch {
        logger.error("the certificate stays as it was: \(error)")
      }
    }
  }

  /// Lets the requests at hand end, up to a limit.
  private func drain(_ connections: Connections, _ shutDown: @escaping @Sendable () async throws -> Void) async {
    await withTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try? await shutDown() }
      tasks.addTask {
        try? await Task.sleep(for: options.drain)
        connections.forEach { $0.hangUp() }
        try? await Task.sleep(for: .seconds(1))
        connections.forEach { $0.abort() }
      }
      await tasks.next()
      tasks.cancelAll()
    }
  }
}

extension ServerOptions.Address {
  fileprivate var bindAddress: BindAddress {
    switch self {
    case .port(let host, let port): .hostname(host, port: port)
    case .unixSocket(let path): .unixDomainSocket(path: path)
    }
  }

  fileprivate func place(_ channel: any Channel) -> Server.Place {
    switch self {
    case .port(_, let port): .port(channel.localAddress?.port ?? port)
    case .unixSocket(let path): .unixSocket(path: path)
    }
  }
}
