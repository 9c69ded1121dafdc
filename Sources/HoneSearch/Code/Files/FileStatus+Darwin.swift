#if canImport(Darwin)
  internal import Foundation

  /// When a file was last changed, in nanoseconds since 1970.
  func changeTime(of status: stat) -> Int {
    status.st_mtimespec.tv_sec &* 1_000_000_000 &+ status.st_mtimespec.tv_nsec
  }
#endif
