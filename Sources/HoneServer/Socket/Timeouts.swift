/// How long the server waits for a client.
package struct Timeouts: Sendable, Equatable {
  /// For the whole head of a request, from its first byte on.
  package var head = Duration.seconds(10)
  /// For the next piece of a body.
  package var body = Duration.seconds(30)
  /// What a sender of a body must reach on average, in bytes per second, beyond twice the time `body`.
  package var bodyBytesPerSecond = 1000
  /// For the next request on an open connection.
  package var idle = Duration.seconds(60)
  /// For a client that does not read what is sent to it.
  package var write = Duration.seconds(30)
  /// For the rest of a request that was answered before its end.
  package var linger = Duration.seconds(2)

  package init() {}

  /// How often deadlines are looked at.
  var tick: Duration {
    let shortest = [head, body, idle, write, linger].min() ?? head
    return min(max(shortest / 8, .milliseconds(5)), .milliseconds(500))
  }
}
