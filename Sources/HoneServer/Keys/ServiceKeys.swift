package import Hone
internal import HoneAPI

/// The keys of a home. Where only this machine can ask and no key was made, everybody may do everything.
package struct ServiceKeys: KeyCheck {
  private let service: Service
  private let isLocal: Bool

  package init(_ service: Service, isLocal: Bool) {
    self.service = service
    self.isLocal = isLocal
  }

  package func identity(presented key: String?) async throws -> Identity {
    let identity = try await known(key)
    service.count(key: identity.id)
    return identity
  }

  private func known(_ key: String?) async throws -> Identity {
    if let key, let info = try await service.authenticate(key) { return Identity(info) }
    if isLocal, try await !service.hasKeys() { return .anybody }
    throw Refusal.key(
      key == nil
        ? "You didn't provide an API key. Send one as Authorization: Bearer KEY, or as api-key: KEY."
        : "Incorrect API key provided. Make one with `hone keys create --name NAME`.")
  }
}

extension Identity {
  fileprivate init(_ key: KeyInfo) {
    self.init(
      id: key.id, scopes: Set(key.scopes.compactMap { Route.Scope(rawValue: $0.rawValue) }),
      limits: Limits(requestsPerMinute: key.requestsPerMinute, tokensPerMinute: key.tokensPerMinute))
  }
}
