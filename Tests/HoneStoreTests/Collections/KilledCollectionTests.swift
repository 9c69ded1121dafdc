import Foundation
import HoneStore
import HoneTestSupport
import Testing

/// Adds and removes rows until the process is killed; says after each call what has been acknowledged.
private func writeUntilKilled(_ file: URL, _ writer: String) throws {
  let store = try CollectionStore(at: file, head: ["dimensions": "2"], terms: { $0 })
  for n in 0..<300_000 {
    let rows = (0..<3).map { part in
      NewCollectionRow(
        key: "\(writer)-\(n)-\(part)", text: "text \(n)", payload: "{}", digest: [UInt8(part)],
        vector: [Float(n), Float(part)])
    }
    _ = try store.add(rows)
    FileHandle.standardOutput.write(Data("added \(writer)-\(n)\n".utf8))
    guard n > 2 else { continue }
    _ = try store.remove(keys: ["\(writer)-\(n - 2)-0"])
    FileHandle.standardOutput.write(Data("removed \(writer)-\(n - 2)\n".utf8))
  }
}

/// Eight writers at once on one file, killed together, round after round.
@Test func killedWritersOfACollectionLoseNothingThatWasAcknowledged() async throws {
  let folder = newFolder(onDisk: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let file = folder.appendingPathComponent("rows.sqlite")
  var (added, removed): (Set<String>, Set<String>) = ([], [])
  for round in 0..<(runsEverything ? 200 : 4) {
    let path = file.path
    let result = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
      [path = path as String, round = round as Int] in
      killSoon(round, within: 50_000...500_000)
      for writer in 1..<8 {
        Thread.detachNewThread { try? writeUntilKilled(URL(fileURLWithPath: path), "\(round)-\(writer)") }
      }
      try writeUntilKilled(URL(fileURLWithPath: path), "\(round)-0")
    }
    for line in String(decoding: result?.standardOutputContent ?? [], as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      guard words.count == 2 else { continue }
      if words[0] == "added" { added.insert(words[1]) } else { removed.insert(words[1]) }
    }
    let store = try CollectionStore(at: file, head: ["dimensions": "2"], terms: { $0 })
    #expect(try store.damages(dimensions: 2).isEmpty, "round \(round)")
    let keys = try store.rows(after: 0, limit: 1_000_000).map(\.key)
    let present = Set(keys)
    #expect(present.count == keys.count)
    for name in added {
      #expect(present.contains("\(name)-1") && present.contains("\(name)-2"), "round \(round), \(name)")
    }
    for name in removed { #expect(!present.contains("\(name)-0"), "round \(round), \(name)") }
    // What an index would be told is what is there.
    var told = 0
    _ = try store.news(after: 0) { ids, _ in told += ids.count }
    #expect(told == keys.count)
    try store.close()
  }
  #expect(added.count > 10, "the writers were killed too early to show anything")
}
