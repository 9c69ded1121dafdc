internal import Hone
internal import HoneAPI

extension API {
  /// Chats, alone or below a deployment.
  var chatRoutes: [Route] {
    func route(_ path: String, on surfaces: Surfaces = .all) -> Route {
      Route(
        .post, path, scope: .infer, on: surfaces, summary: "Answers a conversation.",
        replyFields: ["id", "object", "created", "model", "choices", "usage"], handler: chat)
    }
    return [
      route("chat/completions"), route("engines/{engine}/chat/completions"),
      route("deployments/{deployment}/chat/completions", on: .azure),
    ]
  }

  private func chat(_ call: Call) async throws -> Response {
    let create = try ChatCompletionCreate(body: call.body)
    let asked = try AskedModel(call, body: create.model)
    let engine = try await asked.engine(on: shelf)
    let request = try engine.model.completionRequest(try ChatRequest(create, for: engine.model))
    try call.spend(tokens: request.estimatedTokens)
    let reply = Opening(id: newID("chatcmpl-"), created: now(), model: asked.name)
    let top = create.topLogprobs ?? 0
    if create.stream == true {
      let usage = create.streamOptions?.includeUsage ?? false
      let frames = ChatFrames(reply, choices: request.count, top: top, sendsUsage: usage)
      return try await stream(engine.stream(request), frames, for: call.identity.id)
    }
    let result = try await engine.complete(request)
    count(result.promptTokens, result.completionTokens, for: call.identity.id)
    return try .json(ChatCompletionReply(result, reply, top: top))
  }
}

extension ChatCompletionReply {
  fileprivate init(_ result: CompletionResult, _ opening: Opening, top: Int) {
    let choices = result.choices.map { choice in
      Choice(
        index: choice.index, content: choice.text, logprobs: choice.logprobs.map { ChatLogprobs($0, top: top) },
        finishReason: FinishReason(choice.finishReason))
    }
    self.init(
      id: opening.id, created: opening.created, model: opening.model, choices: choices,
      usage: Usage(promptTokens: result.promptTokens, completionTokens: result.completionTokens))
  }
}
