import Foundation
import HoneFiles
import Testing

/// Whether the lock can be had; it is given back at once. nil: the file cannot be opened.
private func isFree(_ url: URL) -> Bool? {
  do {
    let lock = try FileLock(at: url)
    lock.release()
    return true
  } catch {
    return error == .lockedElsewhere(path: url.path) ? false : nil
  }
}

@Test func aLockIsHeldUntilItIsReleased() throws {
  try withFolder { folder in
    let url = folder.appendingPathComponent("lock")
    let lock = try FileLock(at: url)
    #expect(throws: FileError.lockedElsewhere(path: url.path)) { _ = try FileLock(at: url) }
    #expect(isFree(folder.appendingPathComponent("other")) == true)
    lock.release()
    #expect(isFree(url) == true)
  }
}

@Test func theEndOfTheValueIsTheEndOfTheLock() throws {
  try withFolder { folder in
    let url = folder.appendingPathComponent("lock")
    func failWhileHolding() throws {
      let lock = try FileLock(at: url)
      guard isFree(url) == true else { throw CancellationError() }
      lock.release()
    }
    #expect(throws: CancellationError.self) { try failWhileHolding() }
    #expect(isFree(url) == true)
  }
}

@Test func anotherProcessIsKeptOut() async throws {
  let folder = try makeFolder()
  defer { try? FileManager.default.removeItem(at: folder) }
  let path = folder.appendingPathComponent("lock").path
  let lock = try FileLock(at: URL(fileURLWithPath: path))
  await #expect(processExitsWith: .success) { [path = path as String] in
    #expect(isFree(URL(fileURLWithPath: path)) == false)
  }
  lock.release()
  await #expect(processExitsWith: .success) { [path = path as String] in
    #expect(isFree(URL(fileURLWithPath: path)) == true)
  }
}

@Test func aKilledProcessHoldsNothing() async throws {
  let folder = try makeFolder()
  defer { try? FileManager.default.removeItem(at: folder) }
  let path = folder.appendingPathComponent("lock").path
  await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
    let lock = try FileLock(at: URL(fileURLWithPath: path))
    guard isFree(URL(fileURLWithPath: path)) == false else { return }
    kill(getpid(), SIGKILL)
    lock.release()
  }
  #expect(isFree(URL(fileURLWithPath: path)) == true)
}

@Test func aLockLeavesTheFileAsItIs() throws {
  try withFolder { folder in
    let url = folder.appendingPathComponent("lock")
    try Data("text".utf8).write(to: url)
    #expect(isFree(url) == true)
    #expect(try Data(contentsOf: url) == Data("text".utf8))
  }
}

@Test func aPlaceThatCannotBeWrittenIsNotCalledLocked() throws {
  try withFolder { folder in
    for url in [folder, folder.appendingPathComponent("none/lock")] {
      let error = #expect(throws: FileError.self) { _ = try FileLock(at: url) }
      guard case .unwritable? = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
  }
}
