internal import Hone
internal import HoneAPI

extension API {
  /// Embeddings under each of the paths that the generations of clients know.
  var embeddingRoutes: [Route] {
    func route(_ path: String, on surfaces: Surfaces = .all) -> Route {
      Route(
        .post, path, scope: .infer, on: surfaces, summary: "Turns texts into vectors.",
        replyFields: ["object", "data", "model", "usage"], handler: embed)
    }
    return [
      route("embeddings"), route("engines/{engine}/embeddings"),
      route("deployments/{deployment}/embeddings", on: .azure),
    ]
  }

  /// Inputs of one request at most.
  private static let mostInputs = 2048

  private func embed(_ call: Call) async throws -> Response {
    let create = try EmbeddingCreate(body: call.body)
    let asked = try AskedModel(call, body: create.model)
    let inputs = try Self.inputs(create.input)
    var options = EmbeddingOptions(task: create.task, dimensions: create.dimensions)
    if let word = create.long {
      guard let long = LongTexts(rawValue: word) else {
        throw RequestError.wrong(
          parameter: "long", expected: LongTexts.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "),
          found: "another word")
      }
      options.long = long
    }
    try call.spend(tokens: Self.estimate(create.input))
    let (engine, task) = try await encoders.engine(asked.name)
    options.task = options.task ?? task
    let result = try await engine.embed(inputs, options)
    let tokens = result.tokenCounts.reduce(0, +)
    count(tokens, 0, for: call.identity.id)
    return try reply(result, create, asked.name, engine.model, tokens)
  }

  private func reply(
    _ result: EmbeddingResult, _ create: EmbeddingCreate, _ name: String, _ model: EmbeddingModel, _ tokens: Int
  ) throws -> Response {
    let inPieces = result.pieceCounts.count { $0 > 1 }
    let lost = result.lostTokens.reduce(0, +)
    let items = (0..<result.count).map { index in
      let values = Array(result[index])
      return EmbeddingReply.Item(
        index: index, embedding: create.encodingFormat == .base64 ? .base64(values) : .floats(values))
    }
    var response = try Response.json(
      EmbeddingReply(
        data: items, model: name, usage: .init(tokens: tokens, inputsInPieces: inPieces, lostTokens: lost)))
    response.headers.append("x-hone-model", headerText(model.info.name))
    response.headers.append("x-hone-fingerprint", model.fingerprint)
    if inPieces > 0 { response.headers.append("x-hone-inputs-in-pieces", "\(inPieces)") }
    if lost > 0 { response.headers.append("x-hone-lost-tokens", "\(lost)") }
    return response
  }

  private func headerText(_ text: String) -> String {
    String(text.unicodeScalars.map { (0x20...0x7E).contains($0.value) ? Character($0) : "?" })
  }

  private static func inputs(_ prompt: HoneAPI.Prompt) throws(RequestError) -> [EmbeddingInput] {
    let inputs: [EmbeddingInput] =
      switch prompt {
      case .text(let text): [.text(text)]
      case .texts(let texts): texts.map(EmbeddingInput.text)
      case .tokens(let tokens): [.tokens(tokens)]
      case .tokenLists(let lists): lists.map(EmbeddingInput.tokens)
      }
    guard (1...mostInputs).contains(inputs.count) else {
      throw .wrong(
        parameter: "input", expected: "1 to \(mostInputs) inputs", found: "\(inputs.count)")
    }
    return inputs
  }

  /// Tokens that a request may cost, about: a token of a text has some four bytes.
  private static func estimate(_ prompt: HoneAPI.Prompt) -> Int {
    switch prompt {
    case .text(let text): text.utf8.count / 4
    case .texts(let texts): texts.reduce(0) { $0 + $1.utf8.count / 4 }
    case .tokens(let tokens): tokens.count
    case .tokenLists(let lists): lists.reduce(0) { $0 + $1.count }
    }
  }
}
