/// A PNG of red, green and blue bytes without compression, as few lines as its format allows.
package struct TinyPNG {
  package let bytes: [UInt8]

  /// Shapes: rows (height, width, 3); it may hold less than the header says.
  package init(width: Int, height: Int, rows: [UInt8]) {
    var raw: [UInt8] = []
    for start in stride(from: 0, to: rows.count, by: 3 * width) { raw += [0] + rows[start..<start + 3 * width] }
    let size = UInt16(raw.count)
    var packed: [UInt8] = [0x78, 0x01, 1]
    for half in [size, ~size] { packed += [UInt8(half & 255), UInt8(half >> 8)] }
    packed += raw
    packed += Self.big(Self.adler32(raw))
    var head = Self.big(UInt32(width))
    head += Self.big(UInt32(height))
    head += [8, 2, 0, 0, 0] as [UInt8]
    var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    for (name, body) in [("IHDR", head), ("IDAT", packed), ("IEND", [])] { file += Self.chunk(name, body) }
    bytes = file
  }

  /// The same bytes with the checksum of every chunk that can be found made right.
  package static func withChecksums(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    var place = 8
    while place + 12 <= bytes.count {
      let length = bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= bytes.count - place - 12 else { break }
      let end = place + 8 + length
      bytes.replaceSubrange(end..<end + 4, with: big(crc32(bytes[place + 4..<end])))
      place = end + 4
    }
    return bytes
  }

  private static func chunk(_ name: String, _ body: [UInt8]) -> [UInt8] {
    let named = Array(name.utf8) + body
    return big(UInt32(body.count)) + named + big(crc32(named[...]))
  }

  private static func big(_ number: UInt32) -> [UInt8] { (0..<4).map { UInt8(number >> (24 - 8 * $0) & 255) } }

  private static func adler32(_ bytes: [UInt8]) -> UInt32 {
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in bytes {
      a = (a + UInt32(byte)) % 65521
      b = (b + a) % 65521
    }
    return b << 16 | a
  }

  private static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var sum = ~UInt32(0)
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? (sum >> 1) ^ 0xEDB8_8320 : sum >> 1 }
    }
    return ~sum
  }
}
