#if os(Linux)
  internal import Glibc

  /// Has the system get large pieces of memory back when they are freed, in a process that lives long.
  ///
  /// By itself the C library keeps, after the first large pieces, also larger ones in its heaps, of which it makes one for
  /// each thread: after thousands of answers a server held 440 MB of which it used 50.
  func giveBackFreedMemory() {
    guard let set = setMemoryOption else { return }
    _ = set(-3, 1 << 20)  // M_MMAP_THRESHOLD: from so many bytes on a piece is the system's own, and stays so
    _ = set(-8, 2)  // M_ARENA_MAX: heaps
  }

  /// Other libraries than GNU's lack `mallopt`, and Swift's module of it too: it is looked up.
  private let setMemoryOption: (@convention(c) (Int32, Int32) -> Int32)? = unsafe dlsym(nil, "mallopt").map {
    unsafe unsafeBitCast($0, to: (@convention(c) (Int32, Int32) -> Int32).self)
  }
#endif
