package import Foundation

/// Vectors as bytes that tell when they were damaged: eight bytes of a sum, then float32; all little-endian.
package enum VectorBytes {
  package static func data(_ vector: [Float]) -> Data {
    var data = Data(capacity: 8 + 4 * vector.count)
    unsafe vector.map({ $0.bitPattern.littleEndian }).withUnsafeBytes { values in
      unsafe withUnsafeBytes(of: checkSum(values).littleEndian) { unsafe data.append(contentsOf: $0) }
      unsafe data.append(contentsOf: values)
    }
    return data
  }

  /// nil: the bytes are not those of a vector that was written so.
  package static func vector(_ data: Data) -> [Float]? {
    let count = data.count / 4 - 2
    guard count >= 1, data.count % 4 == 0 else { return nil }
    return unsafe data.withUnsafeBytes { bytes -> [Float]? in
      let values = unsafe UnsafeRawBufferPointer(rebasing: bytes[8...])
      let sum = unsafe UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
      guard unsafe sum == checkSum(values) || sum == olderSum(values) else { return nil }
      return (0..<count).map { place in
        unsafe Float(
          bitPattern: UInt32(littleEndian: values.loadUnaligned(fromByteOffset: 4 * place, as: UInt32.self)))
      }
    }
  }

  /// Four sums over every fourth word of 64 bits, so that one need not wait for the other, and one over these. Each step
  /// can be undone, so that a change of one word always changes the sum.
  private static func checkSum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var sums = SIMD4<UInt64>(0xCBF2_9CE4_8422_2325, 0x8422_2325_CBF2_9CE4, 0x9E37_79B9_7F4A_7C15, 0xBF58_476D_1CE4_E5B9)
    let prime = SIMD4<UInt64>(repeating: 0x100_0000_01B3)
    var place = 0
    while place + 32 <= bytes.count {
      let words = SIMD4<UInt64>(
        unsafe word(bytes, place), unsafe word(bytes, place + 8), unsafe word(bytes, place + 16),
        unsafe word(bytes, place + 24))
      let mixed = (sums ^ words) &* prime
      sums = (mixed &<< 29) | (mixed &>> 35)
      place += 32
    }
    var sum = UInt64(bytes.count)
    for lane in 0..<4 { sum = step(sum, sums[lane]) }
    while place < bytes.count {
      sum = unsafe step(sum, UInt64(bytes[place]))
      place += 1
    }
    return sum
  }

  private static func step(_ sum: UInt64, _ word: UInt64) -> UInt64 {
    let mixed = (sum ^ word) &* 0x100_0000_01B3
    return (mixed << 29) | (mixed >> 35)
  }

  private static func word(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> UInt64 {
    unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
  }

  /// What stood there before: FNV-1a, 64 bits.
  private static func olderSum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    unsafe bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
