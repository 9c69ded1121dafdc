/// Why a server cannot begin.
package enum ServerFault: Error, Equatable, CustomStringConvertible {
  case needsKeys
  case cannotListen(ServerOptions.Address, reason: String)
  case certificate(path: String, reason: String)
  case builtWithoutTLS

  package var description: String {
    switch self {
    case .needsKeys:
      "a server that others can reach needs a key, found none; make one with `hone keys create`, or listen on 127.0.0.1"
    case .cannotListen(.port(let host, let port), let reason):
      "expected to listen on \(host):\(port), but: \(reason); stop what listens there, or choose another port"
    case .certificate(let path, let reason):
      "\(path): expected a certificate and its key in PEM form, but \(reason); name other files"
    case .builtWithoutTLS:
      "--tls-certificate: this program was built without TLS; build it with `swift build -c release --traits TLS`"
    case .cannotListen(.unixSocket(let path), let reason):
      "expected to listen at \(path), but: \(reason); choose another path"
    }
  }
}
