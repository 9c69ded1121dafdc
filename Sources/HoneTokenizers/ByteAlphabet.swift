/// The printable characters that stand for the 256 bytes in the files of a byte-level tokenizer.
///
/// Printable bytes of Latin-1 stand for themselves, the others for the characters from U+0100 on.
/// Source: Radford et al. 2019, the released encoder.
enum ByteAlphabet {
  static let scalars: [Unicode.Scalar] = {
    var result = [Unicode.Scalar](repeating: "\0", count: 256)
    var next: UInt32 = 0x100
    for byte in UInt32(0)..<256 {
      let isPrintable = (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || (0xAE...0xFF).contains(byte)
      result[Int(byte)] = Unicode.Scalar(isPrintable ? byte : next) ?? "\0"
      if !isPrintable { next += 1 }
    }
    return result
  }()

  private static let bytes: [UInt8?] = {
    var result = [UInt8?](repeating: nil, count: 0x200)
    for (byte, scalar) in scalars.enumerated() { result[Int(scalar.value)] = UInt8(byte) }
    return result
  }()

  /// The bytes that a word of the alphabet stands for; nil where a character is not of the alphabet.
  static func decode(_ word: String) -> [UInt8]? {
    var result: [UInt8] = []
    for scalar in word.unicodeScalars {
      guard scalar.value < 0x200, let byte = bytes[Int(scalar.value)] else { return nil }
      result.append(byte)
    }
    return result
  }

  static func encode(_ bytes: [UInt8]) -> String {
    var result = String.UnicodeScalarView()
    for byte in bytes { result.append(scalars[Int(byte)]) }
    return String(result)
  }
}
