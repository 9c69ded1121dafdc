package import Hone
internal import HoneAPI
internal import Logging

/// A home that is served: its service, its models, the API and a socket, put together.
package struct ServedHome: Sendable {
  /// How a home is served.
  package struct Options: Sendable {
    package var server = ServerOptions()
    package var service = ServiceOptions()
    /// Bytes that the models in memory may take together.
    package var memory = 4 << 30
    package var weights = WeightPrecision.float32
    /// Whether vectors are kept in the home's cache, and looked up there.
    package var cachesVectors = false
    /// Whether every request gets a line in the log.
    package var logsRequests = true

    package init() {}
  }

  /// What is told when clients can come.
  package struct Welcome: Sendable {
    package let place: Server.Place
    /// Whether clients must have a key.
    package let needsKey: Bool
  }

  private let service: Service
  private let server: Server
  private let isLocal: Bool

  /// Takes the home. Throws: `HoneError` where another process has it, or where keys are needed and none was made.
  package init(_ home: Home, _ options: Options) async throws {
    isLocal = options.server.isLocal
    var serviceOptions = options.service
    serviceOptions.answersTerminals = true
    let service = try await Service(home, options: serviceOptions)
    let hasKeys = try await service.hasKeys()
    guard isLocal || hasKeys else {
      await service.stop()
      throw HoneError(
        "--host: expected an address that only this machine reaches, or a key; found neither",
        remedy: "make a key first: hone keys create --name NAME", parameter: "host")
    }
    self.service = service
    let shelf = ModelShelf(home, memory: options.memory, weights: options.weights) {
      try await service.resolveModel($0)
    }
    let encoders = EncoderShelf(home, memory: options.memory / 4, caches: options.cachesVectors) {
      try await service.resolveEncoder($0)
    }
    let stopping = StopSignal()
    let api = API(service: service, shelf: shelf, encoders: encoders, isStopping: { stopping.isStopped })
    Task { await api.stores.resume() }
    let routes = api.routes
    let metrics = Metrics()
    metrics.watch(service, shelf, api.stores)
    let operation = Route.operation(describing: routes, version: honeVersion, metrics: metrics)
    var logger = Logger(label: "hone") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = options.logsRequests ? .info : .warning
    if options.server.isExposed {
      logger.warning("others on the way can read what is sent: there is no TLS (--tls-certificate, --tls-key)")
    }
    if let warning = options.server.encryption?.files.warning { logger.warning("\(warning)") }
    for (job, reason) in await service.damagedJobs { logger.error("job \(job) cannot go on: \(reason)") }
    let router = Router(
      routes + operation, keys: ServiceKeys(service, isLocal: isLocal), neighbourhood: options.server.neighbourhood,
      metrics: metrics, logger: logger)
    server = Server(router, options: options.server, stopping: stopping)
  }

  /// Serves until the server is stopped; then the service ends, and workers save what they have.
  ///
  /// Throws: `HoneError` for a place where it cannot listen.
  package func run(onRunning: @escaping @Sendable (Welcome) async -> Void) async throws {
    let hasKeys = try await service.hasKeys()
    let needsKey = hasKeys || !isLocal
    do {
      try await server.run { await onRunning(Welcome(place: $0, needsKey: needsKey)) }
    } catch {
      await service.stop()
      throw error
    }
    await service.stop()
  }
}
