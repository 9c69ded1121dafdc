internal import Foundation
internal import HoneFiles
internal import HoneStore

/// What a key may do.
public enum KeyScope: String, Sendable, Codable, CaseIterable { case read, infer, train, admin }

/// A key as lists show it; the key itself is shown once, when it is made.
public struct KeyInfo: Sendable, Equatable, Codable {
  public let id: String
  public let name: String
  public let owner: String
  /// Its first characters.
  public let prefix: String
  public let scopes: [KeyScope]
  public let createdAt: Int
  public let revokedAt: Int?
  public let lastUsedAt: Int?
  public let requestsPerMinute: Int?
  public let tokensPerMinute: Int?

  init(_ key: APIKey) {
    id = key.id
    name = key.name
    owner = key.owner
    prefix = key.prefix
    scopes = key.scopes.compactMap(KeyScope.init)
    createdAt = key.createdAt
    revokedAt = key.revokedAt
    lastUsedAt = key.lastUsedAt
    requestsPerMinute = key.requestsPerMinute
    tokensPerMinute = key.tokensPerMinute
  }
}

extension Service {
  /// Makes a key. `value` is a key of the caller's own choice; else one is made up. Only its hash is kept.
  public func createKey(
    name: String, value: String? = nil, scopes: Set<KeyScope> = Set(KeyScope.allCases), owner: String? = nil,
    requestsPerMinute: Int? = nil, tokensPerMinute: Int? = nil
  ) async throws -> (key: String, info: KeyInfo) {
    func fail(_ parameter: String, _ expected: String) -> HoneError {
      HoneError("\(parameter): expected \(expected)", remedy: "change it", parameter: parameter, code: "invalid_value")
    }
    guard !name.isEmpty, name.count <= 100 else { throw fail("name", "1 to 100 characters") }
    guard !scopes.isEmpty else { throw fail("scopes", "at least one of read, infer, train, admin") }
    let key = value ?? "sk-" + randomName(length: 48)
    let isPlain = key.utf8.allSatisfy { (33...126).contains($0) }
    guard key.utf8.count >= 8, key.utf8.count <= 200, isPlain else {
      throw fail("value", "8 to 200 visible ASCII characters")
    }
    let id = "key_" + randomName(length: 16)
    let stored = APIKey(
      id: id, name: name, owner: owner ?? id, hash: Self.keyHash(key), prefix: Self.keyPrefix(key),
      scopes: KeyScope.allCases.filter(scopes.contains).map(\.rawValue), createdAt: options.clock(),
      requestsPerMinute: requestsPerMinute, tokensPerMinute: tokensPerMinute)
    do {
      try await store.background { store throws(StoreError) in try store.insert(stored) }
    } catch {
      guard case .taken = error else { throw error }
      throw HoneError(
        "value: expected a key that is not in use, found one that is or was", remedy: "choose another",
        parameter: "value", code: "key_in_use", kind: .conflict)
    }
    return (key, KeyInfo(stored))
  }

  /// All keys, the oldest first, revoked ones too.
  public func keys() async throws -> [KeyInfo] {
    try await store.background { store throws(StoreError) in try store.keys() }.map(KeyInfo.init)
  }

  /// Ends a key for good. It may be named by its id or, where that is clear, by its name.
  @discardableResult
  public func revokeKey(_ name: String) async throws -> KeyInfo {
    let all = try await keys()
    let named = all.filter { $0.name == name && $0.revokedAt == nil }
    guard let key = all.first(where: { $0.id == name }) ?? (named.count == 1 ? named[0] : nil) else {
      throw HoneError(
        named.isEmpty ? "No key: \(name.prefix(80))" : "\(name.prefix(80)): \(named.count) keys have this name",
        remedy: "see `hone keys list`, and give the id", parameter: "id", code: "key_not_found", kind: .notFound)
    }
    let now = options.clock()
    try await store.background { store throws(StoreError) in _ = try store.revokeKey(key.id, at: now) }
    return try await keys().first { $0.id == key.id } ?? key
  }

  /// Whose key this is; nil for one that is unknown or revoked.
  public func authenticate(_ key: String) async throws -> KeyInfo? {
    let hash = Self.keyHash(key)
    let found = try await store.background { store throws(StoreError) in try store.key(hash: hash) }
    guard let found, found.revokedAt == nil else { return nil }
    counters.used(found.id, at: options.clock())
    return KeyInfo(found)
  }

  /// Whether any key works: a server without one may only listen on loopback.
  public func hasKeys() async throws -> Bool { try await keys().contains { $0.revokedAt == nil } }

  private static func keyHash(_ key: String) -> String { sha256(of: Array(key.utf8)) }

  /// Enough to tell keys apart, and never more than a quarter of one.
  private static func keyPrefix(_ key: String) -> String { String(key.prefix(min(7, key.count / 4))) }
}
