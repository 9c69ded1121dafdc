internal import Foundation
internal import HoneModels
internal import HoneTokenizers

/// What a tuned classifier answers to one text.
public struct Classification: Sendable, Codable, Equatable {
  /// A class and its probability among the classes that the model was tuned on.
  public struct Answer: Sendable, Codable, Equatable {
    public let label: String
    public let probability: Double
  }

  /// All classes, the most probable first.
  public let answers: [Answer]
  /// Tokens of the text that did not fit into the context and were left out at its front, as in training.
  public let cutTokens: Int

  public var label: String { answers.first?.label ?? "" }
}

/// Asks a model that was tuned on labelled examples for the label of new texts.
public struct Classifier: Sendable {
  private let model: GPT2Model
  private let tokenizer: Tokenizer
  private let separator: String
  private let labels: [String]
  private let labelTokens: [[Int32]]

  init(_ loaded: LoadedModel, _ weights: WeightPrecision) throws {
    guard let labels = loaded.info.template.labels, labels.count > 1 else {
      throw HoneError(
        "\(loaded.info.name): expected a model that was tuned on labelled examples, found one without a label set",
        remedy: "tune one with `hone tune -t FILE --compute-classification-metrics`, or use `hone complete`",
        parameter: "model")
    }
    model = GPT2Model(loaded.weights, config: loaded.config, precision: weights.packed)
    tokenizer = loaded.tokenizer
    separator = loaded.info.template.separator ?? ""
    self.labels = labels
    labelTokens = labels.map { loaded.tokenizer.encode($0) }
  }

  /// The classes, as they stand in the training file without the space around them.
  public var classes: [String] { labels.map(Self.trimmed) }

  /// The probabilities of all classes for one text, which need not end with the separator.
  public func classify(_ text: String) -> Classification {
    let text = separator.isEmpty || text.hasSuffix(separator) ? text : text + separator
    let whole = tokenizer.encode(text)
    let longest = labelTokens.map(\.count).max() ?? 1
    var prompt = Array(whole.suffix(model.config.contextLength - longest))
    let cut = whole.count - prompt.count
    if prompt.isEmpty { prompt = [tokenizer.endOfText ?? 0] }
    let scores = scores(prompt)
    let best = scores.max() ?? 0
    let sum = scores.reduce(0) { $0 + exp($1 - best) }
    let answers = zip(labels, scores).map { label, score in
      Classification.Answer(label: Self.trimmed(label), probability: exp(score - best) / sum)
    }
    return Classification(answers: answers.sorted { $0.probability > $1.probability }, cutTokens: cut)
  }

  /// ln p(label | prompt) of every label.
  private func scores(_ prompt: [Int32]) -> [Double] {
    let vocab = model.config.vocabSize
    let decidesAtOnce = Set(labelTokens.map(\.first)).count == labelTokens.count
    let rows = prompt.count + (labelTokens.map(\.count).max() ?? 1)
    var cache = GPT2Cache(config: model.config, slots: decidesAtOnce ? 1 : 2, slotRows: rows)
    let logits = model.extend(&cache, [GPT2Segment(slot: 0, tokens: prompt, logits: .last)])
    let first = RowScores.ofRows(logits, rows: 1, vocab: vocab)[0]
    return labelTokens.map { tokens in
      var sum = Double(tokens.first.map { first.logprob($0) } ?? 0)
      guard !decidesAtOnce, tokens.count > 1 else { return sum }
      cache.copy(slot: 0, to: 1)
      let rest = model.extend(&cache, [GPT2Segment(slot: 1, tokens: Array(tokens.dropLast()), logits: .all)])
      let scores = RowScores.ofRows(rest, rows: tokens.count - 1, vocab: vocab)
      for (score, token) in zip(scores, tokens.dropFirst()) { sum += Double(score.logprob(token)) }
      return sum
    }
  }

  private static func trimmed(_ label: String) -> String { label.trimmingCharacters(in: .whitespacesAndNewlines) }
}

extension Home {
  /// A tuned classifier in memory, for any number of texts.
  ///
  /// - Throws: `HoneError` for unknown or damaged models, and for those without a label set.
  public func classifier(_ name: String, weights: WeightPrecision = .float32) throws -> Classifier {
    try Classifier(loadModel(name), weights)
  }
}
