#if canImport(Darwin)
  /// Here the system gets freed memory back by itself.
  func giveBackFreedMemory() {}
#endif
