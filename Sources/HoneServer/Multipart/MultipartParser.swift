/// Takes a body of `multipart/form-data` apart as it comes in, in any pieces.
///
///     --BOUNDARY CRLF
///     Content-Disposition: form-data; name="file"; filename="a.jsonl" CRLF
///     CRLF
///     ...bytes... CRLF
///     --BOUNDARY-- CRLF
///
/// It holds what it was fed last and the rest of a line that may be a boundary; nothing else of a part stays.
struct MultipartParser {
  enum Event: Equatable, Sendable {
    case part(PartHead)
    case bytes([UInt8])
    case partEnd
    case end
  }

  private enum Place { case preamble, afterBoundary, head, emptyLine, content, end }

  /// CRLF, two dashes and the boundary.
  private let mark: [UInt8]
  private let headLimit: Int
  private var place = Place.preamble
  private var buffer: [UInt8]
  /// Where in the buffer the parser stands.
  private var start = 0

  init(boundary: String, headLimit: Int) {
    mark = Array("\r\n--\(boundary)".utf8)
    self.headLimit = headLimit
    // The first boundary may stand at the very beginning: as if a line had ended before.
    buffer = [0x0D, 0x0A]
  }

  mutating func feed(_ bytes: [UInt8]) {
    buffer.removeFirst(start)
    start = 0
    buffer += bytes
  }

  /// What comes next, or nil when more must be fed first. Throws: a fault of the form.
  mutating func next() throws(MultipartFault) -> Event? {
    while true {
      let before = place
      let event: Event? =
        switch place {
        case .preamble: preamble()
        case .afterBoundary: try afterBoundary()
        case .head: try head()
        case .emptyLine: emptyLine()
        case .content: content()
        case .end: end()
        }
      if let event { return event }
      if place == before { return nil }
    }
  }

  /// Passes over what stands before the first boundary.
  private mutating func preamble() -> Event? {
    guard let found = find(mark) else {
      start = max(start, buffer.count - mark.count + 1)
      return nil
    }
    start = found + mark.count
    place = .afterBoundary
    return nil
  }

  /// Behind a boundary two dashes end the form, and a line end begins a part.
  private mutating func afterBoundary() throws(MultipartFault) -> Event? {
    var here = start
    while here < buffer.count, buffer[here] == 0x20 || buffer[here] == 0x09 { here += 1 }
    guard here - start <= headLimit else { throw .headTooLarge(limit: headLimit) }
    guard buffer.count - here >= 2 else { return nil }
    switch (buffer[here], buffer[here + 1]) {
    case (0x2D, 0x2D): place = .end
    case (0x0D, 0x0A): place = .head
    default: throw .strayBytes
    }
    start = here + 2
    return nil
  }

  /// The header lines of a part, up to the empty line, whose line end stays.
  private mutating func head() throws(MultipartFault) -> Event? {
    let hasNone = buffer.count - start >= 2 && buffer[start] == 0x0D && buffer[start + 1] == 0x0A
    guard let end = hasNone ? start : find([0x0D, 0x0A, 0x0D, 0x0A]) else {
      guard buffer.count - start <= headLimit else { throw .headTooLarge(limit: headLimit) }
      return nil
    }
    guard end - start <= headLimit else { throw .headTooLarge(limit: headLimit) }
    let head = try PartHead(lines: buffer[start..<end])
    start = hasNone ? end : end + 2
    place = .emptyLine
    return .part(head)
  }

  /// The line end before the content; in a part without content it may be that of the boundary.
  private mutating func emptyLine() -> Event? {
    let found = buffer[start...].prefix(mark.count)
    if found.elementsEqual(mark) { return partEnd() }
    guard !found.elementsEqual(mark.prefix(found.count)) else { return nil }
    start += 2
    place = .content
    return nil
  }

  private mutating func content() -> Event? {
    // The last bytes may be the beginning of a boundary, and wait.
    let found = find(mark)
    let end = found ?? (buffer.count - mark.count + 1)
    guard end > start else { return found == nil ? nil : partEnd() }
    let bytes = Array(buffer[start..<end])
    start = end
    return .bytes(bytes)
  }

  private mutating func partEnd() -> Event {
    start += mark.count
    place = .afterBoundary
    return .partEnd
  }

  /// What stands behind the form is passed over.
  private mutating func end() -> Event {
    start = buffer.count
    return .end
  }

  /// Where the bytes stand next.
  private func find(_ bytes: [UInt8]) -> Int? {
    guard let first = bytes.first else { return nil }
    var place = start
    while buffer.count - place >= bytes.count {
      let last = buffer.count - bytes.count
      guard let hit = buffer[place...last].firstIndex(of: first) else { return nil }
      if buffer[hit..<(hit + bytes.count)].elementsEqual(bytes) { return hit }
      place = hit + 1
    }
    return nil
  }
}
