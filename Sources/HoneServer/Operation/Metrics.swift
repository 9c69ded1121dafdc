internal import Synchronization

/// What the server counts, for Prometheus. Labels come from the route table, never from a request.
package final class Metrics: Sendable {
  /// A number that somebody else knows, asked for when the metrics are read.
  package struct Gauge: Sendable {
    let name: String
    let help: String
    let value: @Sendable () -> Double

    package init(_ name: String, help: String, value: @escaping @Sendable () -> Double) {
      self.name = name
      self.help = help
      self.value = value
    }
  }

  struct Key: Hashable {
    var route: String
    var method: String
    var status: Int
  }

  struct Histogram {
    /// Upper edges in seconds; what is above the last counts only in the sum.
    static let edges: [Double] = [0.005, 0.025, 0.1, 0.5, 1, 5, 30, 120, 600]
    var counts = [Int](repeating: 0, count: edges.count)
    var count = 0
    var sum = 0.0

    mutating func add(_ seconds: Double) {
      if let place = Self.edges.firstIndex(where: { seconds <= $0 }) { counts[place] += 1 }
      count += 1
      sum += seconds
    }
  }

  struct State {
    var requests: [Key: Int] = [:]
    var seconds: [String: Histogram] = [:]
    var sentBytes = 0
    var dropped = 0
    var running = 0
    var connections = 0
    var refusedConnections = 0
    var gauges: [Gauge] = []
  }

  private let state = Mutex(State())

  package init() {}

  package func add(_ gauge: Gauge) { state.withLock { $0.gauges.append(gauge) } }

  func count(_ record: RequestRecord, _ sent: Sent) {
    let (pattern, seconds) = (record.pattern, record.seconds)
    state.withLock { state in
      state.requests[Key(route: pattern, method: record.method, status: sent.status), default: 0] += 1
      state.seconds[pattern, default: Histogram()].add(seconds)
      state.sentBytes &+= sent.bytes
      if sent.end == .dropped { state.dropped += 1 }
    }
  }

  func running(_ count: Int) { state.withLock { $0.running = count } }
  func connections(_ count: Int) { state.withLock { $0.connections = count } }
  func refusedConnection() { state.withLock { $0.refusedConnections += 1 } }

  func snapshot() -> State { state.withLock { $0 } }
}
