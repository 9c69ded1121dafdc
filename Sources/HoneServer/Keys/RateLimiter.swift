package import HoneAPI
internal import Synchronization

/// How much each key has left of its requests and tokens: buckets that fill evenly, a minute from empty to full.
package final class RateLimiter: Sendable {
  /// What is counted.
  enum Unit: String, Sendable { case requests, tokens }

  private struct Bucket {
    var level: Double
    var filled: ContinuousClock.Instant
  }

  private struct Place: Hashable {
    var key: String
    var unit: Unit
  }

  // Only keys that exist come here, so there are never more buckets than keys.
  private let buckets = Mutex<[Place: Bucket]>([:])

  package init() {}

  /// Takes one request. Throws: 429 with the time until there is one again.
  package func takeRequest(of identity: Identity, at now: ContinuousClock.Instant = .now) throws(Refusal) {
    try take(1, .requests, limit: identity.limits.requestsPerMinute, of: identity, at: now)
  }

  /// Takes tokens. A request for more than a minute's worth passes when the bucket is full, and leaves it empty.
  /// Throws: 429 with the time until there are enough.
  package func take(
    tokens: Int, of identity: Identity, at now: ContinuousClock.Instant = .now
  ) throws(Refusal) {
    try take(max(0, tokens), .tokens, limit: identity.limits.tokensPerMinute, of: identity, at: now)
  }

  private func take(
    _ count: Int, _ unit: Unit, limit: Int?, of identity: Identity, at now: ContinuousClock.Instant
  ) throws(Refusal) {
    guard let limit else { return }
    let wanted = Double(min(count, max(1, limit)))
    let missing = buckets.withLock { buckets in
      let place = Place(key: identity.id, unit: unit)
      var bucket = Self.filled(buckets[place], limit: limit, at: now)
      let missing = wanted - bucket.level
      if missing <= 0 { bucket.level -= wanted }
      buckets[place] = bucket
      return missing
    }
    guard missing <= 0 else {
      let seconds = Int((missing * 60 / Double(max(1, limit))).rounded(.up))
      throw .busy(
        "Rate limit reached: this key may use \(limit) \(unit.rawValue) per minute. Try again in \(seconds) s.",
        retryAfter: max(1, seconds))
    }
  }

  private static func filled(_ bucket: Bucket?, limit: Int, at now: ContinuousClock.Instant) -> Bucket {
    let full = Double(max(0, limit))
    guard let bucket else { return Bucket(level: full, filled: now) }
    let seconds = max(0, (now - bucket.filled) / .seconds(1))
    return Bucket(level: min(full, bucket.level + seconds * full / 60), filled: max(now, bucket.filled))
  }

  /// What is left, as the headers of a reply: `x-ratelimit-limit-requests` and the others.
  func headers(for identity: Identity, at now: ContinuousClock.Instant = .now) -> [(String, String)] {
    let units: [(Unit, Int?)] = [
      (.requests, identity.limits.requestsPerMinute), (.tokens, identity.limits.tokensPerMinute),
    ]
    return units.flatMap { unit, limit -> [(String, String)] in
      guard let limit else { return [] }
      let place = Place(key: identity.id, unit: unit)
      let level = buckets.withLock { Self.filled($0[place], limit: limit, at: now).level }
      let milliseconds = Int(((Double(limit) - level) * 60_000 / Double(max(1, limit))).rounded(.up))
      let name = unit.rawValue
      return [
        ("x-ratelimit-limit-\(name)", String(limit)),
        ("x-ratelimit-remaining-\(name)", String(max(0, Int(level)))),
        ("x-ratelimit-reset-\(name)", Self.time(milliseconds)),
      ]
    }
  }

  /// A time as the service writes it: `120ms`, `6.5s`, `1m3s`.
  private static func time(_ milliseconds: Int) -> String {
    switch milliseconds {
    case ..<1000: "\(max(0, milliseconds))ms"
    case ..<60_000: milliseconds % 1000 == 0 ? "\(milliseconds / 1000)s" : "\(Double(milliseconds) / 1000)s"
    default: "\(milliseconds / 60_000)m\(milliseconds % 60_000 / 1000)s"
    }
  }
}
