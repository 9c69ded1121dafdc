internal import HoneModels
internal import HoneTokenizers

/// A request that was checked against its model: prompts as ids, and what all its sequences share.
///
/// Sequence `prompt · bestOf + draw` is the draw of that number from that prompt.
package struct CompletionPlan: Sendable {
  let request: CompletionRequest
  let prompts: [[Int32]]
  let warnings: [String]
  let tokenizer: Tokenizer
  let contextLength: Int

  /// - Throws: `HoneError` for fields out of range, ids outside the vocabulary and prompts beyond the context.
  init(_ request: CompletionRequest, config: GPT2Config, tokenizer: Tokenizer, separator: String?) throws {
    try request.check(vocabSize: config.vocabSize)
    self.request = request
    self.tokenizer = tokenizer
    contextLength = config.contextLength
    var warnings: [String] = []
    prompts = try request.prompts.enumerated().map { number, prompt in
      var tokens = try Self.tokens(of: prompt, tokenizer, vocabSize: config.vocabSize)
      if let separator, let missing = missingSeparator(separator, tokenizer.bytes(tokens), request) {
        if request.autoFormat {
          tokens = Self.completed(prompt, tokens, by: missing, tokenizer)
        } else {
          warnings.append(separatorWarning(separator, prompt: number))
        }
      }
      if tokens.isEmpty { tokens = [tokenizer.endOfText ?? 0] }
      try Self.checkLength(tokens.count, request.maxTokens, context: config.contextLength)
      return tokens
    }
    self.warnings = warnings
  }

  var bestOf: Int { request.bestOf ?? request.count }
  var sequenceCount: Int { prompts.count * bestOf }
  var promptTokens: Int { prompts.reduce(0) { $0 + $1.count } }
  /// Whether every token of the prompts gets a log-probability.
  var scoresPrompt: Bool { request.echo && request.logprobs != nil }
  /// Whether log-probabilities are needed at all.
  var needsScores: Bool { request.logprobs != nil || bestOf > request.count }
  /// Pieces are told as they come where every sequence is returned.
  var tellsPieces: Bool { bestOf == request.count }

  /// Rows of the cache that a sequence of this prompt may fill.
  func rows(prompt: Int) -> Int { min(prompts[prompt].count + request.maxTokens, contextLength) }

  /// The random numbers of a sequence depend on the request's seed and its own number alone.
  func sampler(sequence: Int) -> Sampler {
    Sampler(request.options, seed: (request.seed ?? 0) &+ UInt64(sequence) &* 0x9E37_79B9_7F4A_7C15)
  }

  private static func tokens(
    of prompt: CompletionRequest.Prompt, _ tokenizer: Tokenizer, vocabSize: Int
  ) throws -> [Int32] {
    switch prompt {
    case .text(let text): return tokenizer.encode(text)
    case .tokens(let ids):
      if let bad = ids.first(where: { $0 < 0 || Int($0) >= vocabSize }) {
        throw HoneError(
          "prompt: expected token ids from 0 to \(vocabSize - 1), found \(bad)",
          remedy: "use the ids of this model's own vocabulary", parameter: "prompt", code: "invalid_value")
      }
      return ids
    }
  }

  private static func completed(
    _ prompt: CompletionRequest.Prompt, _ tokens: [Int32], by missing: String, _ tokenizer: Tokenizer
  ) -> [Int32] {
    switch prompt {
    case .text(let text): tokenizer.encode(text + missing)
    case .tokens: tokens + tokenizer.encode(missing)
    }
  }

  private static func checkLength(_ tokens: Int, _ maxTokens: Int, context: Int) throws {
    guard tokens <= context, maxTokens <= context - tokens else {
      throw HoneError(
        "this model's context is \(context) tokens, the prompt has \(tokens) and max_tokens asks for \(maxTokens)",
        remedy: "shorten the prompt or max_tokens", parameter: tokens >= context ? "prompt" : "max_tokens",
        code: "context_length_exceeded")
    }
  }
}

/// What a prompt lacks of the separator that its model was trained with; nil where it ends with it.
///
/// An echoed prompt may hold the answer too, so there the separator may stand anywhere. Of a separator whose beginning
/// the prompt ends with, only the rest is missing.
private func missingSeparator(_ separator: String, _ prompt: [UInt8], _ request: CompletionRequest) -> String? {
  let wanted = Array(separator.utf8)
  guard request.checksSeparator, !wanted.isEmpty, !prompt.isEmpty else { return nil }
  if request.echo, contains(prompt, wanted) { return nil }
  var overlap = min(wanted.count, prompt.count)
  while overlap > 0, !prompt.suffix(overlap).elementsEqual(wanted.prefix(overlap)) { overlap -= 1 }
  guard overlap < wanted.count else { return nil }
  return String(validating: wanted.dropFirst(overlap), as: UTF8.self) ?? separator
}

private func contains(_ bytes: [UInt8], _ wanted: [UInt8]) -> Bool {
  guard bytes.count >= wanted.count, let first = wanted.first else { return false }
  return (0...bytes.count - wanted.count).contains {
    bytes[$0] == first && bytes[$0..<$0 + wanted.count].elementsEqual(wanted)
  }
}

private func separatorWarning(_ separator: String, prompt: Int) -> String {
  "prompt \(prompt): expected to end with \(separator.debugDescription), as the prompts this model was trained on, "
    + "found another end; add it, or ask for auto_format"
}
