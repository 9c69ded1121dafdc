internal import Foundation
internal import HoneFiles
internal import HoneKernels

/// Named parts of bytes in one file, with a checksum for every 4 KiB of it.
///
/// ```
/// 0       "HONEVIDX"  version (4)  parts (4)  bytes of the file (8)  checksum of all checksums (4)
/// 28      for each part: its name (4)  bytes (8)
/// 4092    checksum of the header's first 4092 bytes
/// 4096    the parts in this order, each filled with zeros to a multiple of 4096
///         the checksums of these blocks (4 each), filled likewise
/// ```
/// Numbers are little-endian; checksums are CRC-32C. Every byte of the file is under one. In Python:
/// `n = int.from_bytes(f.read(4096)[12:16], "little")`; part i: `name, size = struct.unpack_from("<4sQ", header, 28 + 12 * i)`.
struct IndexFile {
  static let version: UInt32 = 1
  static let block = 4096
  private static let magic = Array("HONEVIDX".utf8)
  private static let mostParts = 64

  let name: String
  private let data: Data
  private var ranges: [String: Range<Int>] = [:]

  /// Maps a file and checks all of it. Complexity: O(bytes), at the rate of checksums.
  init(contentsOf url: URL) throws(IndexFileError) {
    let mapped: Data
    do { mapped = try Data(contentsOf: url, options: .alwaysMapped) } catch {
      throw .unreadable(file: url.lastPathComponent, reason: error.localizedDescription)
    }
    try self.init(mapped, name: url.lastPathComponent)
  }

  init(_ data: Data, name: String) throws(IndexFileError) {
    (self.data, self.name) = (data, name)
    guard data.count >= Self.block else { throw .length(file: name, expected: Self.block, found: data.count) }
    guard Self.magic.elementsEqual(data.prefix(8)) else { throw .notAnIndex(file: name) }
    let version = number(8, as: UInt32.self)
    let own = checksum(0, Self.block - 4)
    let written = number(Self.block - 4, as: UInt32.self)
    guard own == written else { throw .damaged(file: name, offset: 0, expected: written, found: own) }
    guard version == Self.version else { throw .version(file: name, expected: Self.version, found: version) }
    try readParts()
  }

  /// The bytes of a part.
  func part(_ part: String) throws(IndexFileError) -> Data {
    guard let range = ranges[part] else { throw badPart(part, "the part", "none") }
    return data[data.startIndex + range.lowerBound..<data.startIndex + range.upperBound]
  }

  /// The numbers of a part. Shapes: result (count).
  func values<Value: BitwiseCopyable>(_ part: String, as type: Value.Type, count: Int) throws(IndexFileError) -> [Value]
  {
    let bytes = try self.part(part)
    let (size, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Value>.size)
    guard !overflow, count >= 0, bytes.count == size else {
      throw badPart(part, "\(count) numbers of \(MemoryLayout<Value>.size) bytes", "\(bytes.count) bytes")
    }
    return unsafe [Value](unsafeUninitializedCapacity: count) { out, filled in
      unsafe UnsafeMutableRawBufferPointer(out).copyBytes(from: bytes)
      filled = count
    }
  }

  func badPart(_ part: String, _ expected: String, _ found: String) -> IndexFileError {
    .badPart(file: name, part: part, expected: expected, found: found)
  }

  private mutating func readParts() throws(IndexFileError) {
    let count = Int(number(12, as: UInt32.self))
    guard count <= Self.mostParts else { throw badPart("header", "at most \(Self.mostParts) parts", "\(count)") }
    var end = Self.block
    for index in 0..<count {
      let at = 28 + 12 * index
      let name = String(decoding: data[data.startIndex + at..<data.startIndex + at + 4], as: UTF8.self)
      let size = number(at + 4, as: UInt64.self)
      guard size <= UInt64(data.count - end) else {
        let (expected, overflow) = end.addingReportingOverflow(Int(clamping: size))
        throw .length(file: self.name, expected: overflow ? Int.max : expected, found: data.count)
      }
      guard ranges.updateValue(end..<end + Int(size), forKey: name) == nil else {
        throw badPart(name, "one such part", "two")
      }
      end += Self.filled(Int(size))
      guard end <= data.count else { throw .length(file: self.name, expected: end, found: data.count) }
    }
    try checkBlocks(end)
  }

