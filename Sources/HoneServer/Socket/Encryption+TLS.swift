#if TLS
  internal import NIOCore
  internal import NIOSSL

  /// What a server encrypts with: TLS 1.2 or later, HTTP/1.1 inside.
  package final class Encryption: Sendable {
    package let files: CertificateFiles
    private let context: Locked<NIOSSLContext>

    /// Throws: `ServerFault.certificate` for files that are no certificate and its key.
    package init(_ files: CertificateFiles) throws(ServerFault) {
      self.files = files
      context = Locked(try Self.context(files))
    }

    /// Takes the files as they are now, for connections to come. Throws: as `init`; then all stays as it was.
    func reload() throws(ServerFault) {
      let fresh = try Self.context(files)
      context.withLock { $0 = fresh }
    }

    /// Has a new channel encrypted, in the place where it stands; a client has `patience` for its handshake.
    func protect(_ channel: any Channel, patience: Duration) throws {
      let pipeline = channel.pipeline.syncOperations
      try pipeline.addHandler(PlainTextGate())
      try pipeline.addHandler(NIOSSLServerHandler(context: context.withLock { $0 }))
      try pipeline.addHandler(HandshakeClock(patience))
    }

    private static func context(_ files: CertificateFiles) throws(ServerFault) -> NIOSSLContext {
      let chain = try reading(files.certificate, "a certificate") {
        try NIOSSLCertificate.fromPEMFile(files.certificate)
      }
      guard !chain.isEmpty else { throw .certificate(path: files.certificate, reason: "holds no certificate") }
      let key = try reading(files.key, "a private key without a passphrase") {
        try NIOSSLPrivateKey(file: files.key, format: .pem) { (_: NIOSSLPassphraseSetter<[UInt8]>) in
          throw NoPassphrase()
        }
      }
      var configuration = TLSConfiguration.makeServerConfiguration(
        certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
      configuration.minimumTLSVersion = .tlsv12
      configuration.applicationProtocols = ["http/1.1"]
      return try reading(files.key, "the key of \(files.certificate)") {
        try NIOSSLContext(configuration: configuration)
      }
    }

    private struct NoPassphrase: Error {}

    private static func reading<Result>(_ path: String, _ what: String, _ body: () throws -> Result) throws(ServerFault)
      -> Result
    {
      do { return try body() } catch { throw .certificate(path: path, reason: "it is not \(what), or cannot be read") }
    }
  }
#endif
