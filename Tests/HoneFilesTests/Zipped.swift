/// A zip archive of the given files, with deflated entries of stored blocks or with plain ones.
func zipBytes(_ files: [(name: String, bytes: [UInt8])], method: UInt16 = 8, comment: String = "") -> [UInt8] {
  var (body, directory) = ([UInt8](), [UInt8]())
  for (name, bytes) in files {
    let packed = method == 8 ? storedBlocks(bytes) : bytes
    let shared =
      littleEndian(20 as UInt16, 0, method, 0, 0)
      + littleEndian(crc32(bytes), UInt32(packed.count), UInt32(bytes.count))
      + littleEndian(UInt16(name.utf8.count), 0)
    let place = UInt32(body.count)
    body += littleEndian(0x0403_4B50 as UInt32) + shared + Array(name.utf8) + packed
    directory += littleEndian(0x0201_4B50 as UInt32) + littleEndian(20 as UInt16) + shared
    directory += littleEndian(0 as UInt16, 0, 0) + littleEndian(0 as UInt32, place) + Array(name.utf8)
  }
  let count = UInt16(files.count)
  return body + directory + littleEndian(0x0605_4B50 as UInt32) + littleEndian(0, 0, count, count)
    + littleEndian(UInt32(directory.count), UInt32(body.count)) + littleEndian(UInt16(comment.utf8.count))
    + Array(comment.utf8)
}

/// A gzip member that holds the bytes as they are.
func gzipBytes(_ bytes: [UInt8]) -> [UInt8] {
  [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF] + storedBlocks(bytes) + littleEndian(crc32(bytes), UInt32(bytes.count))
}

/// A deflate stream of blocks that are not compressed. Source: RFC 1951, 3.2.4.
private func storedBlocks(_ bytes: [UInt8]) -> [UInt8] {
  var (result, place) = ([UInt8](), 0)
  repeat {
    let count = min(65_535, bytes.count - place)
    result.append(place + count == bytes.count ? 1 : 0)
    result += littleEndian(UInt16(count), ~UInt16(count)) + bytes[place..<place + count]
    place += count
  } while place < bytes.count
  return result
}

/// Source: RFC 1952, 8.
private func crc32(_ bytes: [UInt8]) -> UInt32 {
  ~bytes.reduce(~0) { sum, byte in
    (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
  }
}

private func littleEndian<Number: FixedWidthInteger>(_ numbers: Number...) -> [UInt8] {
  numbers.flatMap { number in (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) } }
}
