#if canImport(Darwin)
  internal import Darwin

  /// Lets others compute before this process.
  func giveWay(_ nice: Int) {
    if nice > 0 { setpriority(PRIO_PROCESS, 0, Int32(min(nice, 19))) }
  }
#endif
