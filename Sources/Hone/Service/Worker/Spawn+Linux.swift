#if os(Linux)
  internal import Glibc

  func spawnActions() -> posix_spawn_file_actions_t { unsafe posix_spawn_file_actions_t() }
  func spawnAttributes() -> posix_spawnattr_t { posix_spawnattr_t() }

  /// Lets a new process inherit nothing but its first three descriptors, a process group of its own (a terminal's
  /// interrupt reaches the service alone, which then asks it to stop), and no blocked signal.
  func closeOthers(
    _ actions: UnsafeMutablePointer<posix_spawn_file_actions_t>, _ attributes: UnsafeMutablePointer<posix_spawnattr_t>
  ) {
    if let addCloseFrom = unsafe addCloseFrom { _ = unsafe addCloseFrom(actions, 3) }
    unsafe posix_spawnattr_setpgroup(attributes, 0)
    var none = sigset_t()
    unsafe sigemptyset(&none)
    unsafe posix_spawnattr_setsigmask(attributes, &none)
    unsafe posix_spawnattr_setflags(attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
  }

  private typealias AddCloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32

  /// The headers show this function to GNU sources only, and older libraries lack it: it is looked up.
  private let addCloseFrom: AddCloseFrom? = unsafe dlsym(nil, "posix_spawn_file_actions_addclosefrom_np").map {
    unsafe unsafeBitCast($0, to: AddCloseFrom.self)
  }
#endif
