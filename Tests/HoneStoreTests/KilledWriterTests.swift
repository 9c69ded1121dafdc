import Foundation
import HoneStore
import HoneTestSupport
import Testing

/// Writes until it is killed, and says after each call what has been acknowledged.
///
/// Round `n` makes job `n` with its file, runs it for some changes, and forgets every third one.
private func writeUntilKilled(_ folder: URL, _ first: Int) throws {
  let store = try Store(in: folder)
  for n in first..<first + 300_000 {
    try store.apply([.insertJob(.sample("\(n)")), .append(.sample("\(n)", 1)), .insertFile(.sample("file-\(n)"))])
    acknowledge("made \(n)")
    for step in 2...4 {
      try store.apply([
        .saveState(job: "\(n)", state: Data("\(step)"), status: "running", isDeleted: false),
        .append(.sample("\(n)", step)), .keep(.sample("\(n)", step: step)),
      ])
      acknowledge("step \(n) \(step)")
    }
    try store.addUsage([Usage(day: "2024-02-29", key: "a", requests: 1)])
    acknowledge("used \(n)")
    if n % 3 == 0 {
      try store.forgetJob("\(n)")
      acknowledge("forgot \(n)")
    }
  }
}

/// One line, in one system call, so that it is whole or not there.
private func acknowledge(_ line: String) { FileHandle.standardOutput.write(Data(line + "\n")) }

private func isAcknowledgement(_ line: String) -> Bool {
  ["made ", "step ", "used ", "forgot "].contains { line.hasPrefix($0) }
}

/// What has to be there after some acknowledgements, and what may be there of the call that was not acknowledged.
private func check(_ store: Store, _ lines: [String], round: Int) throws {
  var made: Set<String> = []
  var steps: [String: Int] = [:]
  var forgotten: Set<String> = []
  for line in lines {
    let words = line.split(separator: " ").map(String.init)
    switch words[0] {
    case "made": made.insert(words[1])
    case "step": steps[words[1]] = Int(words[2])
    case "forgot": forgotten.insert(words[1])
    default: break
    }
  }
  let jobs = Dictionary(uniqueKeysWithValues: try store.jobs().map { ($0.id, $0) })
  for id in made {
    #expect(try store.file("file-\(id)") != nil, "round \(round), file of job \(id)")
    guard let job = jobs[id] else {
      let mayBeForgotten = (Int(id) ?? 1) % 3 == 0 && lines.contains("used \(id)")
      #expect(mayBeForgotten, "round \(round), job \(id)")
      continue
    }
    #expect(!forgotten.contains(id), "round \(round), job \(id) is back")
    let events = try store.events(ofJob: id).map(\.number)
    #expect(events == Array(1...max(events.count, 1)), "round \(round), job \(id)")
    #expect(events.count >= steps[id] ?? 1, "round \(round), job \(id)")
    // A change is there whole or not at all.
    #expect(job.state == (events.count == 1 ? StoredJob.sample("1").state : Data("\(events.count)")))
    #expect(try store.checkpoints(ofJob: id).records.count == events.count - 1)
  }
}

/// Several writers, one after the other, on the same file: each is killed at another instant.
@Test func aKilledWriterLosesNothingThatWasAcknowledged() async throws {
  let folder = newFolder(onDisk: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  var lines: [String] = []
  var unsaid = 0
  for round in 0..<(runsEverything ? 100 : 4) {
    let path = folder.path
    let result = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
      [path = path as String, round = round as Int] in
      killSoon(round, within: 1...400_000)
      try writeUntilKilled(URL(fileURLWithPath: path), round * 300_000)
    }
    let output = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
    lines += output.split(separator: "\n").map(String.init).filter { isAcknowledgement($0) }
    let store = try Store(in: folder)
    try store.verify()
    try check(store, lines, round: round)
    let requests = try store.usage(from: "0", through: "9").map(\.requests).reduce(0, +)
    let more = requests - lines.count { $0.hasPrefix("used") } - unsaid
    #expect(more == 0 || more == 1, "round \(round)")
    unsaid += more
    try store.close()
  }
  #expect(lines.count > 10, "the writers were killed too early to show anything")
}
