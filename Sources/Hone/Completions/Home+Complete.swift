internal import HoneKernels
internal import HoneModels
internal import HoneTokenizers

extension Home {
  /// Completes prompts with a model. `onEvent` sees text as soon as it is certain, and may throw to stop.
  ///
  /// - Throws: `HoneError` for unknown models and bad fields; `CancellationError`.
  public func complete(
    model name: String, _ request: CompletionRequest, onEvent: (CompletionEvent) throws -> Void = { _ in }
  ) throws -> CompletionResult {
    let loaded = try loadModel(name)
    return try CompletionModel(loaded).complete(request, onEvent: onEvent)
  }
}

/// A model in memory, ready to answer any number of requests.
struct CompletionModel: Sendable {
  private let model: GPT2Model
  private let tokenizer: Tokenizer

  init(_ loaded: LoadedModel, precision: PackedPrecision = .float32) {
    model = GPT2Model(loaded.weights, config: loaded.config, precision: precision)
    tokenizer = loaded.tokenizer
  }

  func complete(
    _ request: CompletionRequest, onEvent: (CompletionEvent) throws -> Void = { _ in }
  ) throws -> CompletionResult {
    try request.check(vocabSize: model.config.vocabSize)
    let prompts = try request.prompts.map { try tokens(of: $0, maxTokens: request.maxTokens) }
    var run = CompletionRun(model: model, tokenizer: tokenizer, request: request, prompts: prompts)
    return try run.run(onEvent: onEvent)
  }

  private func tokens(of prompt: CompletionRequest.Prompt, maxTokens: Int) throws -> [Int32] {
    var tokens: [Int32]
    switch prompt {
    case .text(let text): tokens = tokenizer.encode(text)
    case .tokens(let ids):
      if let bad = ids.first(where: { $0 < 0 || Int($0) >= model.config.vocabSize }) {
        throw HoneError(
          "prompt: expected token ids from 0 to \(model.config.vocabSize - 1), found \(bad)",
          remedy: "use the ids of this model's own vocabulary", parameter: "prompt", code: "invalid_value")
      }
      tokens = ids
    }
    if tokens.isEmpty { tokens = [tokenizer.endOfText ?? 0] }
    let context = model.config.contextLength
    guard tokens.count + maxTokens <= context else {
      throw HoneError(
        "this model's context is \(context) tokens, the prompt has \(tokens.count) and max_tokens asks for \(maxTokens)",
        remedy: "shorten the prompt or max_tokens", parameter: tokens.count >= context ? "prompt" : "max_tokens",
        code: "context_length_exceeded")
    }
    return tokens
  }
}
