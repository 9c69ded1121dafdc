internal import Foundation
internal import HoneStore
internal import Synchronization

/// What a key used on a day.
public struct UsageLine: Sendable, Equatable, Codable {
  /// `2024-02-29`, in UTC.
  public let day: String
  /// The key's id, or `local`.
  public let key: String
  public let requests: Int
  public let promptTokens: Int
  public let completionTokens: Int
  public let trainedTokens: Int

  init(_ usage: Usage) {
    day = usage.day
    key = usage.key
    requests = usage.requests
    promptTokens = usage.promptTokens
    completionTokens = usage.completionTokens
    trainedTokens = usage.trainedTokens
  }
}

/// What was done, in the log that only grows.
public struct AuditInfo: Sendable, Equatable, Codable {
  public let number: Int
  public let time: Int
  public let key: String
  public let action: String
  public let subject: String
}

/// Counts in memory until the next second, so that a request does not wait for the disk.
final class UsageCounters: Sendable {
  private struct Day: Hashable {
    let day: String
    let key: String
  }
  private struct State {
    var usage: [Day: Usage] = [:]
    var lastUse: [String: Int] = [:]
  }

  private let state = Mutex(State())

  func add(_ usage: Usage) {
    state.withLock { state in
      let day = Day(day: usage.day, key: usage.key)
      guard var known = state.usage[day] else { return state.usage[day] = usage }
      known.requests += usage.requests
      known.promptTokens += usage.promptTokens
      known.completionTokens += usage.completionTokens
      known.trainedTokens += usage.trainedTokens
      state.usage[day] = known
    }
  }

  func used(_ key: String, at now: Int) { state.withLock { $0.lastUse[key] = now } }

  func takeAll() -> (usage: [Usage], lastUse: [String: Int]) {
    state.withLock { state in
      defer { state = State() }
      return (Array(state.usage.values), state.lastUse)
    }
  }
}

extension Service {
  /// Counts what a request used. It is kept within a second.
  public func count(key: String, requests: Int = 1, promptTokens: Int = 0, completionTokens: Int = 0) {
    counters.add(
      Usage(
        day: usageDay(options.clock()), key: key, requests: requests, promptTokens: promptTokens,
        completionTokens: completionTokens))
  }

  func keepUsage() async throws {
    let (usage, lastUse) = counters.takeAll()
    guard !usage.isEmpty || !lastUse.isEmpty else { return }
    do {
      try await store.background { store throws(StoreError) in try store.addUsage(usage) }
    } catch {
      for line in usage { counters.add(line) }
      throw error
    }
    try await store.background { store throws(StoreError) in try store.noteUse(ofKeys: lastUse) }
  }

  /// What was used on the days from `first` through `last`, by day and key; what is only counted yet is kept first.
  public func usage(
    from first: String = "0000-01-01", through last: String = "9999-12-31", key: String? = nil
  ) async throws -> [UsageLine] {
    try await keepUsage()
    return try await store.background { store throws(StoreError) in
      try store.usage(from: first, through: last, key: key)
    }.map(UsageLine.init)
  }

  /// Notes that a key did something to something.
  public func audit(key: String, action: String, subject: String) async throws {
    let entry = AuditEntry(time: options.clock(), key: key, action: action, subject: String(subject.prefix(200)))
    try await store.background { store throws(StoreError) in try store.append([entry]) }
  }

  /// The newest lines of the audit log, or the newest before a number.
  public func auditLog(before number: Int? = nil, limit: Int = 100) async throws -> [AuditInfo] {
    try await store.background { store throws(StoreError) in try store.audit(before: number, limit: limit) }.map {
      AuditInfo(
        number: $0.number, time: $0.entry.time, key: $0.entry.key, action: $0.entry.action, subject: $0.entry.subject)
    }
  }
}
