/// The body of POST `/fine_tuning/jobs`, the current fine-tuning API.
package struct FineTuningJobCreate: RequestBody {
  /// Pairs of metadata that one job may have.
  package static let metadataLimit = 16

  package var model: String
  package var trainingFile: String
  package var validationFile: String?
  package var suffix: String?
  package var seed: Int?
  package var metadata: [String: String]?
  /// The older place of the hyperparameters.
  package var hyperparameters: Hyperparameters?
  package var method: Method?
  package private(set) var unknownFields: [String] = []

  package init(model: String, trainingFile: String) {
    self.model = model
    self.trainingFile = trainingFile
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case model, suffix, seed, metadata, hyperparameters, method
    case trainingFile = "training_file"
    case validationFile = "validation_file"
  }

  package init(from decoder: any Decoder) throws {
    let fields = try Fields<CodingKeys>(decoder)
    model = try fields.required(.model)
    trainingFile = try fields.required(.trainingFile)
    validationFile = try fields.optional(.validationFile)
    suffix = try fields.optional(.suffix)
    seed = try fields.optional(.seed)
    metadata = try fields.optional(.metadata, as: WireMap<String>.self)?.values
    if let count = metadata?.count, count > Self.metadataLimit {
      throw RequestError.wrong(
        parameter: fields.parameter("metadata"), expected: "at most \(Self.metadataLimit) pairs", found: "\(count)")
    }
    hyperparameters = try fields.optional(.hyperparameters)
    method = try fields.optional(.method)
    unknownFields = try fields.unknown(besides: [.emptyList("integrations")])
    unknownFields += (hyperparameters?.unknownFields ?? []) + (method?.unknownFields ?? [])
  }
}

extension FineTuningJobCreate {
  /// What may be set of a run.
  package struct Hyperparameters: Codable, Equatable, Sendable, WireValue {
    static var expectation: String { "an object" }

    package var epochs: Setting<Int>?
    package var batchSize: Setting<Int>?
    package var learningRateMultiplier: Setting<Double>?
    package private(set) var unknownFields: [String] = []

    package init() {}

    private enum CodingKeys: String, CodingKey, CaseIterable {
      case epochs = "n_epochs"
      case batchSize = "batch_size"
      case learningRateMultiplier = "learning_rate_multiplier"
    }

    package init(from decoder: any Decoder) throws {
      let fields = try Fields<CodingKeys>(decoder)
      epochs = try fields.optional(.epochs)
      batchSize = try fields.optional(.batchSize)
      learningRateMultiplier = try fields.optional(.learningRateMultiplier)
      unknownFields = try fields.unknown()
    }
  }

  /// How to learn, and the newer place of the hyperparameters.
  package struct Method: Codable, Equatable, Sendable, WireValue {
    package enum Kind: String, Sendable, Codable, WireWord { case supervised }

    static var expectation: String { "an object" }

    package var type: Kind
    package var supervised: Supervised?
    package private(set) var unknownFields: [String] = []

    package init(_ supervised: Supervised? = nil) {
      type = .supervised
      self.supervised = supervised
    }

    private enum CodingKeys: String, CodingKey, CaseIterable { case type, supervised }

    package init(from decoder: any Decoder) throws {
      let fields = try Fields<CodingKeys>(decoder)
      type = try fields.required(.type)
      supervised = try fields.optional(.supervised)
      unknownFields = try fields.unknown() + (supervised?.unknownFields ?? [])
    }
  }

  /// The settings of supervised learning.
  package struct Supervised: Codable, Equatable, Sendable, WireValue {
    static var expectation: String { "an object" }

    package var hyperparameters: Hyperparameters?
    package private(set) var unknownFields: [String] = []

    package init(hyperparameters: Hyperparameters? = nil) { self.hyperparameters = hyperparameters }

    private enum CodingKeys: String, CodingKey, CaseIterable { case hyperparameters }

    package init(from decoder: any Decoder) throws {
      let fields = try Fields<CodingKeys>(decoder)
      hyperparameters = try fields.optional(.hyperparameters)
      unknownFields = try fields.unknown() + (hyperparameters?.unknownFields ?? [])
    }
  }
}
