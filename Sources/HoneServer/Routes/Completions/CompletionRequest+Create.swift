internal import Hone
internal import HoneAPI

extension CompletionRequest {
  /// The request of the wire, for a model. Ranges are checked by the engine.
  ///
  /// Throws: `RequestError` for what the engine would not see.
  init(_ create: CompletionCreate, for model: CompletionModel, autoFormat: Bool) throws(RequestError) {
    self.init(prompts: Self.prompts(create.prompt))
    if let value = create.maxTokens { maxTokens = value }
    if let value = create.temperature { temperature = Float(value) }
    if let value = create.topP { topP = Float(value) }
    if let value = create.count { count = value }
    bestOf = create.bestOf
    logprobs = create.logprobs
    echo = create.echo ?? false
    stop = create.stop?.texts ?? []
    if let value = create.presencePenalty { presencePenalty = Float(value) }
    if let value = create.frequencyPenalty { frequencyPenalty = Float(value) }
    logitBias = try Sampling.bias(create.logitBias, model)
    seed = Sampling.seed(create.seed)
    self.autoFormat = autoFormat
    if create.stream == true, let bestOf, bestOf > count {
      throw .wrong(parameter: "best_of", expected: "n (\(count)) in a stream", found: "the number \(bestOf)")
    }
    if let suffix = create.suffix, !suffix.isEmpty {
      throw .unserved(parameter: "suffix", expected: "null")
    }
  }

  /// No prompt is the end of a text, which an empty one stands for.
  private static func prompts(_ prompt: HoneAPI.Prompt?) -> [Prompt] {
    switch prompt {
    case nil: [.text("")]
    case .text(let text)?: [.text(text)]
    case .texts(let texts)?: texts.map(Prompt.text)
    case .tokens(let tokens)?: [.tokens(tokens)]
    case .tokenLists(let lists)?: lists.map(Prompt.tokens)
    }
  }

  /// Tokens that it may use at most, about.
  var estimatedTokens: Int {
    var (bytes, tokens) = (0, 0)
    for prompt in prompts {
      switch prompt {
      case .text(let text): bytes += text.utf8.count
      case .tokens(let ids): tokens += ids.count
      }
    }
    let draws = max(1, min(128, bestOf ?? count))
    return Sampling.estimate(
      promptBytes: bytes, promptTokens: tokens, maxTokens: maxTokens, sequences: prompts.count * draws)
  }
}
