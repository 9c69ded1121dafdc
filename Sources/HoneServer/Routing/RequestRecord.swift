internal import HoneAPI
internal import Logging

/// What is known of a request for its log line, its counters and its reply.
struct RequestRecord: Sendable {
  let id: String
  let method: String
  let began = ContinuousClock.now
  var route: Route?
  var identity: Identity?
  /// Whether it asks for a path that stays reachable when the server is full.
  let isOperation: Bool

  init(_ request: PlainRequest) {
    id =
      "req-" + String(UInt64.random(in: .min ... .max), radix: 36) + String(UInt32.random(in: .min ... .max), radix: 36)
    // Whatever else stands there is the client's text.
    method =
      ["GET", "POST", "DELETE", "HEAD", "PUT", "PATCH", "OPTIONS"].contains(request.method) ? request.method : "?"
    isOperation = ["/health", "/ready", "/metrics"].contains(request.target)
  }

  /// The pattern of the route, never the path that was asked for.
  var pattern: String { route?.pattern.text ?? "unknown" }

  var seconds: Double { (ContinuousClock.now - began) / .seconds(1) }
  var milliseconds: Int { Int(seconds * 1000) }
}

/// What became of a reply.
struct Sent: Sendable {
  enum End: String, Sendable { case whole, broken, dropped }

  var status: Int
  var bytes: Int
  var end: End
}

extension Router {
  /// One line in the log and one step of the counters for a request that is over.
  func note(_ record: RequestRecord, _ sent: Sent) {
    metrics.count(record, sent)
    logger.info(
      "\(record.method) \(record.pattern) \(sent.status)",
      metadata: [
        "request": "\(record.id)", "ms": "\(record.milliseconds)", "bytes": "\(sent.bytes)",
        "key": "\(record.identity?.id ?? "none")", "end": "\(sent.end.rawValue)",
      ])
  }

  /// The error behind a reply that says no more than that there was one.
  func report(_ error: any Error, _ record: RequestRecord) {
    logger.error(
      "\(record.method) \(record.pattern): \(String(describing: error).prefix(500))",
      metadata: ["request": "\(record.id)"])
  }
}
