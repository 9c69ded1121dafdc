import Foundation
import HoneStore
import Testing

@Test(arguments: [1, 2, 7, 8, 9, 16, 384, 385])
func everyFlippedBitOfAVectorIsFound(count: Int) {
  let vector = (0..<count).map { Float($0) * 0.37 - 1 }
  let bytes = VectorBytes.data(vector)
  #expect(bytes.count == 8 + 4 * count && VectorBytes.vector(bytes) == vector)
  for bit in 0..<bytes.count * 8 {
    var damaged = bytes
    damaged[bit / 8] ^= 1 << UInt8(bit % 8)
    #expect(VectorBytes.vector(damaged) == nil, "bit \(bit)")
  }
  #expect(VectorBytes.vector(bytes.dropLast(4)) == nil && VectorBytes.vector(bytes + [0, 0, 0, 0]) == nil)
  #expect(VectorBytes.vector(bytes.dropLast()) == nil && VectorBytes.vector(bytes.prefix(8)) == nil)
  #expect(VectorBytes.vector(Data(count: 8 + 4 * count)) == nil && VectorBytes.vector(Data()) == nil)
}

/// Before, the sum was FNV-1a over the bytes.
@Test func vectorsOfOlderFilesAreRead() {
  let vector: [Float] = [1, -2.5, 3e20, 0, 5]
  let values = VectorBytes.data(vector).dropFirst(8)
  let sum = values.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  let older = Data((0..<8).map { UInt8(truncatingIfNeeded: sum >> UInt64(8 * $0)) }) + values
  #expect(VectorBytes.vector(older) == vector)
}