  /// Compares all blocks with the checksums behind them. `end`: where these begin.
  private func checkBlocks(_ end: Int) throws(IndexFileError) {
    let blocks = end / Self.block - 1
    let expected = end + Self.filled(blocks * 4)
    guard data.count == expected, number(16, as: UInt64.self) == UInt64(expected) else {
      throw .length(file: name, expected: expected, found: data.count)
    }
    let own = checksum(end, expected - end)
    let written = number(24, as: UInt32.self)
    guard own == written else { throw .damaged(file: name, offset: end, expected: written, found: own) }
    let together = 256
    let bad = parallelMap((blocks + together - 1) / together) { part in
      (part * together..<min(blocks, (part + 1) * together)).first {
        checksum(($0 + 1) * Self.block, Self.block) != number(end + $0 * 4, as: UInt32.self)
      }
    }
    guard let first = bad.compactMap(\.self).first else { return }
    let offset = (first + 1) * Self.block
    throw .damaged(
      file: name, offset: offset, expected: number(end + first * 4, as: UInt32.self),
      found: checksum(offset, Self.block))
  }

  private func number<Value: FixedWidthInteger & BitwiseCopyable>(_ at: Int, as type: Value.Type) -> Value {
    Value(littleEndian: unsafe data.bytes.unsafeLoadUnaligned(fromByteOffset: at, as: Value.self))
  }

  private func checksum(_ at: Int, _ count: Int) -> UInt32 { crc32c(data.bytes.extracting(at..<at + count)) }

  /// Bytes up to the next whole block.
  private static func filled(_ bytes: Int) -> Int { (bytes + block - 1) / block * block }
}

extension IndexFile {
  /// A part that is to be written; its bytes are asked for twice, for checksums and for writing.
  struct Part {
    let name: String
    let withBytes: ((RawSpan) -> Void) -> Void
    let count: Int

    init(_ name: String, _ bytes: StoredBytes) {
      (self.name, count) = (name, bytes.count)
      withBytes = { body in bytes.withBytes { body($0) } }
    }

    init<Value: BitwiseCopyable>(_ name: String, _ values: [Value]) {
      (self.name, count) = (name, values.count * MemoryLayout<Value>.stride)
      withBytes = { body in unsafe body(values.span.bytes) }
    }
  }

  /// Writes a file beside `url` and puts it there when it is whole and on disk.
  static func write(_ parts: [Part], to url: URL) throws(FileError) {
    var sums: [UInt32] = []
    for part in parts { part.withBytes { sums += blockSums($0) } }
    let sumBytes = padded(sums)
    let total = block + parts.reduce(0) { $0 + filled($1.count) } + sumBytes.count
    let header = header(parts, bytes: total, sumOfSums: unsafe crc32c(sumBytes.span.bytes))
    try replaceFile(at: url) { (file) throws(FileError) in
      try unsafe file.write(header.span.bytes)
      for part in parts {
        var failure: FileError?
        part.withBytes { bytes in
          do throws(FileError) {
            try file.write(bytes)
            let rest = [UInt8](repeating: 0, count: filled(bytes.byteCount) - bytes.byteCount)
            try unsafe file.write(rest.span.bytes)
          } catch { failure = error }
        }
        if let failure { throw failure }
      }
      try unsafe file.write(sumBytes.span.bytes)
    }
  }

  private static func header(_ parts: [Part], bytes: Int, sumOfSums: UInt32) -> [UInt8] {
    var header = magic + little(version) + little(UInt32(parts.count)) + little(UInt64(bytes)) + little(sumOfSums)
    for part in parts { header += Array(part.name.utf8) + little(UInt64(part.count)) }
    precondition(parts.count <= mostParts && parts.allSatisfy { $0.name.utf8.count == 4 }, "\(parts.map(\.name))")
    header += [UInt8](repeating: 0, count: block - 4 - header.count)
    return header + little(unsafe crc32c(header.span.bytes))
  }

  private static func blockSums(_ bytes: RawSpan) -> [UInt32] {
    stride(from: 0, to: bytes.byteCount, by: block).map { start in
      if start + block <= bytes.byteCount { return crc32c(bytes.extracting(start..<start + block)) }
      var last = [UInt8](repeating: 0, count: block)
      for at in start..<bytes.byteCount {
        last[at - start] = unsafe bytes.unsafeLoad(fromByteOffset: at, as: UInt8.self)
      }
      return unsafe crc32c(last.span.bytes)
    }
  }

  private static func padded(_ sums: [UInt32]) -> [UInt8] {
    let bytes = sums.flatMap { little($0) }
    return bytes + [UInt8](repeating: 0, count: filled(bytes.count) - bytes.count)
  }

  private static func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    (0..<Value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (Value($0) * 8)) }
  }
}
