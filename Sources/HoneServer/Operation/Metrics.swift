internal import Synchronization

/// What the server counts, for Prometheus. Labels come from the route table, never from a request.
package final class Metrics: Sendable {
  /// Numbers of one name that somebody else knows.
  package struct Family: Sendable {
    package enum Kind: String, Sendable { case gauge, counter }

    /// One number, and what tells it from the others of its name.
    package struct Sample: Sendable {
      let labels: [(String, String)]
      let value: Double

      /// The values of labels are words of Hone's own, never text of a request.
      package init(_ labels: [(String, String)] = [], _ value: Double) {
        self.labels = labels
        self.value = value
      }
    }

    let name: String
    let kind: Kind
    let help: String
    let samples: [Sample]

    package init(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
      self.name = name
      self.kind = kind
      self.help = help
      self.samples = samples
    }

    package init(_ name: String, _ kind: Kind, _ help: String, _ value: Int) {
      self.init(name, kind, help, [Sample([], Double(value))])
    }
  }

  /// Asked when the metrics are read.
  package typealias Source = @Sendable () async -> [Family]

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
    var sources: [Source] = []
  }

  private let state = Mutex(State())

  package init() {}

  package func add(_ source: @escaping Source) { state.withLock { $0.sources.append(source) } }

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
