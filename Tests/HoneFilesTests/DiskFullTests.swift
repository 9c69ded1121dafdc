import Foundation
import HoneFiles
import Testing

/// A disk of 64 kB that is there while `body` runs; where this process may not mount one, nothing runs, aloud.
private func withTinyDisk(_ body: (URL) throws -> Void) throws {
  try withFolder { folder in
    guard try run("mount", "-t", "tmpfs", "-o", "size=64k", "none", folder.path) == 0 else {
      print("skipped: a disk of 64 kB needs the right to mount one")
      return
    }
    defer { _ = try? run("umount", "-l", folder.path) }
    try body(folder)
  }
}

private func run(_ arguments: String...) throws -> Int32 {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = arguments
  process.standardError = FileHandle.nullDevice
  process.standardOutput = FileHandle.nullDevice
  try process.run()
  process.waitUntilExit()
  return process.terminationStatus
}

private let old = Data("old".utf8)
private let large = Data(repeating: 1, count: 200_000)

/// Both in one test, so that one small disk is enough.
@Test func aFullDiskLeavesTheOlderFileAndFolder() throws {
  try withTinyDisk { disk in
    let (file, folder) = (disk.appendingPathComponent("f"), disk.appendingPathComponent("d", isDirectory: true))
    try replaceFile(at: file, with: old)
    #expect(throws: FileError.diskFull(path: file.path)) { try replaceFile(at: file, with: large) }
    try replaceDirectory(at: folder) { try old.write(to: $0.appendingPathComponent("a")) }
    let builders: [(URL) throws -> Void] = [
      { try large.write(to: $0.appendingPathComponent("a")) },
      { try replaceFile(at: $0.appendingPathComponent("a"), with: large) },
      {
        try Safetensors.write(
          [("a", [50_000], [Float](repeating: 1, count: 50_000))], to: $0.appendingPathComponent("a"))
      },
    ]
    for build in builders {
      #expect(throws: FileError.diskFull(path: folder.path)) { try replaceDirectory(at: folder, building: build) }
    }
    #expect(names(in: disk) == ["d", "f"] && names(in: folder) == ["a"])
    #expect(try Data(contentsOf: file) == old && Data(contentsOf: folder.appendingPathComponent("a")) == old)
  }
}

/// The device `/dev/full` is a disk without room.
@Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "needs /dev/full"))
func weightsThatFindNoRoomSaySo() {
  let url = URL(fileURLWithPath: "/dev/full")
  #expect(throws: FileError.diskFull(path: "/dev/full")) { try Safetensors.write([("a", [1], [1])], to: url) }
}

/// A file that may not grow stops the writing in the middle, after a part of the bytes.
@Test func aWriteThatStopsHalfwayLeavesTheOlderFile() async throws {
  let folder = try makeFolder()
  defer { try? FileManager.default.removeItem(at: folder) }
  let (file, path) = (folder.appendingPathComponent("f"), folder.path)
  try replaceFile(at: file, with: old)
  await #expect(processExitsWith: .success) { [path = path as String] in
    limitFileSize(bytes: 100_000)
    let folder = URL(fileURLWithPath: path, isDirectory: true)
    let file = folder.appendingPathComponent("f")
    let error = #expect(throws: FileError.self) { try replaceFile(at: file, with: large) }
    #expect(error?.description.hasPrefix(file.path) == true)
    #expect(throws: FileError.self) {
      try replaceDirectory(at: folder.appendingPathComponent("d")) {
        try replaceFile(at: $0.appendingPathComponent("a"), with: large)
      }
    }
    #expect(names(in: folder) == ["f"])
  }
  #expect(try Data(contentsOf: file) == old)
}
