import HoneStore
import Testing

@Test func aKeyIsFoundByItsHash() throws {
  try withStore { store in
    for id in ["1", "2"] { try store.insert(APIKey.sample(id)) }
    #expect(try store.key(hash: "hash of 2") == .sample("2"))
    #expect(try store.key(hash: "hash of 3") == nil)
    #expect(try store.key("1") == .sample("1"))
    #expect(try store.keys() == [.sample("1"), .sample("2")])
    var third = APIKey.sample("3")
    third.hash = "hash of 1"
    #expect(throws: StoreError.taken(field: "apiKey.hash")) { try store.insert(third) }
  }
}

@Test func aRevokedKeyStaysRevoked() throws {
  try withStore { store in
    try store.insert(APIKey.sample("1"))
    #expect(try store.revokeKey("1", at: 100))
    #expect(try store.revokeKey("1", at: 200))
    #expect(try store.key("1")?.revokedAt == 100)
    #expect(try !store.revokeKey("2", at: 100))
  }
}

@Test func theLastUseOfAKeyNeverGoesBack() throws {
  try withStore { store in
    for id in ["1", "2"] { try store.insert(APIKey.sample(id)) }
    try store.noteUse(ofKeys: ["1": 100, "none": 5])
    try store.noteUse(ofKeys: ["1": 50, "2": 70])
    try store.noteUse(ofKeys: [:])
    #expect(try store.keys().map(\.lastUsedAt) == [100, 70])
  }
}

@Test func usageAddsUp() throws {
  try withStore { store in
    try store.addUsage([
      Usage(day: "2024-02-29", key: "a", requests: 1, promptTokens: 10, completionTokens: 5),
      Usage(day: "2024-02-29", key: "a", requests: 2, trainedTokens: 7),
      Usage(day: "2024-03-01", key: "b", requests: 1),
    ])
    try store.addUsage([
      Usage(day: "2024-02-29", key: "a", promptTokens: 1), Usage(day: "2023-12-31", key: "a", requests: 9),
    ])
    try store.addUsage([])
    let sum = Usage(day: "2024-02-29", key: "a", requests: 3, promptTokens: 11, completionTokens: 5, trainedTokens: 7)
    let other = Usage(day: "2024-03-01", key: "b", requests: 1)
    #expect(try store.usage(from: "2024-01-01", through: "2024-12-31") == [sum, other])
    #expect(try store.usage(from: "2024-01-01", through: "2024-12-31", key: "b") == [other])
    #expect(try store.usage(from: "2024-03-02", through: "2024-12-31") == [])
  }
}

/// A counter that is full refuses more; it does not turn into something else, and the process lives.
@Test func usageBeyondTheLargestNumberIsAnError() throws {
  try withStore { store in
    let full = Usage(day: "2024-02-29", key: "a", requests: .max)
    try store.addUsage([full])
    #expect(throws: StoreError.self) { try store.addUsage([Usage(day: "2024-02-29", key: "a", requests: 1)]) }
    #expect(try store.usage(from: "2024-02-29", through: "2024-02-29") == [full])
  }
}

@Test func theAuditLogIsReadFromItsEnd() throws {
  try withStore { store in
    let entries = (1...5).map { AuditEntry(time: 100, key: "a", action: "file.delete", subject: "file-\($0)") }
    try store.append(Array(entries[..<3]))
    try store.append(Array(entries[3...]))
    let newest = try store.audit(limit: 2)
    #expect(newest.map(\.entry) == [entries[4], entries[3]])
    #expect(try store.audit(before: newest.last?.number, limit: 10).map(\.entry) == entries[..<3].reversed())
    #expect(try store.audit(limit: -1).isEmpty)
  }
}
