/// Numbers and texts end to end in few bytes, the form that tables of a ``SectionFile`` have.
///
/// A number is a varint: seven bits a byte, the lowest first, the upper bit set where more follow. A text is the
/// varint of its length and its UTF-8.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  mutating func number(_ value: Int) {
    precondition(value >= 0, "a varint of \(value)")
    appendVarint(UInt64(value), to: &bytes)
  }

  mutating func text(_ text: String) {
    let utf8 = Array(text.utf8)
    number(utf8.count)
    bytes += utf8
  }
}

func appendVarint(_ value: UInt64, to bytes: inout [UInt8]) {
  var rest = value
  while rest > 127 {
    bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
    rest >>= 7
  }
  bytes.append(UInt8(rest))
}

/// Reads what ``ByteWriter`` wrote; every wrong byte ends in an error that names the table.
struct ByteReader {
  private let bytes: [UInt8]
  private let file: String
  private let part: String
  private(set) var place = 0

  init(_ bytes: [UInt8], file: String, part: String) {
    self.bytes = bytes
    self.file = file
    self.part = part
  }

  var isAtEnd: Bool { place == bytes.count }

  var damage: CodeIndexError { .damaged(file: file, part: part) }

  mutating func number() throws(CodeIndexError) -> Int {
    var (value, shift): (UInt64, UInt64) = (0, 0)
    while place < bytes.count, shift < 63 {
      let byte = bytes[place]
      place += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return Int(truncatingIfNeeded: value) }
      shift += 7
    }
    throw damage
  }

  /// A number below `limit`.
  mutating func number(below limit: Int) throws(CodeIndexError) -> Int {
    let value = try number()
    guard value >= 0, value < limit else { throw damage }
    return value
  }

  /// How many things follow, each of `size` bytes or more: never more than the bytes could hold.
  mutating func count(size: Int = 1) throws(CodeIndexError) -> Int {
    let count = try number()
    guard count <= (bytes.count - place) / size else { throw damage }
    return count
  }

  mutating func text() throws(CodeIndexError) -> String {
    let count = try count()
    guard let text = String(validating: bytes[place..<place + count], as: UTF8.self) else { throw damage }
    place += count
    return text
  }
}
