internal import Foundation

/// What comes through a socket, by lines and by counted pieces. It waits on a thread of its own.
actor SocketReader {
  private let socket: LocalSocket
  private let queue = QueueExecutor(label: "hone.terminal.read")
  private var buffer: [UInt8] = []
  /// What of the buffer was given out.
  private var place = 0

  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe queue.asUnownedSerialExecutor() }

  init(_ socket: LocalSocket) { self.socket = socket }

  /// The next line, without its end; `time` is how long it may take in all. A line that the other side did not end
  /// is none.
  func line(most: Int, within time: Duration) throws -> [UInt8] {
    let end = ContinuousClock.now + time
    var searched = place
    while true {
      if let feed = buffer[searched...].firstIndex(of: 0x0A) {
        defer { place = feed + 1 }
        guard feed - place <= most else { throw LinkError.tooLong(limit: most) }
        return Array(buffer[place..<feed])
      }
      guard buffer.count - place <= most else { throw LinkError.tooLong(limit: most) }
      let known = buffer.count - place
      try fill(until: end)
      searched = place + known
    }
  }

  /// Exactly so many bytes.
  func bytes(_ count: Int, within time: Duration) throws -> [UInt8] {
    let end = ContinuousClock.now + time
    while buffer.count - place < count { try fill(until: end) }
    defer { place += count }
    return Array(buffer[place..<place + count])
  }

  private func fill(until end: ContinuousClock.Instant) throws {
    if place > 0 { buffer.removeFirst(place) }
    place = 0
    let came = try socket.receive(1 << 16, within: max(.zero, end - .now))
    guard !came.isEmpty else { throw LinkError.closed }
    buffer += came
  }
}

/// What goes into a socket, a line at a time. It waits on a thread of its own.
actor SocketWriter {
  /// How long the other side may take nothing.
  static let patience = Duration.seconds(30)

  private let socket: LocalSocket
  private let queue = QueueExecutor(label: "hone.terminal.write")

  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe queue.asUnownedSerialExecutor() }

  init(_ socket: LocalSocket) { self.socket = socket }

  func write(_ value: some Encodable & Sendable) throws {
    try socket.send([UInt8](jsonLine(value)), within: Self.patience)
  }

  /// A piece of a file with its length in front; the empty piece ends the file.
  func write(piece: [UInt8]) throws {
    try socket.send(Array("\(piece.count)\n".utf8) + piece, within: Self.patience)
  }
}
