internal import HoneAPI

/// Something that all requests have together and only so much of. Nobody waits for it.
final class Allowance: Sendable {
  private let most: Int
  private let used = Locked(0)

  init(_ most: Int) { self.most = most }

  fileprivate func take(_ count: Int) -> Bool {
    used.withLock { used in
      guard count <= most - used else { return false }
      used += count
      return true
    }
  }

  fileprivate func giveBack(_ count: Int) { used.withLock { $0 -= count } }
}

/// What one request has of an allowance, until nobody holds it.
final class Share: Sendable {
  private let allowance: Allowance
  private let count = Locked(0)

  init(of allowance: Allowance) { self.allowance = allowance }

  deinit { allowance.giveBack(count.withLock(\.self)) }

  /// Throws: 429 where too little is left.
  func take(_ more: Int) throws(Refusal) {
    guard allowance.take(more) else {
      throw .busy("Too many requests at once. Try again in a moment.", retryAfter: 1)
    }
    count.withLock { $0 += more }
  }
}
