#if canImport(Darwin)
  internal import Darwin

  func spawnActions() -> posix_spawn_file_actions_t? { nil }
  func spawnAttributes() -> posix_spawnattr_t? { nil }

  /// Lets a new process inherit nothing but its first three descriptors, a process group of its own, and no blocked
  /// signal.
  func closeOthers(
    _ actions: UnsafeMutablePointer<posix_spawn_file_actions_t?>,
    _ attributes: UnsafeMutablePointer<posix_spawnattr_t?>
  ) {
    unsafe posix_spawnattr_setpgroup(attributes, 0)
    var none: sigset_t = 0
    sigemptyset(&none)
    unsafe posix_spawnattr_setsigmask(attributes, &none)
    let flags = POSIX_SPAWN_CLOEXEC_DEFAULT | POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK
    unsafe posix_spawnattr_setflags(attributes, Int16(flags))
  }
#endif
