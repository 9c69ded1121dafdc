public import Foundation

/// What to train, on what, and how. Fields left nil take the defaults of the fine-tuning API.
public struct TuneRequest: Sendable, Codable, Equatable {
  /// Plain texts to learn to continue.
  public struct TextSource: Sendable, Codable, Equatable {
    public var files: [URL]
    /// The column of a table or the field of JSON Lines that holds the text.
    public var column: String?
    /// Tokens of one text that are used.
    public var maxLength: Int
    /// Texts beyond `maxLength` are divided into several pieces instead of being cut.
    public var splitsLongTexts = false
    /// Share of the texts that validate.
    public var validFraction: Double

    public init(files: [URL], column: String?, maxLength: Int, validFraction: Double) {
      self.files = files
      self.column = column
      self.maxLength = maxLength
      self.validFraction = validFraction
    }
  }

  public enum Schedule: String, Sendable, Codable, CaseIterable { case constant, linear, cosine, exponential }

  public var model: String
  /// JSON Lines of prompt and completion, or of chat messages.
  public var trainingFile: URL?
  public var validationFile: URL?
  public var text: TextSource?
  public var suffix: String?
  public var epochs: Int?
  public var batchSize: Int?
  public var learningRateMultiplier: Double?
  /// Instead of a multiplier.
  public var learningRate: Double?
  /// Times the learning rate, for the table of token vectors.
  public var tokenTableRate: Double?
  public var promptLossWeight: Double?
  public var computeClassificationMetrics = false
  public var classCount: Int?
  public var positiveClass: String?
  public var betas: [Double] = []
  public var seed: UInt64 = 42
  public var schedule = Schedule.linear
  public var warmupFraction = 0.05
  public var decaySteps: Int?
  public var decayRate: Double?
  public var weightDecay: Double?
  public var dropout: Double?
  /// Share of a prompt's tokens left out at random, other ones in every epoch.
  public var promptDropout: Double?
  /// Another random part, in every epoch, of each prompt that is longer than `maxLength` tokens.
  public var randomCrops = false
  public var gradientClip: Double?
  public var classWeights = false
  public var balancedSampling = false
  public var keepBest: Bool?
  public var patience: Int?
  /// Cuts examples to this many tokens; nil: the model's context.
  public var maxLength: Int?

  /// A folder that gets an event file for TensorBoard.
  public var eventFolder: URL?

  public init(model: String) { self.model = model }
}

/// What a finished run leaves.
public struct TuneResult: Sendable, Codable {
  public var fineTunedModel: String
  public var job: String
  /// The last row of the results file by column name.
  public var metrics: [String: Double]
  public var validationLoss: Double?
  public var perplexity: Double?
  /// Before the first step, on the same validation texts.
  public var perplexityBefore: Double?
  public var tokensPerSecond: Double
  public var peakMemoryBytes: Int
  public var resultsFile: String
  public var trainedTokens: Int
  /// The classification report as text: metrics and the confusion matrix.
  public var report: String?

  enum CodingKeys: String, CodingKey {
    case fineTunedModel = "fine_tuned_model"
    case job, metrics, perplexity, report
    case validationLoss = "validation_loss"
    case perplexityBefore = "perplexity_before"
    case tokensPerSecond = "tokens_per_second"
    case peakMemoryBytes = "peak_memory_bytes"
    case resultsFile = "results_file"
    case trainedTokens = "trained_tokens"
  }
}
