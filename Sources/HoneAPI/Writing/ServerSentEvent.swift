/// Frames of an event stream (`text/event-stream`).
///
///     id: 7
///     data: {"object":"fine-tune-event",...}
///     (empty line)
///
/// The space behind the colon and one line of data per frame are what the oldest clients read.
package enum ServerSentEvent {
  /// The last frame of a stream.
  package static let done: [UInt8] = Array("data: [DONE]\n\n".utf8)

  /// A line that clients pass over; it keeps the connection alive.
  package static let keepAlive: [UInt8] = Array(": keep-alive\n\n".utf8)

  /// One frame. Data of several lines becomes several `data:` lines, which readers join again.
  ///
  /// `id` comes back as `Last-Event-ID` from a client that reconnects; one with a line end or NUL is left out, for no
  /// frame can hold it.
  package static func frame(data: [UInt8], id: String? = nil) -> [UInt8] {
    var frame: [UInt8] = []
    frame.reserveCapacity(data.count + 32)
    if let id, !id.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D || $0 == 0 }) { frame += "id: \(id)\n".utf8 }
    for line in lines(data) { frame += "data: ".utf8 + line + [0x0A] }
    frame.append(0x0A)
    return frame
  }

  /// The frame of a reply.
  ///
  /// Throws: `EncodingError` for a number that is not finite.
  package static func frame(_ reply: some Reply, id: String? = nil) throws -> [UInt8] {
    frame(data: try reply.body(), id: id)
  }

  /// Divides at LF, CR, or both together.
  private static func lines(_ data: [UInt8]) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var start = 0
    for (place, byte) in data.enumerated() where byte == 0x0A || byte == 0x0D {
      // The LF of a CR LF ended no line of its own.
      if byte == 0x0A, place > 0, data[place - 1] == 0x0D {
        start = place + 1
        continue
      }
      lines.append(data[start..<place])
      start = place + 1
    }
    return lines + [data[start...]]
  }
}
