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
  let model: GPT2Model
  let tokenizer: Tokenizer
  /// What the model is and where it comes from.
  public let info: ModelInfo

  init(_ loaded: LoadedModel, _ weights: WeightPrecision) {
    model = GPT2Model(loaded.weights, config: loaded.config, precision: weights.packed)
    tokenizer = loaded.tokenizer
    info = loaded.info
  }

  /// Reads a folder in the Hugging Face layout.
  package init(folder: String, _ weights: WeightPrecision) throws {
    let url = URL(fileURLWithPath: folder)
    self.init(try ModelFolder(url: url).load(name: url.lastPathComponent), weights)
  }

  /// Token ids are below this.
  package var vocabSize: Int { model.config.vocabSize }

  /// Tokens that prompt and answer may have together.
  public var contextLength: Int { model.config.contextLength }

  /// The token ids of a text.
  public func tokens(of text: String) -> [Int32] { tokenizer.encode(text) }

  /// The token that is exactly this text; nil where it is several, or none.
  package func token(of text: String) -> Int32? {
    let tokens = tokenizer.encode(text)
    return tokens.count == 1 ? tokens.first : nil
  }

  /// Completes prompts. `onEvent` sees text as soon as it is certain, and may throw to stop.
  ///
  /// - Throws: `HoneError` for bad fields; `CancellationError`.
  public func complete(
    _ request: CompletionRequest, onEvent: (CompletionEvent) throws -> Void = { _ in }
  ) throws -> CompletionResult {
    let plan = try plan(request)
    try onEvent(.started(promptTokens: plan.promptTokens, warnings: plan.warnings))
    var limits = SequenceBatch.Limits()
    (limits.sequences, limits.mixedPromptRows) = (32, limits.promptRows)
    var batch = SequenceBatch(self, limits)
    _ = batch.add(plan)
    while true {
      try Task.checkCancellation()
      for (_, news) in batch.step() {
        switch news {
        case .event(let event): try onEvent(event)
        case .done(let result): return result
        }
      }
    }
  }

  /// A request checked against this model.
  package func plan(_ request: CompletionRequest) throws -> CompletionPlan {
    try CompletionPlan(request, config: model.config, tokenizer: tokenizer, separator: info.template.separator)
  }
}
