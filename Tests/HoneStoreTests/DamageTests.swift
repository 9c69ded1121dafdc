import Foundation
import HoneStore
import HoneTestSupport
import Testing

/// Opens a store and does all that can be done with it. What is damaged throws; nothing ends the process.
private func useAll(_ folder: URL) throws {
  let store = try Store(in: folder)
  defer { try? store.close() }
  let steps: [() throws -> Void] = [
    { _ = try store.files().records.count },
    { _ = try store.expiredFiles(at: .max) },
    { _ = try store.contentsInUse() },
    { _ = try store.jobs(PageRequest(), metadata: .all(["a": "b"])) },
    {
      for job in try store.jobs() {
        _ = try store.events(ofJob: job.id) + store.events(ofJob: job.id, PageRequest()).records
      }
    },
    { _ = try store.checkpoints(ofJob: "1") },
    { _ = try (store.deployments(), store.keys(), store.key(hash: "hash of key-1"), store.audit(limit: 10)) },
    { _ = try (store.aliases(), store.settings(), store.usage(from: "0", through: "9"), store.parts(ofUpload: "u")) },
    { try store.apply([.insertJob(.sample("2")), .append(.sample("2", 1)), .insertFile(.sample("file-2"))]) },
    { try store.set("a", to: "c") },
    { try store.addUsage([Usage(day: "2024-02-29", key: "a", requests: 1)]) },
    { try store.append([AuditEntry(time: 1, key: "", action: "", subject: "")]) },
    { try store.forgetJob("1") },
    { _ = try store.deleteFile("file-1") },
    { try store.verify() },
  ]
  var first: (any Error)?
  for step in steps {
    do {
      try step()
    } catch {
      #expect(error is StoreError)
      first = first ?? error
    }
  }
  if let first { throw first }
}

@Test(arguments: [0, 1, 16, 99])
func aFileWithoutItsHeaderIsDamaged(bytes: Int) throws {
  let folder = try closedStore()
  defer { try? FileManager.default.removeItem(at: folder) }
  let file = folder.appendingPathComponent("hone.sqlite")
  try Data(contentsOf: file).prefix(bytes).write(to: file)
  let found = "\(bytes) bytes where its first 100 should be"
  #expect(throws: StoreError.damaged(path: file.path, found: found)) { try Store(in: folder) }
}

@Test(arguments: [100, 4095, 4096, 8192, 20_000, 90_000])
func aFileThatWasCutIsAnError(bytes: Int) throws {
  let folder = try closedStore(events: 400)
  defer { try? FileManager.default.removeItem(at: folder) }
  let file = folder.appendingPathComponent("hone.sqlite")
  let whole = try Data(contentsOf: file)
  try #require(whole.count > bytes)
  try whole.prefix(bytes).write(to: file)
  let error = #expect(throws: StoreError.self) { try useAll(folder) }
  #expect(kind(error) == "damaged")
}

/// A page of its own for each kind of damage: bits flipped, ranges overwritten, parts lost or doubled. Where the damage
/// lies in a text, no one can tell; it must then read as another text.
@Test func damageAnywhereNeitherTrapsNorLeavesOtherErrors() throws {
  let folder = try closedStore(events: 50)
  defer { try? FileManager.default.removeItem(at: folder) }
  let file = folder.appendingPathComponent("hone.sqlite")
  let whole = [UInt8](try Data(contentsOf: file))
  var errors = 0
  let count: UInt64 = runsEverything ? 8_000 : 150
  for seed in 0..<count {
    try Data(damaged(whole, seed)).write(to: file)
    for ending in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file.path + ending) }
    do {
      try useAll(folder)
    } catch {
      #expect(error is StoreError, "seed \(seed): \(error)")
      errors += 1
    }
  }
  #expect(errors > count / 4, "of \(count) damaged files \(errors) were noticed")
}

private func damaged(_ whole: [UInt8], _ seed: UInt64) -> [UInt8] {
  var (bytes, seeded) = (whole, Seeded(seed))
  for _ in 0..<seeded.number(1...6) {
    // Half of the damage falls on the first pages, where the schema is.
    let last = (seeded.next() & 1 == 0 ? min(20_000, bytes.count) : bytes.count) - 1
    let start = seeded.number(0...last)
    let end = min(bytes.count, start + seeded.number(1...64))
    switch seeded.number(0...5) {
    case 0, 1: bytes[start] ^= 1 << UInt8(seeded.number(0...7))
    case 2: for i in start..<end { bytes[i] = UInt8(truncatingIfNeeded: seeded.next()) }
    case 3: for i in start..<end { bytes[i] = 0 }
    case 4: for i in start..<end { bytes[i] = 0xFF }
    default: bytes.removeSubrange(start..<end)
    }
  }
  return bytes
}

/// The log beside the file has checksums: what is damaged there is as if it had never been written, and the rest stands.
@Test func aDamagedLogIsReadUpToItsDamage() throws {
  let folder = newFolder()
  let copy = newFolder()
  defer { for url in [folder, copy] { try? FileManager.default.removeItem(at: url) } }
  let store = try Store(in: folder)
  for i in 0..<20 { try store.insert(StoredFile.sample("file-\(i)")) }
  let log = [UInt8](try Data(contentsOf: folder.appendingPathComponent("hone.sqlite-wal")))
  var counts: Set<Int> = []
  for seed in 0..<(runsEverything ? 2_000 : 30) as Range<UInt64> {
    try? FileManager.default.removeItem(at: copy)
    try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: folder.appendingPathComponent("hone.sqlite"), to: copy.appendingPathComponent("hone.sqlite"))
    try Data(damaged(log, seed)).write(to: copy.appendingPathComponent("hone.sqlite-wal"))
    let reopened = try Store(in: copy)
    let ids = try reopened.files(PageRequest(newestFirst: false)).records.map(\.id)
    #expect(ids == (0..<20).map { "file-\($0)" }.prefix(ids.count).map { $0 }, "seed \(seed)")
    try reopened.verify()
    counts.insert(ids.count)
  }
  #expect(counts.count > 1)
}
