internal import Hone
internal import HoneAPI

extension CompletionReply {
  /// The whole answer, in the order of the choices.
  init(_ result: CompletionResult, id: String, created: Int, model: String) {
    self.init(
      id: id, created: created, model: model, choices: result.choices.map(Choice.init),
      usage: Usage(promptTokens: result.promptTokens, completionTokens: result.completionTokens))
  }
}

extension TextAnswer.Choice {
  init(_ choice: CompletionChoice) {
    self.init(
      text: choice.text, index: choice.index, logprobs: choice.logprobs.map(TextAnswer.Logprobs.init),
      finishReason: FinishReason(choice.finishReason))
  }
}

extension TextAnswer.Logprobs {
  init(_ logprobs: TokenLogprobs) {
    self.init(
      tokens: logprobs.tokens, tokenLogprobs: logprobs.tokenLogprobs,
      topLogprobs: logprobs.topLogprobs.map { $0.map(TopLogprobs.init) }, textOffset: logprobs.textOffset)
  }
}

extension TopLogprobs {
  /// One entry per text: of tokens that look the same the more probable counts, which comes first.
  init(_ alternatives: [TokenLogprobs.Alternative]) {
    var seen: Set<String> = []
    self.init(
      alternatives.filter { seen.insert($0.token).inserted }.map { Entry(token: $0.token, logprob: $0.logprob) })
  }
}
