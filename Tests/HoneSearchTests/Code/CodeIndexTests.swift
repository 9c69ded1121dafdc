import Foundation
import HoneTestSupport
import Testing

import HoneSearch

private let sources = [
  "a.swift": "/// Counts retries.\nfunc countRetries() -> Int { tries + 1 }\nstruct Clock { func tick() {} }\n",
  "lib/b.py": "class Pool:\n    def release(self):\n        '''Gives a connection back.'''\n        return 1\n",
  "lib/c.md": "# Words about retries\n", "run.sh": "echo hello\n",
]

@Test func anIndexKnowsFilesFunctionsAndWhatWasSkipped() throws {
  let tree = try CodeTree(sources)
  try tree.write("image.bin", [1, 0, 2])
  try tree.write(".git/config", [0x61])
  try tree.write("out/x.txt", [0x61])
  try tree.write("env/pyvenv.cfg", [0x61])
  try tree.write("lib/keep.log", [0x61])
  try tree.write("lib/drop.log", [0x61])
  try tree.write(".gitignore", Array("*.log\n/out/\n".utf8))
  try tree.write("lib/.gitignore", Array("!keep.log\n".utf8))
  try FileManager.default.createSymbolicLink(
    at: tree.root.appendingPathComponent("link"), withDestinationURL: tree.root)
  let scan = try CodeScan(tree.root, since: nil)
  #expect(
    scan.skipped.map { "\($0.path): \($0.reason)" } == [
      ".git: buildFolder", "env: buildFolder", "image.bin: binary", "lib/drop.log: ignored", "link: link",
      "out: ignored",
    ])
  let index = try tree.index()
  #expect(
    index.files.map(\.path) == [
      ".gitignore", "a.swift", "lib/.gitignore", "lib/b.py", "lib/c.md", "lib/keep.log", "run.sh",
    ])
  #expect(index.units.map(\.name) == ["countRetries", "Clock", "tick", "Pool", "release", "lines 1–1"])
  #expect(index.units[4].container == "Pool" && index.units[4].lines == 2...4)
  #expect(index.units[4].summary == "Gives a connection back.")
}

@Test func anIndexBroughtUpToDateIsTheOneMadeFromNothing() throws {
  let tree = try CodeTree(sources)
  var random = Seeded(3)
  var index = try tree.index()
  for round in 0..<25 {
    for _ in 0..<random.number(0...3) {
      let path = random.pick(["a.swift", "lib/b.py", "lib/new.py", "z.swift", "0.txt", "lib/c.md"])
      if random.chance(1, of: 3) {
        try? tree.remove(path)
      } else {
        let text = "def f\(random.number(0...99))():\n  pass\nfunc g\(random.number(0...99))() { retries() }\n"
        try tree.write(path, Array(text.utf8), age: Double(5000 - round * 100 - random.number(0...99)))
      }
    }
    let scan = try CodeScan(tree.root, since: index)
    let updated = try tree.index(since: index)
    let fresh = try tree.index()
    #expect(scan.kept.count + scan.fresh.count == fresh.files.count)
    #expect(updated.files == fresh.files && updated.units == fresh.units)
    for section in IndexSection.allCases where section != .about {
      #expect(try updated.content.bytes(of: section) == fresh.content.bytes(of: section), "\(section), round \(round)")
    }
    index = updated
  }
  let again = try CodeScan(tree.root, since: index)
  #expect(again.fresh.isEmpty && again.removedCount == 0)
}

@Test func filesThatChangedSinceAreSearchedAsTheyAre() throws {
  let tree = try CodeTree(sources)
  let index = try tree.index()
  try tree.write("a.swift", Array("let backoff = 1\n".utf8), age: 0)
  try tree.write("new.txt", Array("a backoff too\n".utf8), age: 0)
  try tree.remove("run.sh")
  #expect(try tree.grep("backoff", index) == ["a.swift:1:let backoff = 1", "new.txt:1:a backoff too"])
  #expect(try tree.grep("hello", index).isEmpty)
  #expect(try tree.grep("backoff", index, path: "*.txt") == ["new.txt:1:a backoff too"])
  var lines = 0
  let counts = try index.grep(
    Pattern("."), narrowedBy: TrigramNarrowing(pattern: ".", ignoresCase: false), in: tree.root, limit: 2
  ) { lines += $0.count }
  #expect(lines == 2 && counts.lines == 2 && !counts.isComplete)
}

@Test func wordsAndVectorsFindFunctions() throws {
  let tree = try CodeTree(sources)
  let index = try tree.index()
  #expect(
    try index.saying("where are retries counted", limit: 3).first.map { index.units[$0.unit].name } == "countRetries")
  #expect(try index.saying("give the connection back", limit: 1).map { index.units[$0.unit].name } == ["release"])
  #expect(try index.saying("the of", limit: 3).isEmpty && index.saying("zebra", limit: 3).isEmpty)
  let vectors = try index.vectors()
  for unit in index.units.indices {
    let query = Array(vectors[unit * 10..<(unit + 1) * 10])
    let hits = try index.nearest(to: query, limit: index.units.count)
    let reference = index.units.indices.map { row in
      VectorMetric.dot.score(query, Array(vectors[row * 10..<(row + 1) * 10]))
    }
    #expect(hits.map { Float($0.score) } == reference.sorted(by: >).map { Float($0) })
    #expect(try index.nearest(to: query, limit: 9, admits: { $0 == unit }).map(\.unit) == [unit])
  }
}

