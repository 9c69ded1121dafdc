internal import Hone
internal import HoneAPI

extension ChatRequest {
  /// The request of the wire, for a model. Ranges are checked by the engine.
  ///
  /// Throws: `RequestError` for what the engine would not see.
  init(_ create: ChatCompletionCreate, for model: CompletionModel) throws(RequestError) {
    self.init(messages: create.messages.map { Message(role: $0.role.rawValue, text: $0.content ?? "") })
    maxTokens = create.maxCompletionTokens ?? create.maxTokens
    if let value = create.temperature { temperature = Float(value) }
    if let value = create.topP { topP = Float(value) }
    if let value = create.count { count = value }
    if create.topLogprobs != nil, create.logprobs != true {
      throw .wrong(parameter: "top_logprobs", expected: "logprobs to be true with it", found: "another value")
    }
    topLogprobs = create.logprobs == true ? create.topLogprobs ?? 0 : nil
    stop = create.stop?.texts ?? []
    if let value = create.presencePenalty { presencePenalty = Float(value) }
    if let value = create.frequencyPenalty { frequencyPenalty = Float(value) }
    logitBias = try Sampling.bias(create.logitBias, model)
    seed = Sampling.seed(create.seed)
  }
}

extension ChatLogprobs {
  /// The most probable ones without the chosen token, where it is not among them: those here are as many as were
  /// asked for.
  init(_ logprobs: TokenLogprobs, top: Int) {
    self.init(
      content: logprobs.tokens.indices.map { place in
        let chosen = Candidate(logprobs.tokens[place], logprobs.tokenLogprobs[place] ?? 0)
        let others = (logprobs.topLogprobs[place] ?? []).prefix(top)
        return Entry(chosen, top: others.map { Candidate($0.token, $0.logprob) })
      })
  }
}

extension ChatLogprobs.Candidate {
  /// A token as the engine writes it: its text, or `bytes:\xe6\x97` where it is not whole characters.
  init(_ token: String, _ logprob: Float) {
    self.init(token: token, bytes: Self.spelled(token) ?? Array(token.utf8), logprob: logprob)
  }

  private static func spelled(_ token: String) -> [UInt8]? {
    guard token.hasPrefix("bytes:\\x") else { return nil }
    let digits = token.dropFirst("bytes:\\x".count).split(separator: "\\x", omittingEmptySubsequences: false)
    let bytes = digits.compactMap { $0.utf8.count == 2 ? UInt8($0, radix: 16) : nil }
    return bytes.count == digits.count ? bytes : nil
  }
}
