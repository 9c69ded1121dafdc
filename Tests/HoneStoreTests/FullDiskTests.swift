import Foundation
import HoneStore
import Testing

#if canImport(Glibc)
  private let fileSize = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
#else
  private let fileSize = RLIMIT_FSIZE
#endif

/// From here on a file of this process may not grow beyond `bytes`, or where that is nil, as before; growing further is
/// an error, not a signal.
private func limitFileSize(bytes: Int?) {
  signal(SIGXFSZ, SIG_IGN)
  var limit = rlimit()
  precondition(unsafe getrlimit(fileSize, &limit) == 0)
  limit.rlim_cur = bytes.map { rlim_t($0) } ?? limit.rlim_max
  precondition(unsafe setrlimit(fileSize, &limit) == 0)
}

/// The record that did not fit is not there, all before it are, and the same store goes on once there is room.
@Test func aDiskWithoutRoomLosesOnlyWhatWasRefused() async throws {
  let folder = newFolder(onDisk: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let path = folder.path
  await #expect(processExitsWith: .success) { [path = path as String] in
    let store = try Store(in: URL(fileURLWithPath: path))
    limitFileSize(bytes: 400_000)
    var kept = 0
    let error = #expect(throws: StoreError.self) {
      for n in 0..<1_000 {
        try store.insert(StoredFile.sample("\(n)"))
        kept += 1
      }
    }
    #expect(["failed", "diskFull"].contains(kind(error)))
    #expect(kept > 5)
    #expect(try store.files().records.count == kept)
    limitFileSize(bytes: nil)
    try store.insert(StoredFile.sample("last"))
    #expect(try store.files().records.count == kept + 1)
    try store.verify()
  }
}
