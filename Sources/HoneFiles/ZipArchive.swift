internal import CZlib

/// The files of a zip archive, by name. Source: PKWARE's application note 6.3.
struct ZipArchive {
  private struct Entry {
    let method: Int
    let checkSum: UInt32
    let packed: Int
    let unpacked: Int
    let header: Int
  }

  private let bytes: [UInt8]
  private let file: String
  private var entries: [String: Entry] = [:]

  init(_ bytes: [UInt8], file: String) throws(TableError) {
    self.bytes = bytes
    self.file = file
    let bad = TableError.badWorkbook(file: file, reason: "no zip archive")
    guard bytes.count >= 22 else { throw bad }
    let lowest = max(0, bytes.count - 65_557)
    guard
      let end = stride(from: bytes.count - 22, through: lowest, by: -1).first(where: {
        number(at: $0, 4) == 0x0605_4B50
      }),
      let count = number(at: end + 10, 2), var place = number(at: end + 16, 4)
    else { throw bad }
    for _ in 0..<count {
      guard number(at: place, 4) == 0x0201_4B50, let method = number(at: place + 10, 2),
        let checkSum = number(at: place + 16, 4),
        let packed = number(at: place + 20, 4), let unpacked = number(at: place + 24, 4),
        let nameLength = number(at: place + 28, 2), let extra = number(at: place + 30, 2),
        let comment = number(at: place + 32, 2), let header = number(at: place + 42, 4),
        place + 46 + nameLength <= bytes.count
      else { throw bad }
      let name = String(decoding: bytes[place + 46..<place + 46 + nameLength], as: UTF8.self)
      entries[name] = Entry(
        method: method, checkSum: UInt32(checkSum), packed: packed, unpacked: unpacked, header: header)
      place += 46 + nameLength + extra + comment
    }
  }

  /// The names of all files, sorted.
  var names: [String] { entries.keys.sorted() }

  /// A file's bytes; nil where the archive has none of that name.
  func read(_ name: String) throws(TableError) -> [UInt8]? {
    guard let entry = entries[name] else { return nil }
    let bad = TableError.badWorkbook(file: file, reason: "a damaged entry \(name)")
    guard number(at: entry.header, 4) == 0x0403_4B50, let nameLength = number(at: entry.header + 26, 2),
      let extra = number(at: entry.header + 28, 2)
    else { throw bad }
    let start = entry.header + 30 + nameLength + extra
    guard start <= bytes.count, entry.packed <= bytes.count - start else { throw bad }
    guard entry.unpacked <= unpackedLimit else { throw .tooLarge(file: file, limit: unpackedLimit) }
    let packed = bytes[start..<start + entry.packed]
    let result: [UInt8]?
    switch entry.method {
    case 0: result = Array(packed)
    case 8: result = try inflate(packed, windowBits: -15, file: file)
    default: result = nil
    }
    guard let result, checkSum(result) == entry.checkSum else { throw bad }
    return result
  }

  /// CRC-32, as zlib computes it.
  private func checkSum(_ bytes: [UInt8]) -> UInt32 {
    unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe UInt32(truncatingIfNeeded: crc32_z(0, bytes.baseAddress, bytes.count))
    }
  }

  private func number(at place: Int, _ size: Int) -> Int? {
    guard place >= 0, place + size <= bytes.count else { return nil }
    return bytes[place..<place + size].reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}
