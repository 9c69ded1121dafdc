#if !TLS
  internal import NIOCore

  /// The stand-in of a program that was built without TLS: there is never one.
  package final class Encryption: Sendable {
    package let files: CertificateFiles

    /// Throws: `ServerFault.builtWithoutTLS`, always.
    package init(_ files: CertificateFiles) throws(ServerFault) { throw .builtWithoutTLS }

    func reload() throws(ServerFault) {}

    func protect(_ channel: any Channel, patience: Duration) throws {}
  }
#endif
