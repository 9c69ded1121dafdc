import Foundation
import HoneTestSupport

extension Seeded {
  static func filling(_ count: Int, seed: UInt64) -> [UInt8] {
    var seeded = Seeded(seed)
    return seeded.bytes(count)
  }
}

/// A new folder, for tests that cannot run inside `withFolder`.
func makeFolder() throws -> URL {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
    "hone-files-\(UUID().uuidString)", isDirectory: true)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  return folder
}

/// Ends this process after a while as a power cut would: no handler runs, nothing is closed in order.
func killLater(milliseconds: Int) {
  DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { kill(getpid(), SIGKILL) }
}

/// From here on a file of this process may not grow beyond `bytes`; growing further is an error, not a signal.
func limitFileSize(bytes: Int) {
  signal(SIGXFSZ, SIG_IGN)
  var limit = rlimit(rlim_cur: rlim_t(bytes), rlim_max: rlim_t(bytes))
  #if canImport(Glibc)
    precondition(unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
  #else
    precondition(unsafe setrlimit(RLIMIT_FSIZE, &limit) == 0)
  #endif
}
