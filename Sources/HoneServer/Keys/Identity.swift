internal import HoneAPI

/// Who asks, and what they may do.
package struct Identity: Sendable, Equatable {
  /// How much a key may ask for in a minute; nil is without limit.
  package struct Limits: Sendable, Equatable {
    package var requestsPerMinute: Int?
    package var tokensPerMinute: Int?

    package init(requestsPerMinute: Int? = nil, tokensPerMinute: Int? = nil) {
      self.requestsPerMinute = requestsPerMinute
      self.tokensPerMinute = tokensPerMinute
    }
  }

  /// What logs and counters call the key; never the key itself.
  package var id: String
  package var scopes: Set<Route.Scope>
  package var limits: Limits

  package init(id: String, scopes: Set<Route.Scope>, limits: Limits = Limits()) {
    self.id = id
    self.scopes = scopes
    self.limits = limits
  }

  package func allows(_ scope: Route.Scope) -> Bool { scopes.contains(scope) || scopes.contains(.admin) }

  /// Whoever asks a server that needs no key.
  package static let anybody = Identity(id: "local", scopes: Set(Route.Scope.allCases))
}

/// Knows the keys.
package protocol KeyCheck: Sendable {
  /// Whose key this is; nil where the request carries none. Throws: `Refusal.key`, with a message that does not repeat
  /// the key.
  func identity(presented key: String?) async throws -> Identity
}

/// The check of a server on loopback for which no key was made: everybody may do everything.
package struct NoKeys: KeyCheck {
  package init() {}

  package func identity(presented key: String?) -> Identity { .anybody }
}

extension PlainHeaders {
  /// The key of a request, in either style: `Authorization: Bearer KEY` or `api-key: KEY`.
  package var presentedKey: String? {
    if let value = self["authorization"] {
      let words = value.split(separator: " ", maxSplits: 1)
      if words.count == 2, equalIgnoringCase(words[0], "bearer") { return String(trimmed(words[1])) }
    }
    return self["api-key"]
  }
}
