#if canImport(Darwin)
  internal import Darwin

  let streamKind = SOCK_STREAM
  let (oneWay, bothWays) = (SHUT_WR, SHUT_RDWR)

  /// Writing to who is gone is an error, and no signal: said once of the socket, not with each call.
  let quietly: Int32 = 0
  func beQuiet(_ descriptor: Int32) {
    var yes: Int32 = 1
    _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &yes, socklen_t(MemoryLayout<Int32>.size))
  }
#endif
