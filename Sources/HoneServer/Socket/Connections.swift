/// All open connections.
final class Connections: Sendable {
  private let limit: Int
  private let metrics: Metrics
  private let open = Locked<[ObjectIdentifier: Connection]>([:])

  init(limit: Int, metrics: Metrics) {
    self.limit = limit
    self.metrics = metrics
  }

  /// Lets a connection in; where there are too many, in the place of the one that has been idle longest. Gives whether
  /// there was a place.
  func admit(_ connection: Connection) -> Bool {
    let (isIn, idlest) = open.withLock { open -> (Bool, Connection?) in
      var idlest: Connection?
      if open.count >= limit {
        idlest = Self.idlest(open.values)
        guard let idlest else { return (false, nil) }
        open[ObjectIdentifier(idlest)] = nil
      }
      open[ObjectIdentifier(connection)] = connection
      metrics.connections(open.count)
      return (true, idlest)
    }
    idlest?.abort()
    if !isIn { metrics.refusedConnection() }
    return isIn
  }

  private static func idlest(_ connections: some Sequence<Connection>) -> Connection? {
    connections.compactMap { connection in
      connection.with { clock, _ in clock.idleSince }.map { (since: $0, connection: connection) }
    }.min { $0.since < $1.since }?.connection
  }

  func remove(_ connection: Connection) {
    open.withLock { open in
      open[ObjectIdentifier(connection)] = nil
      metrics.connections(open.count)
    }
  }

  func forEach(_ body: (Connection) -> Void) {
    for connection in open.withLock({ Array($0.values) }) { body(connection) }
  }
}