@Test func fusionPunishesNobodyForBeingMissed() {
  func hits(_ units: Int...) -> [UnitHit] { units.map { UnitHit(unit: $0, score: 1) } }
  #expect(fusedByRank([hits(1, 2, 3), hits(3, 2)], limit: 9).map(\.unit) == [3, 2, 1])
  #expect(fusedByRank([hits(5, 6), []], limit: 1).map(\.unit) == [5])
  #expect(fusedByRank([], limit: 5).isEmpty)
}

@Test func identifiersAreDividedIntoWords() {
  #expect(
    IdentifierWords.spaced("maxRetryCount HTTPServer2 max_retry__count x")
      == "max retry count http server 2 max retry count x")
  #expect(IdentifierWords.words(of: "retries") == IdentifierWords.words(of: "retry"))
  #expect(IdentifierWords.words(of: "counted") == IdentifierWords.words(of: "count"))
  #expect(IdentifierWords.words(of: "matching") == IdentifierWords.words(of: "matches"))
  #expect(IdentifierWords.words(of: "getURL").contains("geturl"))
}

@Test func aDamagedIndexIsFoundOutWhereverItIsDamaged() throws {
  let tree = try CodeTree(sources)
  let whole = [UInt8](try tree.encoded())
  let reference = try CodeIndex(bytes: Data(whole), name: "t")
  let answers = try allAnswers(reference)
  for seed in 0..<(runsEverything ? 20_000 : 1500) {
    var random = Seeded(seed)
    var bytes = whole
    switch random.number(0...2) {
    case 0: bytes[random.number(0...(bytes.count - 1))] ^= UInt8(1 << random.number(0...7))
    case 1: bytes.removeLast(random.number(1...bytes.count))
    default:
      let start = random.number(0...(bytes.count - 1))
      for place in start..<min(start + random.number(1...16), bytes.count) {
        bytes[place] = UInt8(random.number(0...255))
      }
    }
    if bytes == whole { continue }
    do {
      let index = try CodeIndex(bytes: Data(bytes), name: "t")
      // Only bytes that fill up to the next multiple of 64 may be anything.
      #expect(try allAnswers(index) == answers, "seed \(seed)")
    } catch {
      #expect(error is CodeIndexError, "seed \(seed): \(error)")
    }
  }
}

/// Damage that carries a right checksum, as a program with a fault would write it.
@Test func anIndexWithRightChecksumsAndWrongTablesTrapsNothing() throws {
  let tree = try CodeTree(sources)
  let index = try tree.index()
  let sections = try IndexSection.allCases.map { ($0, try index.content.bytes(of: $0)) }
  for seed in 0..<(runsEverything ? 20_000 : 1500) {
    var random = Seeded(seed)
    var changed = sections
    for _ in 0..<random.number(1...3) {
      let section = random.number(0...(changed.count - 1))
      guard !changed[section].1.isEmpty else { continue }
      let place = random.number(0...(changed[section].1.count - 1))
      if random.chance(1, of: 4) {
        changed[section].1.removeSubrange(place...)
      } else {
        changed[section].1[place] = random.pick([0, 1, 0x7F, 0x80, 0xFF, UInt8(random.number(0...255))])
      }
    }
    do {
      let index = try CodeIndex(bytes: SectionFile.encode(changed), name: "t")
      _ = try allAnswers(index)
      _ = try CodeIndex.encode(
        CodeScan(tree.root, since: index), about: index.about,
        vectors: [Float](
          repeating: 0,
          count: CodeScan(tree.root, since: index).fresh.reduce(0) { $0 + $1.meanings.count } * index.about.dimensions),
        since: index)
    } catch {
      #expect(error is CodeIndexError, "seed \(seed): \(error)")
    }
  }
}

private func allAnswers(_ index: CodeIndex) throws -> [String] {
  var answers = index.files.map { "\($0)" } + index.units.map { "\($0)" } + ["\(index.about)"]
  for trigram in trigrams(ofFolded: Array("retries class connection".utf8)) {
    answers.append("\(try index.trigrams.numbers(of: UInt64(trigram)))")
  }
  answers += try index.saying("retries connection clock", limit: 9).map { "\($0)" }
  try index.trigrams.forEach { answers.append("\($0) \($1)") }
  try index.words.forEach { answers.append("\($0) \($1)") }
  if index.about.dimensions == 10 {
    answers += try index.nearest(to: [Float](repeating: 1, count: 10), limit: 9).map { "\($0)" }
  }
  return answers
}

@Test func listsHoldWhatWasAdded() throws {
  for seed in 0..<50 {
    var random = Seeded(seed)
    var builder = PostingBuilder(weighted: true)
    var expected: [UInt64: [[Int]]] = [:]
    for number in 0..<200 {
      for _ in 0..<random.number(0...3) {
        let key = UInt64(random.number(0...30)) << UInt64(random.pick([0, 20, 40]))
        if expected[key]?.last?[0] == number { continue }
        let weight = random.number(0...1000)
        builder.add(key, number, weight: weight)
        expected[key, default: []].append([number, weight])
      }
    }
    let (table, lists) = builder.encoded()
    let file = try SectionFile(SectionFile.encode([(.words, table), (.wordLists, lists)]), name: "t")
    let found = PostingLists(file: file, table: .words, lists: .wordLists, weighted: true, limit: 200)
    #expect(found.keyCount == expected.count)
    for (key, entries) in expected { #expect(try found.entries(of: key).map { [$0.number, $0.weight] } == entries) }
    #expect(try found.entries(of: 31).isEmpty || expected[31] != nil)
    #expect(try found.entries(of: .max).isEmpty)
  }
}
