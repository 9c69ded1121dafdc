import Foundation
import HoneFiles
import HoneTestSupport
import Testing

func names(in folder: URL) -> [String] {
  ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
}

@Test func aFileIsMadeAndReplacedWhole() throws {
  try withFolder { folder in
    let url = folder.appendingPathComponent("f")
    for size in [0, 1, 3_000_000, 10] {
      let data = Data(Seeded.filling(size, seed: UInt64(size)))
      try replaceFile(at: url, with: data)
      #expect(try Data(contentsOf: url) == data)
      #expect(names(in: folder) == ["f"])
    }
  }
}

/// 255 bytes is the longest name that most systems allow.
@Test(arguments: [
  String(repeating: "n", count: 255), String(repeating: "한", count: 85), String(repeating: "👩‍👩‍👧", count: 14), ".f", " ",
])
func aFileOfAnyNameCanBeReplaced(name: String) throws {
  try withFolder { folder in
    let url = folder.appendingPathComponent(name)
    for text in ["old", "new"] { try replaceFile(at: url, with: Data(text.utf8)) }
    #expect(try Data(contentsOf: url) == Data("new".utf8))
    #expect(names(in: folder) == [name])
  }
}

@Test func whatCannotBeReplacedStaysAndNothingIsLeft() throws {
  try withFolder { folder in
    let target = folder.appendingPathComponent("folder", isDirectory: true)
    try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
    for url in [target, folder.appendingPathComponent("none/f"), folder.appendingPathComponent("folder/f/g")] {
      let error = #expect(throws: FileError.self) { try replaceFile(at: url, with: Data("new".utf8)) }
      guard case .unwritable? = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
    #expect(names(in: folder) == ["folder"] && names(in: target) == [])
  }
}

/// A process that replaces a file again and again is killed; the file is one of those that it wrote, whole.
@Test(arguments: 0..<(runsEverything ? 50 : 4))
func killedWhileReplacingAFileLeavesAWholeOne(round: Int) async throws {
  let folder = try makeFolder()
  defer { try? FileManager.default.removeItem(at: folder) }
  let path = folder.path
  await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, round = round as Int] in
    killLater(milliseconds: 3 + round * 7 % 60)
    let url = URL(fileURLWithPath: path).appendingPathComponent("f")
    for seed in 0..<1_000_000 { try replaceFile(at: url, with: Data(repeating: UInt8(seed & 0xFF), count: 200_000)) }
  }
  let data = (try? Data(contentsOf: folder.appendingPathComponent("f"))) ?? Data(repeating: 0, count: 200_000)
  #expect(data.count == 200_000 && Set(data).count == 1, "round \(round)")
  removeLeftovers(in: folder)
  #expect(names(in: folder).allSatisfy { $0 == "f" }, "round \(round)")
}

@Test func leftoversGoAndOtherFilesStay() throws {
  try withFolder { folder in
    let mine = [".f", "f.hone-part-1", "f", ".hone"]
    for name in mine + [".hone-part-1", ".hone-part-abc"] {
      try Data("x".utf8).write(to: folder.appendingPathComponent(name))
    }
    removeLeftovers(in: folder)
    #expect(names(in: folder) == mine.sorted())
    removeLeftovers(in: folder.appendingPathComponent("none"))
  }
}

@Test func whatIsStillBeingWrittenIsNoLeftover() throws {
  try withFolder { folder in
    try replaceDirectory(at: folder.appendingPathComponent("d")) { part in
      try Data("x".utf8).write(to: part.appendingPathComponent("f"))
      removeLeftovers(in: folder)
      #expect(names(in: part) == ["f"])
    }
    #expect(names(in: folder) == ["d"])
  }
}
