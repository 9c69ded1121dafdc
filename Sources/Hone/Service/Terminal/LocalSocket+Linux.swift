#if os(Linux)
  internal import Glibc

  let streamKind = Int32(SOCK_STREAM.rawValue)
  let (oneWay, bothWays) = (Int32(SHUT_WR), Int32(SHUT_RDWR))

  /// Writing to who is gone is an error, and no signal.
  let quietly = Int32(MSG_NOSIGNAL)
  func beQuiet(_ descriptor: Int32) {}
#endif
