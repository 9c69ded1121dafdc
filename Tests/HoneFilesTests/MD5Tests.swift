import HoneFiles
import Testing

private func md5(_ pieces: [UInt8]...) -> String {
  var hash = MD5()
  for piece in pieces { hash.update(piece) }
  return hash.finish()
}

/// The examples of RFC 1321, section A.5.
@Test(
  arguments: [
    ("", "d41d8cd98f00b204e9800998ecf8427e"), ("a", "0cc175b9c0f1b6a831c399e269772661"),
    ("abc", "900150983cd24fb0d6963f7d28e17f72"), ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
    (
      "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
      "57edf4a22be3c955ac49da2e2107b67a"
    ),
  ])
func theChecksumOfKnownBytesIsKnown(text: String, checksum: String) {
  #expect(md5(Array(text.utf8)) == checksum)
}

/// The checksum of the checksums of 0 to 259 bytes that count up modulo 251, in three pieces. Source: Python 3.11,
/// `md5("".join(md5(bytes(i % 251 for i in range(n))).hexdigest() for n in range(260)).encode())`.
@Test func everyLengthAroundABlockHasItsChecksum() {
  let checksums = (0..<260).map { count in
    let bytes = (0..<count).map { UInt8($0 % 251) }
    return md5(Array(bytes[..<(count / 3)]), Array(bytes[(count / 3)..<(count / 2)]), Array(bytes[(count / 2)...]))
  }
  #expect(md5(Array(checksums.joined().utf8)) == "420dc4a95bb578cb02e3740bec370f72")
}
