#if os(Linux)
  internal import Glibc

  /// Lets others compute before this thread and the threads that it will start, which inherit both settings. A
  /// process's own nice value reaches only its first thread here.
  func giveWay(_ nice: Int) {
    guard nice > 0 else { return }
    setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Int32(min(nice, 19)))
    var parameters = sched_param(sched_priority: 0)
    _ = unsafe sched_setscheduler(0, 3, &parameters)  // 3: SCHED_BATCH, which the headers show to GNU sources only
  }

  /// Lets other threads of this process compute before this one.
  func giveWayOnThisThread() { giveWay(10) }
#endif
