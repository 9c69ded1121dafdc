internal import Foundation

/// Why nothing more comes or goes through a socket.
package enum LinkError: Error, Equatable, CustomStringConvertible {
  /// The other side has closed, in the midst of something.
  case closed
  case timedOut
  /// A line, or a piece of a file, was longer than it may be.
  case tooLong(limit: Int)
  /// Something else than was agreed on.
  case malformed(expected: String)
  case system(code: Int32)

  package var description: String {
    switch self {
    case .closed: "expected more from the other process, found the end"
    case .timedOut: "expected something from the other process, found nothing in time"
    case .tooLong(let limit): "expected at most \(limit) bytes, found more"
    case .malformed(let expected): "expected \(expected), found something else"
    case .system(let code): "the connection failed (\(unsafe String(cString: strerror(code))))"
    }
  }
}

/// One end of a connection between two processes of this machine. Calls wait, so they belong on threads that may.
package final class LocalSocket: Sendable {
  private let descriptor: Int32

  /// Takes over an open socket.
  init(owning descriptor: Int32) {
    self.descriptor = descriptor
    prepare(descriptor)
  }

  deinit { close(descriptor) }

  /// Connects with the process that listens at a path. Nobody there: `ECONNREFUSED` or `ENOENT`.
  package static func dial(_ path: String) throws(LinkError) -> LocalSocket {
    let result = LocalSocket(owning: try newSocket())
    try unsafe withAddress(path) { address, length in unsafe connect(result.descriptor, address, length) }
    return result
  }

  /// A socket at which others may connect, for the owner of this process alone. The path must be free.
  package static func listen(at path: String) throws(LinkError) -> LocalSocket {
    let result = LocalSocket(owning: try newSocket())
    try unsafe withAddress(path) { address, length in unsafe bind(result.descriptor, address, length) }
    guard unsafe chmod(path, 0o600) == 0, Foundation.listen(result.descriptor, 64) == 0 else {
      let code = errno
      _ = unsafe unlink(path)
      throw .system(code: code)
    }
    return result
  }

  /// Bytes of the longest path of a socket.
  package static let longestPath = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

  /// The next one who connects; nil when none did within the time.
  package func accept(within time: Duration) throws(LinkError) -> LocalSocket? {
    do {
      try wait(for: Int16(POLLIN), until: .now + time)
    } catch .timedOut {
      return nil
    }
    let accepted = Foundation.accept(descriptor, nil, nil)
    if accepted >= 0 { return LocalSocket(owning: accepted) }
    if [EAGAIN, EWOULDBLOCK, EINTR, ECONNABORTED].contains(errno) { return nil }
    throw .system(code: errno)
  }

  /// What has come, at most so many bytes; empty when the other side has closed.
  package func receive(_ most: Int, within time: Duration) throws(LinkError) -> [UInt8] {
    let end = ContinuousClock.now + time
    var buffer = [UInt8](repeating: 0, count: most)
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
      if count >= 0 { return Array(buffer.prefix(count)) }
      try goOn(after: errno, Int16(POLLIN), until: end)
    }
  }

  /// Sends all bytes; `time` is how long the other side may take none of them.
  package func send(_ bytes: [UInt8], within time: Duration) throws(LinkError) {
    var end = ContinuousClock.now + time
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe Foundation.send(descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent, quietly)
      }
      if count >= 0 {
        sent += count
        end = .now + time
      } else {
        try goOn(after: errno, Int16(POLLOUT), until: end)
      }
    }
  }

  /// Says that nothing more comes; the answer may still.
  package func endSending() { _ = shutdown(descriptor, oneWay) }

  /// Ends the connection for both sides, whoever waits for it.
  package func hangUp() { _ = shutdown(descriptor, bothWays) }

  private func goOn(after code: Int32, _ events: Int16, until end: ContinuousClock.Instant) throws(LinkError) {
    switch code {
    case EINTR: return
    case EAGAIN, EWOULDBLOCK: try wait(for: events, until: end)
    case EPIPE, ECONNRESET, ENOTCONN: throw .closed
    default: throw .system(code: code)
    }
  }

  private func wait(for events: Int16, until end: ContinuousClock.Instant) throws(LinkError) {
    while true {
      let left = (end - .now) / .milliseconds(1)
      guard left > 0 else { throw .timedOut }
      var request = pollfd(fd: descriptor, events: events, revents: 0)
      let count = unsafe poll(&request, 1, Int32(min(left.rounded(.up), 60_000)))
      if count > 0 { return }
      if count < 0, errno != EINTR { throw .system(code: errno) }
    }
  }
}

private func newSocket() throws(LinkError) -> Int32 {
  let descriptor = socket(AF_UNIX, streamKind, 0)
  guard descriptor >= 0 else { throw .system(code: errno) }
  return descriptor
}

/// Not inherited by processes that are started; calls do not wait by themselves.
private func prepare(_ descriptor: Int32) {
  _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
  beQuiet(descriptor)
}

/// Calls `body` with a path as the system wants it; -1 is an error.
private func withAddress(
  _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
) throws(LinkError) {
  let bytes = Array(path.utf8)
  guard bytes.count <= LocalSocket.longestPath, !bytes.contains(0) else {
    throw .tooLong(limit: LocalSocket.longestPath)
  }
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
  let length = socklen_t(MemoryLayout.size(ofValue: address))
  let result = unsafe withUnsafePointer(to: &address) {
    unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, length) }
  }
  guard result >= 0 else { throw .system(code: errno) }
}
