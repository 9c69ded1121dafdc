import Foundation
import HoneStore
import Testing

/// The file of a store with some records in it, closed, for tests that open it otherwise.
func closedStore(events: Int = 0, onDisk: Bool = false) throws -> URL {
  let folder = newFolder(onDisk: onDisk)
  let store = try Store(in: folder)
  try store.insert(StoredFile.sample("file-1"))
  try store.insert(APIKey.sample("key-1"))
  try store.insert(StoredJob.sample("1"))
  for start in stride(from: 0, to: events, by: 500) {
    try store.apply((start..<min(start + 500, events)).map { .append(.sample("1", $0)) })
  }
  try store.set("a", to: "b")
  try store.close()
  return folder
}

@Test func recordsAreThereWhenTheStoreIsOpenedAgain() throws {
  let folder = try closedStore(onDisk: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let store = try Store(in: folder)
  #expect(try store.file("file-1") == .sample("file-1"))
  #expect(try store.job("1") == .sample("1"))
  try store.verify()
}

@Test func aNewStoreIsOneFileThatOnlyItsUserMayRead() throws {
  let folder = try closedStore()
  defer { try? FileManager.default.removeItem(at: folder) }
  #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["hone.sqlite"])
  let file = folder.appendingPathComponent("hone.sqlite").path
  let permissions = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? NSNumber
  #expect(permissions?.intValue == 0o600)
}

@Test func aStoreLeftHalfMadeIsMadeAnew() throws {
  let folder = newFolder()
  defer { try? FileManager.default.removeItem(at: folder) }
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  for ending in ["", "-journal", "-wal", "-shm"] {
    try Data("half").write(to: folder.appendingPathComponent("hone.sqlite-new" + ending))
  }
  try Data().write(to: folder.appendingPathComponent("hone.sqlite-lock"))
  let store = try Store(in: folder)
  try store.set("a", to: "b")
  try store.close()
  #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["hone.sqlite"])
}

@Test func aClosedStoreThrows() throws {
  let folder = newFolder()
  defer { try? FileManager.default.removeItem(at: folder) }
  let store = try Store(in: folder)
  try store.close()
  #expect(throws: StoreError.self) { try store.set("a", to: "b") }
  #expect(throws: StoreError.self) { try store.jobs() }
}

/// Writes a number into the header, at the place where SQLite keeps the version (60) or the program (68).
private func patch(_ folder: URL, at offset: UInt64, _ number: UInt32) throws {
  let handle = try FileHandle(forUpdating: folder.appendingPathComponent("hone.sqlite"))
  try handle.seek(toOffset: offset)
  try handle.write(contentsOf: (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) })
  try handle.close()
}

@Test func aStoreOfANewerVersionIsRefusedAndStaysAsItIs() throws {
  let folder = try closedStore()
  defer { try? FileManager.default.removeItem(at: folder) }
  let file = folder.appendingPathComponent("hone.sqlite")
  try patch(folder, at: 60, 7)
  let before = try Data(contentsOf: file)
  let error = #expect(throws: StoreError.newerVersion(path: file.path, expected: 3, found: 7)) {
    try Store(in: folder)
  }
  #expect(
    error?.description.hasSuffix(
      "expected records of version 3 or older, found version 7; use the newer Hone that wrote them, or choose another home"
    ) == true)
  #expect(try Data(contentsOf: file) == before)
  #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["hone.sqlite"])
}

/// `Golden/version-1.sqlite` was written by Hone at commit 5fb311c: a file and an upload that waits.
@Test func theFirstVersionIsReadAndBroughtToThis() throws {
  let folder = newFolder()
  defer { try? FileManager.default.removeItem(at: folder) }
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  let golden = try #require(Bundle.module.url(forResource: "Golden", withExtension: nil))
  try FileManager.default.copyItem(
    at: golden.appendingPathComponent("version-1.sqlite"), to: folder.appendingPathComponent("hone.sqlite"))
  for _ in 0..<2 {
    let store = try Store(in: folder)
    defer { try? store.close() }
    let (file, upload) = (try store.file("file-1"), try store.upload("upload_1"))
    #expect(file?.filename == "a.jsonl" && file?.tokens == nil && file?.examples == nil)
    #expect(upload?.bytes == 30 && upload?.fileSeconds == nil)
    try store.verify()
  }
}

@Test func theFileOfAnotherProgramIsRefused() throws {
  let folder = try closedStore()
  defer { try? FileManager.default.removeItem(at: folder) }
  let file = folder.appendingPathComponent("hone.sqlite")
  try patch(folder, at: 68, 0)
  #expect(throws: StoreError.notAStore(path: file.path, found: "the SQLite file of another program (0)")) {
    try Store(in: folder)
  }
  let text = Data(String(repeating: "prompt,completion\n", count: 100))
  try text.write(to: file)
  let error = #expect(throws: StoreError.self) { try Store(in: folder) }
  #expect(kind(error) == "notAStore")
  #expect(try Data(contentsOf: file) == text)
}

@Test func aFolderOrNothingReadableInItsPlaceIsAnError() throws {
  let folder = newFolder()
  defer { try? FileManager.default.removeItem(at: folder) }
  let file = folder.appendingPathComponent("hone.sqlite")
  try FileManager.default.createDirectory(at: file, withIntermediateDirectories: true)
  #expect(kind(#expect(throws: StoreError.self) { try Store(in: folder) }) == "unavailable")
  // A store within a file, not a folder.
  let other = newFolder()
  defer { try? FileManager.default.removeItem(at: other) }
  try Data("x").write(to: other)
  #expect(kind(#expect(throws: StoreError.self) { try Store(in: other) }) == "unavailable")
}
