package import Foundation

/// The name that git gives to a file's content: SHA-1 of "blob", its size and its bytes, in hexadecimal.
///
/// The Hugging Face hub lists it for small files. It guards against damage, not against malice.
package func gitBlobHash(of data: Data) -> String { sha1(Array("blob \(data.count)\0".utf8) + data) }

/// Source: FIPS 180-4.
private func sha1(_ message: [UInt8]) -> String {
  var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
  var bytes = message + [0x80]
  while bytes.count % 64 != 56 { bytes.append(0) }
  for shift in stride(from: 56, through: 0, by: -8) {
    bytes.append(UInt8(truncatingIfNeeded: (UInt64(message.count) * 8) >> UInt64(shift)))
  }
  var words = [UInt32](repeating: 0, count: 80)
  for block in stride(from: 0, to: bytes.count, by: 64) {
    for i in 0..<16 {
      words[i] = (0..<4).reduce(0) { $0 << 8 | UInt32(bytes[block + i * 4 + $1]) }
    }
    for i in 16..<80 { words[i] = rotate(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1) }
    var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
    for i in 0..<80 {
      let (mixed, constant): (UInt32, UInt32) =
        switch i / 20 {
        case 0: ((b & c) | (~b & d), 0x5A82_7999)
        case 1: (b ^ c ^ d, 0x6ED9_EBA1)
        case 2: ((b & c) | (b & d) | (c & d), 0x8F1B_BCDC)
        default: (b ^ c ^ d, 0xCA62_C1D6)
        }
      let next = rotate(a, 5) &+ mixed &+ e &+ constant &+ words[i]
      (e, d, c, b, a) = (d, c, rotate(b, 30), a, next)
    }
    for (i, value) in [a, b, c, d, e].enumerated() { state[i] &+= value }
  }
  let digits = Array("0123456789abcdef")
  return state.reduce(into: "") { text, word in
    for shift in stride(from: 28, through: 0, by: -4) { text.append(digits[Int(word >> UInt32(shift) & 15)]) }
  }
}

private func rotate(_ x: UInt32, _ count: UInt32) -> UInt32 { x << count | x >> (32 - count) }
