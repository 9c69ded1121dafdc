internal import HoneAPI

extension Route {
  /// The server's own paths, which need no prefix and, but for the counters, no key.
  ///
  /// `isReady` says whether requests can be served; `routes` are the others, which the description tells of.
  package static func operation(
    describing routes: [Route], version: String, metrics: Metrics,
    isReady: @escaping @Sendable () async -> Bool = { true }
  ) -> [Route] {
    let own = [
      Route(.get, "health", scope: nil, on: .root, summary: "Whether the process answers.", replyFields: ["status"]) {
        _ in try .json(Condition(status: "ok"))
      },
      Route(.get, "ready", scope: nil, on: .root, summary: "Whether requests are served.", replyFields: ["status"]) {
        _ in
        guard await isReady() else { throw Refusal.notReady("Not ready yet. Try again in a moment.", retryAfter: 1) }
        return try .json(Condition(status: "ready"))
      },
      Route(.get, "metrics", scope: .read, on: .root, summary: "Counters, for Prometheus.") { _ in
        .text(await metrics.text(), type: "text/plain; version=0.0.4; charset=utf-8")
      },
    ]
    let description = Locked<[UInt8]>([])
    let last = Route(
      .get, "openapi.json", scope: nil, on: .root, summary: "This description.",
      replyFields: ["openapi", "info", "paths", "components"]
    ) { _ in
      .json(description.withLock { $0 })
    }
    let all = own + [last]
    let bytes = (try? OpenAPIDescription(routes: routes + all, version: version).body()) ?? []
    description.withLock { $0 = bytes }
    return all
  }
}

private struct Condition: Reply {
  var status: String
}
