internal import Foundation

/// The files, in PEM form, with which a server proves its name: the certificate with those it rests on, and its key.
package struct CertificateFiles: Sendable, Equatable {
  package let certificate: String
  package let key: String

  package init(certificate: String, key: String) {
    self.certificate = certificate
    self.key = key
  }

  /// What is wrong with who may read the key; nil where it is the owner alone.
  package var warning: String? {
    guard let mode = try? FileManager.default.attributesOfItem(atPath: key)[.posixPermissions] as? NSNumber,
      mode.intValue & 0o077 != 0
    else { return nil }
    let found = String(mode.intValue & 0o777, radix: 8)
    return "\(key): expected a key that its owner alone can read, found mode \(found); run chmod 600"
  }
}
