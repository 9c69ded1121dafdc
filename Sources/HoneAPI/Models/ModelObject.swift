/// A model that can be asked for.
package struct ModelObject: Codable, Equatable, Sendable, Identifiable {
  /// What a model can do; on Azure only.
  package struct Capabilities: Codable, Equatable, Sendable {
    package var fineTune: Bool
    package var inference: Bool
    package var completion: Bool
    package var chatCompletion: Bool
    package var embeddings: Bool

    package init(fineTune: Bool, inference: Bool, completion: Bool, chatCompletion: Bool, embeddings: Bool) {
      self.fineTune = fineTune
      self.inference = inference
      self.completion = completion
      self.chatCompletion = chatCompletion
      self.embeddings = embeddings
    }

    private enum CodingKeys: String, CodingKey {
      case fineTune = "fine_tune"
      case inference, completion
      case chatCompletion = "chat_completion"
      case embeddings
    }
  }

  package let id: String
  package let object: String
  package var created: Int
  package var ownedBy: String
  /// On Azure only, as the two after it.
  package var status: String?
  package var capabilities: Capabilities?
  package var lifecycleStatus: String?

  package init(id: String, created: Int, ownedBy: String) {
    self.id = id
    object = "model"
    self.created = created
    self.ownedBy = ownedBy
  }

  private enum CodingKeys: String, CodingKey {
    case id, object, created
    case ownedBy = "owned_by"
    case status, capabilities
    case lifecycleStatus = "lifecycle_status"
  }
}

/// A model under the name that came before models.
package struct EngineObject: Codable, Equatable, Sendable, Identifiable {
  package let id: String
  package let object: String
  package var owner: String
  package var ready: Bool

  package init(id: String, owner: String, ready: Bool = true) {
    self.id = id
    object = "engine"
    self.owner = owner
    self.ready = ready
  }
}

extension ModelObject: Reply {}
extension EngineObject: Reply {}
extension DeploymentObject: Reply {}
