import Foundation
import Hone
import Testing

private let sources = [
  "Sources/Retry.swift": """
  /// Counts how often a call was tried again.
  func countRetries(of call: Call) -> Int { call.tries - 1 }

  struct Waiting {
    /// How long to wait before the next try: twice as long each time.
    func exponentialBackoff(_ tries: Int) -> Double { pow(2, Double(tries)) }
  }

  """,
  "tool/pool.py":
    "class Pool:\n    def release(self, connection):\n        \"\"\"Give a connection back.\"\"\"\n        self.free.append(connection)\n",
  "notes.txt": "The backoff is exponential.\n",
]

/// A folder of code beside a home.
private func codeBench() throws -> (bench: Workbench, root: URL) {
  let bench = try Workbench()
  let root = bench.folder.appendingPathComponent("project")
  for (path, text) in sources {
    let url = root.appendingPathComponent(path)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }
  return (bench, root)
}

@Test func codeIsIndexedSearchedAndBroughtUpToDate() throws {
  let (bench, root) = try codeBench()
  let home = bench.home
  let report = try home.indexCode(root)
  #expect((report.name, report.files, report.functions, report.types) == ("project", 3, 3, 2))
  #expect(report.languages == ["swift": 1, "python": 1] && report.filesRead == 3)
  for mode in CodeSearchMode.allCases {
    let hits = try home.searchCode("where are retries counted", mode: mode, limit: 2)
    #expect(hits.first?.name == "countRetries", "\(mode)")
    #expect(hits.first?.path == "Sources/Retry.swift" && hits.first?.firstLine == 2 && hits.count == 2)
  }
  #expect(try home.searchCode("give a connection back", path: "*.swift").allSatisfy { $0.path.hasSuffix("swift") })
  try Data("def added():\n    pass\n".utf8).write(to: root.appendingPathComponent("tool/new.py"))
  try FileManager.default.removeItem(at: root.appendingPathComponent("notes.txt"))
  let second = try home.indexCode(root)
  #expect((second.files, second.filesRead, second.filesKept, second.filesRemoved) == (3, 1, 2, 1))
  #expect(try home.searchCode("added", mode: .words).first?.name == "added")
  #expect(home.listCodeIndexes().map(\.name) == ["project"])
  try home.removeCodeIndex("project")
  #expect(home.listCodeIndexes().isEmpty)
  #expect(throws: HoneError.self) { try home.searchCode("x") }
}

@Test func aDamagedCodeIndexIsMadeAgainByTheNextSearch() throws {
  let (bench, root) = try codeBench()
  let home = bench.home
  let report = try home.indexCode(root)
  let whole = try Data(contentsOf: URL(fileURLWithPath: report.path))
  for place in stride(from: 0, to: whole.count, by: max(1, whole.count / 40)) {
    var bytes = whole
    bytes[place] ^= 0x10
    try bytes.write(to: URL(fileURLWithPath: report.path))
    let names = try home.searchCode("exponential backoff", limit: 1).map(\.name)
    #expect(names == ["Waiting.exponentialBackoff"], "byte \(place)")
    var lines = 0
    _ = try home.grepCode("Backoff") { lines += $0.count }
    #expect(lines == 1, "byte \(place)")
  }
  try FileManager.default.removeItem(at: URL(fileURLWithPath: report.path))
  var told: [String] = []
  #expect(try home.searchCode("exponential backoff", limit: 1, tell: { told.append($0) }).count == 1)
  #expect(told.count == 1 && told[0].contains("made again"))
}

@Test func namesOfCodeIndexesAreKeptApart() throws {
  let (bench, root) = try codeBench()
  let home = bench.home
  _ = try home.indexCode(root)
  let other = bench.folder.appendingPathComponent("other/project")
  try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
  try Data("func z() {}\n".utf8).write(to: other.appendingPathComponent("z.swift"))
  let report = try home.indexCode(other)
  #expect(report.name.hasPrefix("project-"))
  #expect(throws: HoneError.self) { try home.indexCode(other, name: "project") }
  #expect(throws: HoneError.self) { try home.searchCode("z") }
  #expect(try home.searchCode("z", index: report.name, mode: .words).first?.name == "z")
  #expect(throws: HoneError.self) { try home.indexCode(root.appendingPathComponent("notes.txt")) }
  #expect(throws: HoneError.self) { try home.indexCode(root, name: "../x") }
  #expect(throws: HoneError.self) { try home.searchCode("z", index: report.name, limit: 0) }
}

@Test func theProgramGrepsAsGrepDoes() throws {
  let (bench, root) = try codeBench()
  #expect(try bench.run(["code", "index", root.path]).status == 0)
  let plain = try bench.run(["code", "grep", "-i", "\\w+BACKOFF"])
  #expect(plain.status == 0)
  #expect(
    plain.out == "Sources/Retry.swift:6:  func exponentialBackoff(_ tries: Int) -> Double { pow(2, Double(tries)) }\n")
  let json = try bench.run(["code", "grep", "backoff", "-k", "1", "--json"])
  #expect(json.out.contains(#""complete":true"#) && json.out.contains(#""line":1,"path":"notes.txt""#))
  let none = try bench.run(["code", "grep", "nothing like it"])
  #expect(none.status == 1 && none.out.isEmpty && none.error.isEmpty)
  let wrong = try bench.run(["code", "grep", "(a"])
  #expect(wrong.status == 1 && wrong.error.contains("after 2 characters") && wrong.error.contains("mend"))
  let search = try bench.run(["code", "search", "give a connection back", "-k", "1", "--json"])
  #expect(search.out.contains(#""name":"Pool.release""#))
}
