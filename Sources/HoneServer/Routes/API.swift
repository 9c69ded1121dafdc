package import Hone
internal import HoneAPI

/// What the handlers of the API work with: the home's service, and the models in memory.
package struct API: Sendable {
  let service: Service
  let shelf: ModelShelf
  let encoders: EncoderShelf
  package let stores: VectorStores
  /// Seconds since 1970.
  let now: @Sendable () -> Int
  /// Whether the server waits for its last replies to end.
  let isStopping: @Sendable () -> Bool

  package init(
    service: Service, shelf: ModelShelf, encoders: EncoderShelf, now: @escaping @Sendable () -> Int = wallClock,
    isStopping: @escaping @Sendable () -> Bool = { false }
  ) {
    self.service = service
    self.shelf = shelf
    self.encoders = encoders
    self.now = now
    stores = VectorStores(service, encoders, clock: now)
    self.isStopping = isStopping
  }

  /// Everything that clients of OpenAI and Azure may ask for.
  package var routes: [Route] {
    modelRoutes + completionRoutes + chatRoutes + embeddingRoutes + fileRoutes + uploadRoutes + fineTuneRoutes
      + fineTuningJobRoutes
      + deploymentRoutes + vectorStoreRoutes + Self.unservedRoutes
  }

  /// Writes into the audit log who did what; a log that cannot be written stops nobody.
  func audit(_ call: Call, _ action: String, _ subject: String) async {
    try? await service.audit(key: call.identity.id, action: action, subject: subject)
  }
}

extension Surface {
  /// Whether replies carry the fields that only Azure's dated surface has.
  var isAzureDated: Bool { if case .azure = self { true } else { false } }
}

extension PageQuery {
  /// The same page, as the service takes it.
  var list: ListQuery {
    ListQuery(after: after, before: before, limit: limit, newestFirst: order == .descending)
  }
}
