internal import HoneAPI

/// Which names a server on loopback answers to, so that a page from elsewhere cannot reach it through a name that was made
/// to point here.
package struct Neighbourhood: Sendable {
  /// Nil lets every name pass: a server beyond loopback, where keys decide, or on a Unix socket.
  private let hosts: Set<String>?

  private init(hosts: Set<String>?) { self.hosts = hosts }

  package static let open = Neighbourhood(hosts: nil)

  /// The names of loopback, and one more.
  package static func loopback(_ configured: String? = nil) -> Neighbourhood {
    Neighbourhood(hosts: Set(["localhost", "127.0.0.1", "::1"] + [configured].compactMap { $0.map(bare) }))
  }

  /// Throws: 403 for a request that was sent to another name, or by a page of another name.
  func check(_ headers: PlainHeaders) throws(Refusal) {
    guard let hosts else { return }
    if let host = headers["host"], !hosts.contains(Self.name(host)) {
      throw .forbidden(
        "header Host: expected a name of this machine, found another; use 127.0.0.1 or localhost in the base URL")
    }
    guard let origin = headers["origin"] else { return }
    let marker = "://"
    let parts = origin.split(separator: marker, maxSplits: 1)
    guard parts.count == 2, hosts.contains(Self.name(String(parts[1]))) else {
      throw .forbidden("header Origin: expected a page of this machine, found another; only local pages may ask here")
    }
  }

  /// The name in `name:port` or `[::1]:port`.
  private static func name(_ text: String) -> String {
    let text = text.lowercased()
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]") else { return text }
      let rest = text[text.index(after: end)...]
      return rest.isEmpty || isPort(rest) ? String(text[..<end].dropFirst()) : text
    }
    guard let colon = text.firstIndex(of: ":") else { return text }
    return isPort(text[colon...]) ? String(text[..<colon]) : text
  }

  private static func isPort(_ text: Substring) -> Bool {
    text.first == ":" && text.dropFirst().utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  private static func bare(_ host: String) -> String {
    let host = host.lowercased()
    return host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
  }
}
