#if canImport(Darwin)
  internal import Darwin

  /// Lets others compute before this process.
  func giveWay(_ nice: Int) {
    if nice > 0 { setpriority(PRIO_PROCESS, 0, Int32(min(nice, 19))) }
  }

  /// Lets other threads of this process compute before this one.
  func giveWayOnThisThread() { pthread_set_qos_class_self_np(QOS_CLASS_UTILITY, 0) }
#endif
