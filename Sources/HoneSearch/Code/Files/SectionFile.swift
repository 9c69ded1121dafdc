package import Foundation

/// The parts of an index file.
package enum IndexSection: UInt32, CaseIterable {
  case about = 1
  case files, functions, trigrams, trigramLists, words, wordLists, vectors

  var name: String {
    switch self {
    case .about: "description"
    case .files: "table of files"
    case .functions: "table of functions"
    case .trigrams: "table of trigrams"
    case .trigramLists: "lists of trigrams"
    case .words: "table of words"
    case .wordLists: "lists of words"
    case .vectors: "vectors"
    }
  }
}

/// A memory-mapped file of sections in which every block of 64 KiB has a checksum.
///
///     "HONECODE"  version  sections n  n × (id, 0, start, bytes)     block sums      sum of the     payload
///     8 bytes     4        4           4, 4, 8, 8                    8 each          above: 8       blocks, from `start`
///
/// Little-endian; starts count from the payload's first byte and are multiples of 64. A block is checked each time
/// that bytes of it are read, so damage anywhere is found before it is believed, and what is not read costs nothing.
/// In Python: `struct.unpack_from("<8sII", data)`, then `struct.unpack_from("<IIQQ", data, 16 + 24 * i)`.
package struct SectionFile: Sendable {
  static let version = 1
  static let blockBytes = 1 << 16
  private static let magic = Array("HONECODE".utf8)

  let name: String
  private let data: Data
  private let sections: [UInt32: Range<Int>]  // in the payload
  private let sums: [UInt64]
  private let payload: Int

  /// Maps a file and checks everything but the payload.
  init(contentsOf url: URL) throws(CodeIndexError) {
    do {
      try self.init(Data(contentsOf: url, options: .alwaysMapped), name: url.lastPathComponent)
    } catch let error as CodeIndexError {
      throw error
    } catch {
      throw .unreadable(file: url.lastPathComponent, reason: error.localizedDescription)
    }
  }

  package init(_ data: Data, name: String) throws(CodeIndexError) {
    let header = Header(data)
    guard data.count >= 16, data.prefix(8).elementsEqual(Self.magic) else { throw .notAnIndex(file: name) }
    let version = Int(header.number(8, 4))
    guard version == Self.version else { throw .otherVersion(file: name, expected: Self.version, found: version) }
    let bad = CodeIndexError.damaged(file: name, part: "header")
    let count = Int(header.number(12, 4))
    guard count <= 64, data.count >= 16 + count * 24 + 8 else { throw bad }
    var sections: [UInt32: Range<Int>] = [:]
    var end = 0
    for place in stride(from: 16, to: 16 + count * 24, by: 24) {
      let (start, bytes) = (header.number(place + 8, 8), header.number(place + 16, 8))
      guard start == UInt64(aligned(end)), bytes <= UInt64(data.count) else { throw bad }
      sections[UInt32(header.number(place, 4))] = Int(start)..<Int(start) + Int(bytes)
      end = Int(start) + Int(bytes)
    }
    let blocks = (end + Self.blockBytes - 1) / Self.blockBytes
    let checked = 16 + count * 24 + blocks * 8
    let payload = aligned(checked + 8)
    guard data.count == payload + end, header.sum(0..<checked) == header.number(checked, 8) else { throw bad }
    self.name = name
    self.data = data
    self.sections = sections
    self.payload = payload
    sums = (0..<blocks).map { header.number(16 + count * 24 + $0 * 8, 8) }
  }

  /// Bytes of the whole file.
  var byteCount: Int { data.count }

  /// Names this very file among all that were ever written: the checksum of its checksums.
  var identity: UInt64 { sums.reduce(UInt64(data.count)) { ($0 ^ $1) &* 0x9E37_79B9_7F4A_7C15 } }

  func count(of section: IndexSection) -> Int { sections[section.rawValue]?.count ?? 0 }

  /// All of a section, checked.
  package func bytes(of section: IndexSection) throws(CodeIndexError) -> [UInt8] {
    try bytes(of: section, 0..<count(of: section))
  }

  func bytes(of section: IndexSection, _ range: Range<Int>) throws(CodeIndexError) -> [UInt8] {
    let place = try checked(section, range)
    return [UInt8](data[data.startIndex + place.lowerBound..<data.startIndex + place.upperBound])
  }

  /// Lends the bytes of a whole section, checked, without a copy.
  func withBytes<Result>(
    of section: IndexSection, _ body: (UnsafeRawBufferPointer) -> Result
  ) throws(CodeIndexError) -> Result {
    let place = try checked(section, 0..<count(of: section))
    return unsafe data.withUnsafeBytes { unsafe body(UnsafeRawBufferPointer(rebasing: $0[place])) }
  }

  /// Where a part of a section lies in the file, after its blocks were checked.
  private func checked(_ section: IndexSection, _ range: Range<Int>) throws(CodeIndexError) -> Range<Int> {
    let bad = CodeIndexError.damaged(file: name, part: section.name)
    guard let whole = sections[section.rawValue], range.lowerBound >= 0, range.upperBound <= whole.count else {
      throw bad
    }
    let place = whole.lowerBound + range.lowerBound..<whole.lowerBound + range.upperBound
    guard !place.isEmpty else { return payload..<payload }
    let header = Header(data)
    for block in place.lowerBound / Self.blockBytes...(place.upperBound - 1) / Self.blockBytes {
      let start = payload + block * Self.blockBytes
      guard header.sum(start..<min(start + Self.blockBytes, data.count)) == sums[block] else { throw bad }
    }
    return payload + place.lowerBound..<payload + place.upperBound
  }

  /// The bytes of a file with these sections.
  package static func encode(_ sections: [(IndexSection, [UInt8])]) -> Data {
    var payload: [UInt8] = []
    var header = magic + littleEndian(UInt32(version)) + littleEndian(UInt32(sections.count))
    for (section, bytes) in sections {
      payload += [UInt8](repeating: 0, count: aligned(payload.count) - payload.count)
      header += littleEndian(section.rawValue) + littleEndian(UInt32(0))
      header += littleEndian(UInt64(payload.count)) + littleEndian(UInt64(bytes.count))
      payload += bytes
    }
    for start in stride(from: 0, to: payload.count, by: blockBytes) {
      header += littleEndian(blockSum(payload, start..<min(start + blockBytes, payload.count)))
    }
    header += littleEndian(blockSum(header, 0..<header.count))
    header += [UInt8](repeating: 0, count: aligned(header.count) - header.count)
    var data = Data(header)
    data.append(contentsOf: payload)
    return data
  }
}

