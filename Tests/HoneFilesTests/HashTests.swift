import Foundation
import HoneFiles
import Testing

/// Examples of FIPS 180-4 and of the NIST test vectors; lengths around the block size are those of Python's hashlib.
private let vectors: [(bytes: [UInt8], hash: String)] = [
  ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
  (Array("abc".utf8), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
  (
    Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
  ),
  ([UInt8](repeating: 0x61, count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
]

@Test(arguments: vectors.indices)
func theHashOfKnownBytesIsKnown(index: Int) throws {
  let (bytes, hash) = vectors[index]
  #expect(sha256(of: bytes) == hash)
  try withFolder { folder in
    let file = folder.appendingPathComponent("bytes")
    try Data(bytes).write(to: file)
    #expect(try sha256(of: file) == hash)
  }
}

/// The hashes of the hashes of 0 to 259 bytes that count up modulo 251. Source: Python 3.11.7,
/// `sha256("".join(sha256(bytes(i % 251 for i in range(n))).hexdigest() for n in range(260)).encode())`.
@Test func everyLengthAroundABlockIsHashed() {
  let hashes = (0..<260).map { count in sha256(of: (0..<count).map { UInt8($0 % 251) }) }
  #expect(sha256(of: Array(hashes.joined().utf8)) == "a6024a4d9ec1d88837211973e254cdc74e77ea562f248c5d582579585dad06c1")
}

/// Source: Python 3.11.7, `sha256(struct.pack("<4f", 0.0, -0.0, 1.5, inf))`.
@Test func numbersAreHashedByTheirLittleEndianBytes() {
  let values: [Float] = [0, -0.0, 1.5, .infinity]
  #expect(sha256(of: values) == "1c9f1582a12024b9b93a8ddbbb2d477c1e3a102b2c8f520e75256a90d3833c8f")
}

@Test func aFileThatIsMissingOrAFolderIsNotHashed() throws {
  try withFolder { folder in
    #expect(throws: FileError.self) { try sha256(of: folder.appendingPathComponent("none")) }
    #expect(throws: FileError.self) { try sha256(of: folder) }
  }
}
