internal import Hone
internal import HoneAPI

extension API {
  /// Models, and the same under the name that came before.
  var modelRoutes: [Route] {
    [
      Route(
        .get, "models", scope: .read, summary: "All models.",
        replyFields: ["object", "data", "has_more", "first_id", "last_id"]
      ) { call in
        try .json(ListReply(try await service.models().map { ModelObject($0, on: call.surface) }))
      },
      Route(
        .get, "models/{model}", scope: .read, summary: "One model.",
        replyFields: ["id", "object", "created", "owned_by"]
      ) { call in
        try .json(ModelObject(try await service.model(call["model"]), on: call.surface))
      },
      Route(
        .delete, "models/{model}", scope: .train, summary: "Deletes a tuned model.",
        replyFields: ["id", "object", "deleted"], handler: deleteModel),
      Route(
        .get, "engines", scope: .read, summary: "All models, as engines.",
        replyFields: ["object", "data", "has_more", "first_id", "last_id"]
      ) { _ in
        try .json(ListReply(try await service.models().map(EngineObject.init)))
      },
      Route(
        .get, "engines/{engine}", scope: .read, summary: "One model, as an engine.",
        replyFields: ["id", "object", "owner", "ready"]
      ) { call in
        try .json(EngineObject(try await service.model(call["engine"])))
      },
    ]
  }

  private func deleteModel(_ call: Call) async throws -> Response {
    let name = call["model"]
    try await service.deleteModel(name)
    await shelf.forget(name)
    await audit(call, "model.delete", name)
    return try .json(DeletedReply(id: name, object: .model))
  }
}

extension ModelObject {
  init(_ model: ServedModel, on surface: Surface) {
    self.init(id: model.id, created: model.created, ownedBy: model.owner)
    guard surface.isAzureDated else { return }
    status = "succeeded"
    capabilities = Capabilities(
      fineTune: model.kind == .language, inference: true, completion: model.kind == .language,
      chatCompletion: model.kind == .language, embeddings: model.kind == .encoder)
    lifecycleStatus = "generally-available"
  }
}

extension EngineObject {
  init(_ model: ServedModel) { self.init(id: model.id, owner: model.owner) }
}
