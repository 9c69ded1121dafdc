#if canImport(Darwin)
  internal import Darwin

  extension stat {
    /// When the file's bytes changed last.
    var changed: timespec { st_mtimespec }
  }
#endif
