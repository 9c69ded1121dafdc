/// Where a server listens, and what it bears.
package struct ServerOptions: Sendable {
  package enum Address: Sendable, Equatable {
    /// Port 0 takes any free one.
    case port(host: String, port: Int)
    case unixSocket(path: String)
  }

  package var address: Address
  /// A name besides those of loopback under which the server may be asked.
  package var publicHost: String?
  /// What connections are encrypted with; nil leaves them plain.
  package var encryption: Encryption?
  package var maximumConnections = 512
  /// The most bytes that the line and the headers of a request may have.
  package var headBytes = 64 << 10
  package var headerCount = 128
  package var timeouts = Timeouts()
  /// How often a comment goes out on a silent stream.
  package var keepAlive = Duration.seconds(15)
  /// How long running requests may take to end when the server stops.
  package var drain = Duration.seconds(20)
  /// Whether SIGTERM and SIGINT stop the server.
  package var obeysSignals = true
  package var threads = 1

  package init(_ address: Address = .port(host: "127.0.0.1", port: 8080)) { self.address = address }

  /// Whether only this machine can reach the server.
  package var isLocal: Bool {
    switch address {
    case .unixSocket: true
    case .port(let host, _): host == "localhost" || host == "::1" || host == "[::1]" || Self.isLoopback(host)
    }
  }

  /// Whether a name is an address in 127.0.0.0/8.
  private static func isLoopback(_ host: String) -> Bool {
    let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    return numbers.count == 4 && numbers[0] == 127 && numbers.allSatisfy { $0 != nil }
  }

  /// Whether what others send travels so that whoever carries it can read it.
  package var isExposed: Bool { !isLocal && encryption == nil }

  /// The names that requests may be sent to.
  package var neighbourhood: Neighbourhood {
    guard isLocal, case .port(let host, _) = address else { return .open }
    return .loopback(publicHost ?? host)
  }
}