private func aligned(_ place: Int) -> Int { (place + 63) / 64 * 64 }

func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
  (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
}

/// Numbers and checksums of mapped bytes, whose places the caller has checked.
private struct Header {
  let data: Data

  init(_ data: Data) { self.data = data }

  func number(_ place: Int, _ size: Int) -> UInt64 {
    (0..<size).reversed().reduce(0) { $0 << 8 | UInt64(data[data.startIndex + place + $1]) }
  }

  func sum(_ range: Range<Int>) -> UInt64 {
    unsafe data.withUnsafeBytes { unsafe blockSum(UnsafeRawBufferPointer(rebasing: $0[range])) }
  }
}

private func blockSum(_ bytes: [UInt8], _ range: Range<Int>) -> UInt64 {
  unsafe bytes.withUnsafeBytes { unsafe blockSum(UnsafeRawBufferPointer(rebasing: $0[range])) }
}

/// A checksum of 64 bits, eight bytes a step in four lanes.
///
/// state ← turn(state ⊕ word, 29) · odd number: for a given word a bijection of the state and the other way round, so
/// that a change within one word of eight bytes is always found, and any other with 1 − 2⁻⁶⁴.
private func blockSum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
  let odd: UInt64 = 0x9FB2_1C65_1E98_DF25
  var lanes = SIMD4<UInt64>(1, 2, 3, 4) &* odd
  func mixed(_ lane: SIMD4<UInt64>, _ words: SIMD4<UInt64>) -> SIMD4<UInt64> {
    let value = lane ^ words
    return (value &<< 29 | value &>> 35) &* odd
  }
  var place = 0
  while place + 32 <= bytes.count {
    lanes = mixed(lanes, unsafe bytes.loadUnaligned(fromByteOffset: place, as: SIMD4<UInt64>.self))
    place += 32
  }
  var rest = SIMD4<UInt64>.zero
  for index in place..<bytes.count {
    unsafe rest[(index - place) / 8] |= UInt64(bytes[index]) << UInt64((index - place) % 8 * 8)
  }
  lanes = mixed(lanes, rest)
  let sum = (0..<4).reduce(UInt64(bytes.count)) { (sum, index) in
    let value = sum ^ lanes[index]
    return (value << 31 | value >> 33) &* odd
  }
  return sum ^ sum >> 32
}
