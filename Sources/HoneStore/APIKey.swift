internal import GRDB

/// What is kept of a key: never the key itself.
package struct APIKey: Sendable, Hashable, Codable {
  package var id: String
  package var name: String
  package var owner: String
  /// SHA-256 of the key, in hexadecimal.
  package var hash: String
  /// Its first characters, for lists.
  package var prefix: String
  package var scopes: [String]
  package var createdAt: Int
  package var revokedAt: Int?
  package var lastUsedAt: Int?
  /// nil: without limit.
  package var requestsPerMinute: Int?
  /// nil: without limit.
  package var tokensPerMinute: Int?

  package init(
    id: String, name: String, owner: String, hash: String, prefix: String, scopes: [String], createdAt: Int,
    revokedAt: Int? = nil, lastUsedAt: Int? = nil, requestsPerMinute: Int? = nil, tokensPerMinute: Int? = nil
  ) {
    self.id = id
    self.name = name
    self.owner = owner
    self.hash = hash
    self.prefix = prefix
    self.scopes = scopes
    self.createdAt = createdAt
    self.revokedAt = revokedAt
    self.lastUsedAt = lastUsedAt
    self.requestsPerMinute = requestsPerMinute
    self.tokensPerMinute = tokensPerMinute
  }
}

extension APIKey: Stored {
  static let table = "apiKey"
  static let columns = [
    "id", "name", "owner", "hash", "prefix", "scopes", "createdAt", "revokedAt", "lastUsedAt", "requestsPerMinute",
    "tokensPerMinute",
  ]

  var values: [(any DatabaseValueConvertible)?] {
    get throws {
      [
        id, name, owner, hash, prefix, try jsonText(scopes.map(stored)), createdAt, revokedAt, lastUsedAt,
        requestsPerMinute, tokensPerMinute,
      ]
    }
  }

  init(_ row: inout RowReader) throws {
    id = try row.text()
    name = try row.text()
    owner = try row.text()
    hash = try row.text()
    prefix = try row.text()
    scopes = try row.json([String].self)
    createdAt = try row.integer()
    revokedAt = try row.optionalInteger()
    lastUsedAt = try row.optionalInteger()
    requestsPerMinute = try row.optionalInteger()
    tokensPerMinute = try row.optionalInteger()
  }
}

extension Store {
  /// - Throws: `taken` when the id or the hash is in use: `apiKey.id`, `apiKey.hash`.
  package func insert(_ key: APIKey) throws(StoreError) {
    try write { db in try db.insert(key) }
  }

  package func key(_ id: String) throws(StoreError) -> APIKey? {
    try read { db in try db.record(APIKey.self, "id = ?", [id]) }
  }

  /// The key with this hash, revoked ones too.
  package func key(hash: String) throws(StoreError) -> APIKey? {
    try read { db in try db.record(APIKey.self, "hash = ?", [hash]) }
  }

  /// All keys, the oldest first, revoked ones too.
  package func keys() throws(StoreError) -> [APIKey] {
    try read { db in try db.records(APIKey.self, "TRUE ORDER BY sequence") }
  }

  /// Ends a key for good. One that is revoked keeps its first time.
  /// - Returns: whether there is such a key.
  @discardableResult
  package func revokeKey(_ id: String, at now: Int) throws(StoreError) -> Bool {
    try write { db in
      try db.change("UPDATE apiKey SET revokedAt = coalesce(revokedAt, ?) WHERE id = ?", [now, id]) > 0
    }
  }

  /// Notes when keys were last used, by their ids; a time never goes back.
  package func noteUse(ofKeys times: [String: Int]) throws(StoreError) {
    guard !times.isEmpty else { return }
    try write { db in
      for (id, time) in times {
        try db.change(
          "UPDATE apiKey SET lastUsedAt = max(coalesce(lastUsedAt, ?1), ?1) WHERE id = ?2", [time, id])
      }
    }
  }
}
