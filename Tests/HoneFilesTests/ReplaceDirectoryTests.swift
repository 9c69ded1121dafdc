import Foundation
import HoneFiles
import HoneTestSupport
import Synchronization
import Testing

/// Builds a folder of three files, one of them deeper, that all hold the same byte.
private func build(_ folder: URL, _ byte: UInt8, extra: String? = nil) throws {
  try FileManager.default.createDirectory(at: folder.appendingPathComponent("sub"), withIntermediateDirectories: true)
  for name in ["a", "b", "sub/c"] + (extra.map { [$0] } ?? []) {
    try Data(repeating: byte, count: 20_000).write(to: folder.appendingPathComponent(name))
  }
}

/// The byte that fills a folder that was built; nil where it is a mixture or not whole.
private func filling(_ folder: URL) -> UInt8? {
  guard names(in: folder) == ["a", "b", "sub"], names(in: folder.appendingPathComponent("sub")) == ["c"] else {
    return nil
  }
  let files = ["a", "b", "sub/c"].compactMap { try? Data(contentsOf: folder.appendingPathComponent($0)) }
  guard files.count == 3, files.allSatisfy({ $0.count == 20_000 }), let byte = files[0].first else { return nil }
  return files.allSatisfy { Set($0) == [byte] } ? byte : nil
}

private struct Stop: Error {}

@Test(arguments: [true, false])
func aFolderIsMadeAndReplacedWhole(swaps: Bool) throws {
  try withFolder { folder in
    let url = folder.appendingPathComponent("models/deeper/d", isDirectory: true)
    try replaceDirectory(at: url) { try build($0, 1, extra: "old") }
    #expect(names(in: url) == ["a", "b", "old", "sub"])
    try replaceDirectory(at: url, swaps: swaps) { try build($0, 2) }
    #expect(filling(url) == 2)
    #expect(names(in: url.deletingLastPathComponent()) == ["d"])
  }
}

/// The folder of temporary files must be on a file system that can swap; those of Linux and macOS can.
@Test func aFolderIsThereAtEveryInstant() throws {
  try withFolder { folder in
    let url = folder.appendingPathComponent("d", isDirectory: true)
    try replaceDirectory(at: url) { try build($0, 0) }
    let isDone = Mutex(false)
    let sights = Mutex([Bool]())
    DispatchQueue.concurrentPerform(iterations: 2) { iteration in
      if iteration == 0 {
        for byte in 0..<100 as Range<UInt8> { try? replaceDirectory(at: url) { try build($0, byte) } }
        isDone.withLock { $0 = true }
      } else {
        while !isDone.withLock({ $0 }) {
          let isThere = FileManager.default.fileExists(atPath: url.path)
          sights.withLock { $0.append(isThere) }
        }
      }
    }
    #expect(sights.withLock { $0.allSatisfy { $0 } }, "\(sights.withLock { $0.count { !$0 } }) times not there")
    #expect(filling(url) == 99)
  }
}

@Test func aFolderWhoseBuildingFailsLeavesTheOlderOne() throws {
  try withFolder { folder in
    let url = folder.appendingPathComponent("d", isDirectory: true)
    for expected in [[], ["d"]] {
      #expect(throws: Stop.self) {
        try replaceDirectory(at: url) { part in
          try build(part, 2)
          throw Stop()
        }
      }
      #expect(names(in: folder) == expected)
      try replaceDirectory(at: url) { try build($0, 1) }
    }
    #expect(filling(url) == 1)
  }
}

@Test func aFolderBelowAFileCannotBeMade() throws {
  try withFolder { folder in
    try Data().write(to: folder.appendingPathComponent("f"))
    #expect(throws: (any Error).self) {
      try replaceDirectory(at: folder.appendingPathComponent("f/d")) { try build($0, 1) }
    }
    #expect(names(in: folder) == ["f"])
  }
}

@Test(arguments: [String(repeating: "n", count: 200), String(repeating: "한", count: 66), "a b", "d.hone-old"])
func aFolderOfAnyNameCanBeReplaced(name: String) throws {
  try withFolder { folder in
    let url = folder.appendingPathComponent(name, isDirectory: true)
    for byte in 1...4 as ClosedRange<UInt8> {
      try replaceDirectory(at: url, swaps: byte % 2 == 0) { try build($0, byte) }
    }
    #expect(filling(url) == 4)
    #expect(names(in: folder) == [name])
  }
}

/// Stopped while the new folder is built.
@Test func aCrashWhileBuildingLeavesTheOlderFolder() throws {
  try withFolder { folder in
    let url = folder.appendingPathComponent("d", isDirectory: true)
    try build(url, 1)
    try build(folder.appendingPathComponent(".hone-part-x1"), 2)
    removeLeftovers(in: folder)
    #expect(filling(url) == 1 && names(in: folder) == ["d"])
  }
}

/// Stopped where the system cannot swap two folders, after the older one stepped aside and before the new one came.
@Test func aCrashBetweenTheTwoMovesBringsTheOlderFolderBack() throws {
  try withFolder { folder in
    let url = folder.appendingPathComponent("d", isDirectory: true)
    try build(folder.appendingPathComponent(".d.hone-old"), 1)
    try build(folder.appendingPathComponent(".hone-part-x1"), 2)
    removeLeftovers(in: folder)
    #expect(filling(url) == 1 && names(in: folder) == ["d"])
  }
}

/// Stopped before the older folder was deleted.
@Test func aCrashAfterTheMovesKeepsTheNewFolder() throws {
  try withFolder { folder in
    let url = folder.appendingPathComponent("d", isDirectory: true)
    try build(url, 2)
    try build(folder.appendingPathComponent(".d.hone-old"), 1)
    try replaceDirectory(at: url, swaps: false) { try build($0, 3) }
    try build(folder.appendingPathComponent(".d.hone-old"), 1)
    removeLeftovers(in: folder)
    #expect(filling(url) == 3 && names(in: folder) == ["d"])
  }
}

/// A process that replaces a folder again and again is killed; the folder is one of those that it built, whole.
@Test(arguments: 0..<(runsEverything ? 50 : 4))
func killedWhileReplacingAFolderLeavesAWholeOne(round: Int) async throws {
  let folder = try makeFolder()
  defer { try? FileManager.default.removeItem(at: folder) }
  let url = folder.appendingPathComponent("d", isDirectory: true)
  try build(url, 255)
  let path = url.path
  await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, round = round as Int] in
    killLater(milliseconds: 3 + round * 7 % 60)
    let url = URL(fileURLWithPath: path, isDirectory: true)
    for index in 0..<1_000_000 {
      try replaceDirectory(at: url, swaps: round % 2 == 0) { try build($0, UInt8(index & 0x7F)) }
    }
  }
  removeLeftovers(in: folder)
  #expect(filling(url) != nil, "round \(round): \(names(in: url))")
  #expect(names(in: folder) == ["d"], "round \(round)")
}
