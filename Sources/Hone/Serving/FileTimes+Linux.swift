#if os(Linux)
  internal import Glibc

  extension stat {
    /// When the file's bytes changed last.
    var changed: timespec { st_mtim }
  }
#endif
