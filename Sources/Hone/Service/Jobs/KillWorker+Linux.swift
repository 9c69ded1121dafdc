#if os(Linux)
  internal import Foundation

  /// Kills the process whose command line says that it trains the job of this folder. A stored process number would
  /// not do: after a restart of the machine it may be another's.
  func killWorker(of folder: URL) {
    let wanted = Data("work\0\(folder.path)\0".utf8)
    for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
      guard let pid = Int32(name), pid > 1, pid != getpid(),
        let line = try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(name)/cmdline")), line.range(of: wanted) != nil
      else { continue }
      kill(pid, SIGKILL)
    }
  }
#endif
