internal import Hone
internal import HoneAPI

/// The model that a request names: in its path, in its body, or in both.
struct AskedModel: Sendable {
  /// The name that was asked for, which the reply carries.
  let name: String
  private let isDeployment: Bool

  /// Below `/engines` a name in the body wins, for published code names another model there than in the path; below
  /// `/deployments` the path wins, for the body repeats the name or says anything else.
  ///
  /// Throws: `missing` where neither names one.
  init(_ call: Call, body: String?) throws(RequestError) {
    let (engine, deployment) = (call["engine"], call["deployment"])
    isDeployment = !deployment.isEmpty
    let named = isDeployment ? deployment : body ?? (engine.isEmpty ? nil : engine)
    guard let named, !named.isEmpty else {
      throw .missing(parameter: "model", expected: "the name of a model")
    }
    name = named
  }

  /// The engine that answers. Throws: 404 in the words of the surface for an unknown name.
  func engine(on shelf: ModelShelf) async throws -> BatchEngine {
    do {
      return try await shelf.engine(name)
    } catch let error as HoneError where isDeployment && error.code == "model_not_found" {
      throw Refusal.unknownDeployment(
        "The API deployment for this resource does not exist. Create it first, or name a model in the path.")
    }
  }
}
