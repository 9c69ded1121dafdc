internal import Foundation

/// `hone.json`: what a model is and where it comes from, kept in its folder beside the weights.
public struct ModelInfo: Sendable, Codable, Equatable {
  /// How prompts and answers were written when the model was trained.
  public struct Template: Sendable, Codable, Equatable {
    /// What ends every prompt, where all training prompts agree.
    public var separator: String?
    /// What ends every answer, where all training answers agree.
    public var ending: String?
    /// The answers, where these form a label set.
    public var labels: [String]?
  }

  public var formatVersion = 1
  public var name: String
  /// Seconds since 1970.
  public var created: Int
  /// The model it was tuned from. nil: a base model.
  public var parent: String?
  /// The base model at the root of the lineage.
  public var base: String
  /// SHA-256 of `model.safetensors`.
  public var fingerprint: String
  /// The learning rate that a multiplier of 1 stands for.
  public var learningRate: Float
  /// Times the learning rate, for the table of token vectors, in tuning on examples where nothing else is asked for.
  /// nil: 1, as on plain texts.
  public var tokenTableRate: Float?
  public var template = Template()
  public var hyperparameters: [String: String] = [:]
  /// SHA-256 of the files it was trained and validated on.
  public var trainingFile: String?
  public var validationFile: String?
  public var metrics: [String: Double] = [:]
  /// What it was trained with: kernels, library, precision, threads.
  public var engine: String?
  /// What stands before a text that is embedded, by the name of its task.
  public var prompts: [String: String]?
  /// The vectors of a few texts, where it is a model that embeds.
  public var vectors: EncoderProbe?
  /// The fingerprint of the model whose vectors its matrix takes, where it is a matrix behind another model.
  public var takesVectorsOf: String?
  /// What it answered at the end of its training; nil: nobody noted it.
  public var probe: ModelProbe?

  enum CodingKeys: String, CodingKey {
    case formatVersion = "format_version"
    case name, created, parent, base, fingerprint, template, hyperparameters, metrics, engine, prompts, vectors, probe
    case learningRate = "learning_rate"
    case tokenTableRate = "token_table_rate"
    case trainingFile = "training_file"
    case validationFile = "validation_file"
    case takesVectorsOf = "takes_vectors_of"
  }

  /// The rate that a multiplier of 1 stands for when nothing else is known: near that of the model's own pre-training.
  static func defaultLearningRate(hiddenSize: Int) -> Float { 6e-4 * min(4, max(0.25, 768 / Float(hiddenSize))) }
}
