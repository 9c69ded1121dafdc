import Foundation
import HoneServer
import Testing

@Test(arguments: [
  ("127.0.0.1", false), ("localhost", false), ("::1", false), ("0.0.0.0", true), ("192.168.1.7", true), ("::", true),
])
func whatIsSentInTheOpenIsKnownByTheAddress(host: String, isExposed: Bool) {
  #expect(ServerOptions(.port(host: host, port: 0)).isExposed == isExposed)
}

@Test(arguments: [(0o600, nil), (0o400, nil), (0o640, "640"), (0o644, "644"), (0o604, "604")] as [(Int, String?)])
func aKeyThatOthersCanReadIsWarnedOf(mode: Int, found: String?) throws {
  let key = FileManager.default.temporaryDirectory.appendingPathComponent("key-\(UUID().uuidString).pem")
  defer { try? FileManager.default.removeItem(at: key) }
  try Data("key".utf8).write(to: key)
  try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: key.path)
  let warning = CertificateFiles(certificate: "none.pem", key: key.path).warning
  #expect((warning != nil) == (found != nil))
  if let found { #expect(warning?.contains("found mode \(found)") == true) }
}

@Test func filesThatAreNoCertificateAreRefusedInALine() throws {
  let files = CertificateFiles(certificate: "/nowhere/chain.pem", key: "/nowhere/key.pem")
  let fault = #expect(throws: ServerFault.self) { try Encryption(files) }
  let text = try #require(fault?.description)
  #expect(!text.contains("\n") && (text.contains("--traits TLS") || text.hasPrefix("/nowhere/chain.pem: expected")))
}
