internal import Hone
internal import HoneAPI

extension API {
  /// Completions under each of the paths that the three generations of clients know.
  var completionRoutes: [Route] {
    func route(_ path: String, on surfaces: Surfaces = .all) -> Route {
      Route(
        .post, path, scope: .infer, on: surfaces, summary: "Completes prompts.", query: ["auto_format"],
        replyFields: ["id", "object", "created", "model", "choices", "usage"], handler: complete)
    }
    return [
      route("completions"), route("engines/{engine}/completions"),
      route("deployments/{deployment}/completions", on: .azure),
    ]
  }

  private func complete(_ call: Call) async throws -> Response {
    let create = try CompletionCreate(body: call.body)
    let asked = try AskedModel(call, body: create.model)
    let engine = try await asked.engine(on: shelf)
    let request = try CompletionRequest(
      create, for: engine.model, autoFormat: call.queryValue("auto_format").map { $0.lowercased() } == "true")
    try call.spend(tokens: request.estimatedTokens)
    let reply = Opening(id: newID("cmpl-"), created: now(), model: asked.name)
    if create.stream == true {
      let frames = CompletionFrames(reply, sendsUsage: create.streamOptions?.includeUsage ?? false)
      return try await stream(engine.stream(request), frames, for: call.identity.id)
    }
    let result = try await engine.complete(request)
    count(result.promptTokens, result.completionTokens, for: call.identity.id)
    var response = try Response.json(
      CompletionReply(result, id: reply.id, created: reply.created, model: reply.model))
    for (name, value) in Sampling.headers(result.warnings) { response.headers.append(name, value) }
    return response
  }

  func count(_ promptTokens: Int, _ completionTokens: Int, for key: String) {
    service.count(key: key, requests: 0, promptTokens: promptTokens, completionTokens: completionTokens)
  }
}
