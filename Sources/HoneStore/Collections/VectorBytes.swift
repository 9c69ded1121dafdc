internal import Foundation

/// Vectors as bytes that tell when they were damaged: eight bytes of a sum, then float32; all little-endian.
enum VectorBytes {
  static func data(_ vector: [Float]) -> Data {
    var bytes = [UInt8](repeating: 0, count: 8 + 4 * vector.count)
    for (index, value) in vector.enumerated() {
      let (bits, at) = (value.bitPattern, 8 + 4 * index)
      bytes[at] = UInt8(truncatingIfNeeded: bits)
      bytes[at + 1] = UInt8(truncatingIfNeeded: bits >> 8)
      bytes[at + 2] = UInt8(truncatingIfNeeded: bits >> 16)
      bytes[at + 3] = UInt8(truncatingIfNeeded: bits >> 24)
    }
    let sum = checkSum(bytes[8...])
    for place in 0..<8 { bytes[place] = UInt8(truncatingIfNeeded: sum >> UInt64(8 * place)) }
    return Data(bytes)
  }

  /// nil: the bytes are not those of a vector that was written so.
  static func vector(_ data: Data) -> [Float]? {
    let bytes = [UInt8](data)
    guard bytes.count >= 12, bytes.count % 4 == 0 else { return nil }
    let sum = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard sum == checkSum(bytes[8...]) else { return nil }
    return stride(from: 8, to: bytes.count, by: 4).map { start in
      let bits =
        UInt32(bytes[start]) | UInt32(bytes[start + 1]) << 8 | UInt32(bytes[start + 2]) << 16
        | UInt32(bytes[start + 3]) << 24
      return Float(bitPattern: bits)
    }
  }

  /// FNV-1a, 64 bits.
  private static func checkSum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
