import Foundation
import HoneFiles
import Testing

@Test func blobHashesAreThoseOfGit() {
  // git hash-object --stdin
  #expect(gitBlobHash(of: Data()) == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391")
  #expect(gitBlobHash(of: Data("hello\n".utf8)) == "ce013625030ba8dba906f756967f9e9ca394464a")
  #expect(gitBlobHash(of: Data("test content\n".utf8)) == "d670460b4b4aece5915caf5c68d12f560a9fe3e4")
  for (count, expected) in blobsOfZeros {
    #expect(gitBlobHash(of: Data(count: count)) == expected, "\(count) zeros")
  }
}

/// `head -c N /dev/zero | git hash-object --stdin`, around the sizes where a block ends.
private let blobsOfZeros: [(Int, String)] = [
  (45, "a7b38044fb5d67411665e8ab0bc99176641f14e9"),
  (46, "1bb91b845b86e089deda425218fbed990af35828"),
  (47, "f3ac27a142178d6dd895e6ea84a46c6466daad10"),
  (48, "2a560968cf1f21e1b2d29af08f907797bf3b9038"),
  (53, "faec8ee9b007adf0ef2e5ff5345d3193b25b80f0"),
  (54, "23e3473ed2fbfb03103099272d6147be5e3bcd0f"),
  (55, "799c5e1905ebbd1810c1b4de9a4018ed56a84ea8"),
  (56, "15ee40eb50938ee1368ad9db1f91fcefbca6b5f9"),
  (64, "9017fd98b5f67d928cc64c59b2c025472ce74f8c"),
  (119, "ed2ac9c22d5f7ce0d0dfde1120eb48dbb7730fab"),
  (120, "5366ed7f382c9d8333e485ebbf8edf46756ca2c9"),
  (1000, "012b3279398166a8f9e06174a33624048581648a"),
]
