import Foundation
import Hone
import HoneStore
import HoneTestSupport
import Testing

/// A vector of its own for each key.
private func vector(_ key: String) -> [Float] {
  var random = Seeded(key.utf8.reduce(UInt64(7)) { $0 &* 1_099_511_628_211 ^ UInt64($1) })
  return (0..<256).map { _ in Float(random.number(-1000...1000)) / 1000 }
}

private func item(_ key: String, version: Int) -> CollectionItem {
  CollectionItem(key: key, text: "text of \(key)", fields: ["version": .number(Double(version))])
}

private func nearest(_ collection: SearchCollection, _ key: String, _ filter: String? = nil) throws -> SearchHit? {
  var options = SearchOptions()
  (options.topK, options.legs, options.filter) = (1, .vectors, filter)
  return try collection.search(text: nil, vector: vector(key), options).first
}

/// Adds, replaces and takes out rows and searches them until the process is killed; says what has been acknowledged,
/// and what a search did not find.
private func workUntilKilled(_ collection: SearchCollection, _ worker: String) throws {
  func say(_ what: String, _ key: String) { FileHandle.standardOutput.write(Data("\(what) \(key)\n".utf8)) }
  for n in 0..<300_000 {
    let keys = (0..<100).map { "\(worker)-\(n)-\($0)" }
    _ = try collection.add(keys.map { item($0, version: 1) }, vectors: keys.flatMap(vector))
    for key in keys { say("added", key) }
    if try nearest(collection, keys[5])?.key != keys[5] { say("missed", keys[5]) }
    _ = try collection.add([item(keys[1], version: 2)], vectors: vector(keys[1]))
    say("replaced", keys[1])
    let found = try nearest(collection, keys[1], "version = 2")
    if found?.key != keys[1] || found?.fields["version"] != .number(2) { say("missed", keys[1]) }
    try collection.remove(keys: [keys[2]])
    say("removed", keys[2])
    if try nearest(collection, keys[2])?.key == keys[2] { say("met", keys[2]) }
  }
}

/// Eight threads that write and search one collection, half of them through one opening of it, killed together, round
/// after round, while its index is trained and kept as well.
@Test func killedWritersAndReadersLoseNothingThatWasAcknowledged() async throws {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hone-killed-\(UUID().uuidString)")
  defer { try? FileManager.default.removeItem(at: folder) }
  let home = Home(folder.appendingPathComponent("home", isDirectory: true))
  _ = try home.makeCollection("rows", model: "hone-static")
  var ledger = KilledLedger()
  for round in 0..<(runsEverything ? 200 : 3) {
    let path = home.url.path
    let result = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
      [path = path as String, round = round as Int] in
      killSoon(round, within: 100_000...900_000)
      let home = Home(URL(fileURLWithPath: path, isDirectory: true))
      let shared = try home.collection("rows")
      for worker in 1..<8 {
        let own = worker < 4 ? shared : try home.collection("rows")
        Thread.detachNewThread { try? workUntilKilled(own, "\(round)-\(worker)") }
      }
      try workUntilKilled(shared, "\(round)-0")
    }
    let own = ledger.read(result?.standardOutputContent ?? [])
    let collection = try home.collection("rows")
    let check = try collection.check()
    #expect(check.isWhole, "round \(round): \(check.damages)")
    let store = try CollectionStore(
      at: home.url.appendingPathComponent("collections/rows/rows.sqlite"), terms: { $0 })
    let rows = try store.rows(after: 0, limit: 10_000_000)
    try store.close()
    ledger.expect(rows, "round \(round)")
    for key in own.prefix(25) + own.suffix(25) { #expect(try nearest(collection, key)?.key == key, "round \(round)") }
  }
  #expect(ledger.added.count > 1000 && ledger.replaced.count > 5, "killed too early to show anything")
}

/// What writers said that was acknowledged.
private struct KilledLedger {
  var added: Set<String> = []
  var replaced: Set<String> = []
  var removed: Set<String> = []

  /// Reads what a process said. Gives the keys that it added, and that must be there.
  mutating func read(_ output: [UInt8]) -> [String] {
    var own: [String] = []
    for line in String(decoding: output, as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      guard words.count == 2, words[1].split(separator: "-").count == 4 else { continue }
      switch words[0] {
      case "added": own.append(words[1])
      case "replaced": replaced.insert(words[1])
      case "removed": removed.insert(words[1])
      default: Issue.record("a search \(line)")
      }
    }
    added.formUnion(own)
    return own.filter { !$0.hasSuffix("-2") }
  }

  /// All that was acknowledged is there, once, as it was written last; what was taken out is not.
  func expect(_ rows: [CollectionRow], _ round: String) {
    let present = Dictionary(rows.map { ($0.key, $0.payload) }) { first, _ in first }
    #expect(present.count == rows.count, "\(round): rows are there twice")
    // A row that was being taken out, or replaced, may be so or not.
    let lost = added.filter { present[$0] == nil && !$0.hasSuffix("-2") }
    #expect(lost.isEmpty, "\(round): lost \(lost.prefix(3))")
    let back = removed.filter { present[$0] != nil }
    #expect(back.isEmpty, "\(round): back again \(back.prefix(3))")
    let older = replaced.filter { present[$0] != #"{"version":2}"# }
    #expect(older.isEmpty, "\(round): as before \(older.prefix(3))")
  }
}
