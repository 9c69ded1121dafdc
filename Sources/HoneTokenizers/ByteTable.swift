/// Byte strings and a number for each, in one block of memory: an open hash table that never changes.
struct ByteTable: Sendable {
  private var bytes: [UInt8] = []
  private var starts: [Int32] = [0]  // (strings + 1)
  private var values: [Int32] = []
  private var slots: [Int32]  // string + 1, or 0
  private let mask: Int

  init(_ strings: [(bytes: [UInt8], value: Int32)]) {
    var size = 16
    while size < strings.count * 2 { size *= 2 }
    mask = size - 1
    slots = [Int32](repeating: 0, count: size)
    for string in strings {
      var slot = Self.hash(string.bytes, 0..<string.bytes.count) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      values.append(string.value)
      slots[slot] = Int32(values.count)
      bytes += string.bytes
      starts.append(Int32(bytes.count))
    }
  }

  /// The number of a part of `text`, or nil.
  func find(_ text: [UInt8], _ range: Range<Int>) -> Int32? {
    var slot = Self.hash(text, range) & mask
    while slots[slot] != 0 {
      let string = Int(slots[slot]) - 1
      if matches(string, text, range) { return values[string] }
      slot = (slot + 1) & mask
    }
    return nil
  }

  private func matches(_ string: Int, _ text: [UInt8], _ range: Range<Int>) -> Bool {
    let start = Int(starts[string])
    guard Int(starts[string + 1]) - start == range.count else { return false }
    for offset in 0..<range.count where bytes[start + offset] != text[range.lowerBound + offset] { return false }
    return true
  }

  private static func hash(_ text: [UInt8], _ range: Range<Int>) -> Int {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in range { hash = (hash ^ UInt64(text[index])) &* 0x100_0000_01B3 }
    hash ^= hash >> 29
    return Int(truncatingIfNeeded: hash & 0x7FFF_FFFF_FFFF_FFFF)
  }
}

/// What two neighbouring tokens become and how early, in one block of memory.
struct MergeTable: Sendable {
  private var keys: [UInt64]
  private var merges: [UInt64]  // rank in the upper half, token in the lower
  private let mask: Int

  init(_ pairs: [(left: Int32, right: Int32, token: Int32)]) {
    var size = 16
    while size < pairs.count * 2 { size *= 2 }
    mask = size - 1
    keys = [UInt64](repeating: .max, count: size)
    merges = [UInt64](repeating: 0, count: size)
    for (rank, pair) in pairs.enumerated() {
      let key = Self.key(pair.left, pair.right)
      var slot = Self.hash(key) & mask
      while keys[slot] != .max, keys[slot] != key { slot = (slot + 1) & mask }
      if keys[slot] == key { continue }
      keys[slot] = key
      merges[slot] = UInt64(rank) << 32 | UInt64(UInt32(bitPattern: pair.token))
    }
  }

  /// Rank (upper half) and token (lower half) of a pair; all ones where it does not merge.
  func find(_ left: Int32, _ right: Int32) -> UInt64 {
    let key = Self.key(left, right)
    var slot = Self.hash(key) & mask
    while keys[slot] != .max {
      if keys[slot] == key { return merges[slot] }
      slot = (slot + 1) & mask
    }
    return .max
  }

  private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  private static func hash(_ key: UInt64) -> Int {
    var hash = key &* 0x9E37_79B9_7F4A_7C15
    hash ^= hash >> 32
    return Int(truncatingIfNeeded: hash & 0x7FFF_FFFF)
  }
}
