internal import HoneFiles
internal import HonePlots

/// How vectors are fitted to a task.
public struct CustomizeRequest: Sendable, Equatable {
  public enum Method: String, Sendable, Codable, CaseIterable {
    /// A matrix behind the model: seconds, and vectors that are there already need no new embedding.
    case matrix
    /// The model's own weights: minutes, and better where examples are few.
    case encoder
  }

  /// What the examples are.
  public enum Examples: Sendable, Equatable {
    /// Texts and the class of each.
    case labels(texts: [String], labels: [String])
    /// Pairs of texts, and whether they belong together.
    case pairs(first: [String], second: [String], isPositive: [Bool])
  }

  public var model: String
  /// The new model's name behind the base model's, as in `all-MiniLM-L6-v2+mine`.
  public var suffix: String
  public var examples: Examples
  public var method = Method.matrix
  /// Share of the examples that nothing is learned from, and that the figures are told of.
  public var heldOutShare = 0.2
  /// Of these instead, where they are given.
  public var heldOut: Examples?
  /// Passes over the examples; nil: as the method likes.
  public var epochs: Int?
  public var batchSize: Int?
  public var learningRate: Float?
  /// Pairs that do not belong together, made from texts of different pairs, for each one that does.
  public var syntheticNegatives = 1
  public var seed: UInt64 = 0
  /// How often a tuning of the encoder is kept, so that it can go on after an interruption.
  public var checkpointInterval = Duration.seconds(30)

  public init(model: String, suffix: String, examples: Examples) {
    self.model = model
    self.suffix = suffix
    self.examples = examples
  }
}

extension CustomizeRequest {
  /// Names everything that decides what an encoder becomes.
  func fingerprint(_ encoder: LoadedEncoder) -> String {
    var facts = [
      EmbeddingModel(encoder).fingerprint, engineName, "\(epochs ?? 0)", "\(batchSize ?? 0)", "\(learningRate ?? 0)",
      "\(seed)", "\(syntheticNegatives)", "\(heldOutShare)",
    ]
    for examples in [examples, heldOut].compactMap({ $0 }) {
      switch examples {
      case .labels(let texts, let labels): facts += ["labels"] + texts + labels
      case .pairs(let first, let second, let marks): facts += ["pairs"] + first + second + marks.map(\.description)
      }
    }
    return sha256(of: Array(facts.map { "\($0.utf8.count) \($0)" }.joined(separator: "\n").utf8))
  }
}

/// A share with its 95 % interval: ± 1.96 standard errors.
public struct Share: Sendable, Codable, Equatable {
  public let value: Double
  public let plusMinus: Double
  /// What it is a share of.
  public let count: Int

  init(_ right: Int, of count: Int) {
    let value = count > 0 ? Double(right) / Double(count) : 0
    self.value = value
    plusMinus = count > 0 ? 1.96 * (value * (1 - value) / Double(count)).squareRoot() : 0
    self.count = count
  }

  enum CodingKeys: String, CodingKey {
    case value, count
    case plusMinus = "plus_minus"
  }
}

/// What fitting vectors to a task came to, told of examples that nothing was learned from.
public struct CustomizeReport: Sendable, Codable, Equatable {
  /// The new model's name.
  public let model: String
  public let before: Share
  public let after: Share
  /// How right is decided: `threshold` on the cosine of a pair, chosen on the training pairs; or `probe`, logistic
  /// regression on the training texts.
  public let measure: String
  /// The cosine above which pairs count as belonging together, before and after; of pairs alone.
  public let thresholds: [Double]
  public let trainingExamples: Int
  /// Cosines of held-out pairs in twenty bins from -1 to 1: together and apart, before and after; of pairs alone.
  public let histograms: [[Int]]
  /// Training texts longer than the model's window, of which only the beginning was learned from.
  public let cutTexts: Int
  /// Seconds of training, of the last run where it was interrupted.
  public let seconds: Double

  enum CodingKeys: String, CodingKey {
    case model, before, after, measure, thresholds, histograms, seconds
    case trainingExamples = "training_examples"
    case cutTexts = "cut_texts"
  }
}

extension CustomizeReport {
  /// The histograms as a self-contained SVG, with the thresholds marked; nil where nothing but labels was given.
  public var chart: String? {
    guard histograms.count == 4, thresholds.count == 2 else { return nil }
    let panels = ["before", "after"].enumerated().map { index, when in
      HistogramPanel(
        title: when,
        series: [("together", histograms[2 * index]), ("apart", histograms[2 * index + 1])], mark: thresholds[index])
    }
    return HonePlots.histograms(title: "\(model): cosines of held-out pairs", range: -1...1, panels: panels)
  }
}

/// What customising does, as it goes on.
public enum CustomizeEvent: Sendable, Equatable {
  /// An interrupted run goes on after this step.
  case resumed(step: Int)
  case step(Int, of: Int, loss: Double)
  case epoch(Int, loss: Double)
}
