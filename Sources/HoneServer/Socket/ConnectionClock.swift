/// What a connection waits for and until when: a state machine without sockets.
package struct ConnectionClock: Sendable {
  package typealias Instant = ContinuousClock.Instant

  /// What is to be done when time is up.
  package enum Expiry: Equatable, Sendable {
    case close
    /// The request fails with a reply.
    case fail(TransportFault)
  }

  private enum Wait: Equatable { case nothing, request, body, linger }

  let timeouts: Timeouts
  let headLimit: Int
  private var wait = Wait.nothing
  private var readDeadline: Instant?
  private var writes = 0
  private var writeDeadline: Instant?
  /// Bytes since the end of the last request, while the next head is not whole.
  private var headBytes = 0
  private var isReadingHead = true
  private var bodyBytes = 0
  private var bodyWaited = Duration.zero
  private var waitBegan: Instant?
  /// Whether the connection is to close when the request at hand is answered.
  package private(set) var isClosing = false

  package init(timeouts: Timeouts, headLimit: Int) {
    self.timeouts = timeouts
    self.headLimit = headLimit
  }

  /// Whether nothing of a request is there.
  package var isIdle: Bool { wait == .request && headBytes == 0 }

  /// Whether the last request has come in whole, and nothing of another.
  var isBetweenRequests: Bool { isReadingHead && headBytes == 0 }

  var idleSince: Instant? { isIdle ? waitBegan : nil }

  // MARK: What comes in

  /// Bytes came. Gives whether the head that they belong to has outgrown its limit.
  package mutating func received(_ count: Int, at now: Instant) -> Bool {
    guard isReadingHead else { return false }
    guard headBytes <= headLimit else { return true }
    if headBytes == 0, wait == .request { readDeadline = now + timeouts.head }
    headBytes += count
    return false
  }

  package mutating func receivedHead() {
    isReadingHead = false
    headBytes = 0
  }

  package mutating func receivedEnd() { isReadingHead = true }

  // MARK: What the task waits for

  package mutating func waitForRequest(at now: Instant) {
    (wait, waitBegan) = (.request, now)
    readDeadline = now + (headBytes > 0 ? timeouts.head : timeouts.idle)
    (bodyBytes, bodyWaited) = (0, .zero)
  }

  package mutating func waitForBody(at now: Instant) {
    (wait, waitBegan) = (.body, now)
    let allowed = timeouts.body * 2 + .seconds(1) * bodyBytes / max(1, timeouts.bodyBytesPerSecond)
    readDeadline = now + min(timeouts.body, max(.zero, allowed - bodyWaited))
  }

  package mutating func waitForSilence(at now: Instant) {
    (wait, waitBegan) = (.linger, now)
    readDeadline = now + timeouts.linger
  }

  /// What was waited for is there: so many bytes, if it was a body.
  package mutating func got(_ bytes: Int = 0, at now: Instant) {
    if wait == .body, let waitBegan {
      bodyWaited += now - waitBegan
      bodyBytes += bytes
    }
    (wait, readDeadline, waitBegan) = (.nothing, nil, nil)
  }

  package mutating func beginWrite(at now: Instant) {
    writes += 1
    if writes == 1 { writeDeadline = now + timeouts.write }
  }

  package mutating func endWrite(at now: Instant) {
    writes -= 1
    writeDeadline = writes > 0 ? now + timeouts.write : nil
  }

  /// The server stops. Gives whether the connection may close at once.
  package mutating func close() -> Bool {
    isClosing = true
    return isIdle
  }

  // MARK: Time

  package mutating func expiry(at now: Instant) -> Expiry? {
    if let writeDeadline, writeDeadline <= now {
      self.writeDeadline = nil
      return .close
    }
    guard let deadline = readDeadline, deadline <= now else { return nil }
    readDeadline = nil
    switch wait {
    case .request where headBytes > 0: return .fail(.slow(seconds: Self.seconds(timeouts.head)))
    case .body: return .fail(.slow(seconds: Self.seconds(timeouts.body)))
    default: return .close
    }
  }

  private static func seconds(_ duration: Duration) -> Int { max(1, Int(duration.components.seconds)) }
}
