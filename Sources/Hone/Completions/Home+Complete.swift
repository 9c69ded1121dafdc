internal import Foundation
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
    try completionModel(name).complete(request, onEvent: onEvent)
  }

  /// A model in memory, for any number of requests.
  ///
  /// - Throws: `HoneError` for unknown or damaged models.
  public func completionModel(_ name: String, weights: WeightPrecision = .float32) throws -> CompletionModel {
    CompletionModel(try loadModel(name), weights)
  }
}

/// How a model's matrices are held while it answers: fewer bits are faster and a little less exact.
public enum WeightPrecision: String, Sendable, Codable, CaseIterable {
  /// As they were trained; the answers of the reference implementation.
  case float32
  /// Half the memory; logits differ in the third digit.
  case bfloat16
  /// A quarter of the memory, with one scale for each output; logits differ in the second digit.
  case int8

  var packed: PackedPrecision {
    switch self {
    case .float32: .float32
    case .bfloat16: .bfloat16
    case .int8: .int8
    }
  }
}

/// A model in memory, ready to answer any number of requests.
public struct CompletionModel: Sendable {
  private let model: GPT2Model
  private let tokenizer: Tokenizer

  init(_ loaded: LoadedModel, _ weights: WeightPrecision) {
    model = GPT2Model(loaded.weights, config: loaded.config, precision: weights.packed)
    tokenizer = loaded.tokenizer
  }

  /// Reads a folder in the Hugging Face layout.
  package init(folder: String, _ weights: WeightPrecision) throws {
    let url = URL(fileURLWithPath: folder)
    self.init(try ModelFolder(url: url).load(name: url.lastPathComponent), weights)
  }

  /// Completes prompts. `onEvent` sees text as soon as it is certain, and may throw to stop.
  ///
  /// - Throws: `HoneError` for bad fields; `CancellationError`.
  public func complete(
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
