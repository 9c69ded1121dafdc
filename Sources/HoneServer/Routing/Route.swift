package import HoneAPI

/// One line of the table of what the server answers.
package struct Route: Sendable {
  package enum Method: String, Sendable, CaseIterable { case get = "GET", post = "POST", delete = "DELETE" }

  /// What a key must allow, beginning with the least; `admin` allows everything.
  package enum Scope: String, Sendable, CaseIterable { case read, infer, train, admin }

  /// What a request carries besides its head.
  package enum Body: Sendable, Equatable {
    /// Nothing that is read; a small body of any type is passed over.
    case none
    /// A JSON text, whole in memory.
    case json
    /// A form with files, as a stream.
    case multipart
  }

  /// Answers one request. Throws: `Refusal`, `RequestError` and other `Refusable` errors, which the caller gets to see;
  /// anything else is a fault of Hone.
  package typealias Handler = @Sendable (Call) async throws -> Response

  package let method: Method
  package let pattern: PathPattern
  /// What the key must allow; nil answers everybody, without a key.
  package let scope: Scope?
  package let surfaces: Surfaces
  package let body: Body
  /// One sentence for the description of the API.
  package let summary: String
  /// The names that a query may have, for the description.
  package let query: [String]
  /// The fields that are in every reply, for the description and its tests.
  package let replyFields: [String]
  package let handler: Handler

  /// `path` is the part behind the surface's prefix: `files/{id}/content`.
  ///
  /// A nil `body` is JSON for POST and nothing otherwise.
  package init(
    _ method: Method, _ path: String, scope: Scope?, on surfaces: Surfaces = .all, body: Body? = nil,
    summary: String, query: [String] = [], replyFields: [String] = [], handler: @escaping Handler
  ) {
    self.method = method
    pattern = PathPattern(path)
    self.scope = scope
    self.surfaces = surfaces
    self.body = body ?? (method == .post ? .json : .none)
    self.summary = summary
    self.query = query
    self.replyFields = replyFields
    self.handler = handler
  }
}

/// Where a request came in: which of the APIs the client believes to talk to.
package enum Surface: Sendable, Equatable {
  /// `/v1/...`
  case openAI
  /// `/openai/...?api-version=...`
  case azure(version: String)
  /// `/openai/v1/...`
  case azureV1
  /// Without a prefix: the paths that an old client sends by mistake, and the server's own.
  case root

  /// The words of states on this surface.
  package var vocabulary: Vocabulary {
    switch self {
    case .openAI, .azureV1: .openAI
    case .azure(let version): Vocabulary(apiVersion: version)
    case .root: .azure2022
    }
  }

  var set: Surfaces {
    switch self {
    case .openAI: .openAI
    case .azure: .azure
    case .azureV1: .azureV1
    case .root: .root
    }
  }
}

/// Several surfaces.
package struct Surfaces: OptionSet, Sendable {
  package let rawValue: Int

  package init(rawValue: Int) { self.rawValue = rawValue }

  package static let openAI = Surfaces(rawValue: 1)
  package static let azure = Surfaces(rawValue: 2)
  package static let azureV1 = Surfaces(rawValue: 4)
  package static let root = Surfaces(rawValue: 8)
  /// Those with a prefix.
  package static let all: Surfaces = [.openAI, .azure, .azureV1]

  /// The prefixes of the paths, in the order of the description.
  var prefixes: [String] {
    let all: [(Surfaces, String)] = [(.openAI, "/v1"), (.azure, "/openai"), (.azureV1, "/openai/v1"), (.root, "")]
    return all.filter { contains($0.0) }.map(\.1)
  }
}
