/// A job as the current API shows it.
package struct FineTuningJobObject: Reply, Codable, Equatable, Identifiable {
  package let id: String
  package let object: String
  package var model: String
  package var createdAt: Int
  @Nullable package var finishedAt: Int?
  @Nullable package var estimatedFinish: Int?
  @Nullable package var fineTunedModel: String?
  package var organizationID: String
  /// Ids of files.
  package var resultFiles: [String]
  package var status: FineTuningJobStatus
  package var trainingFile: String
  @Nullable package var validationFile: String?
  package var hyperparameters: Hyperparameters
  package var method: Method
  @Nullable package var trainedTokens: Int?
  package var seed: Int
  @Nullable package var error: Fault?
  @Nullable package var metadata: Pairs?
  package let integrations: [String]

  /// A job of supervised learning that has not begun.
  package init(
    id: String, model: String, createdAt: Int, organizationID: String, trainingFile: String,
    hyperparameters: Hyperparameters, seed: Int
  ) {
    self.id = id
    object = "fine_tuning.job"
    self.model = model
    self.createdAt = createdAt
    self.organizationID = organizationID
    resultFiles = []
    status = .validatingFiles
    self.trainingFile = trainingFile
    self.hyperparameters = hyperparameters
    method = Method(hyperparameters)
    self.seed = seed
    integrations = []
    (finishedAt, estimatedFinish, fineTunedModel) = (nil, nil, nil)
    (validationFile, trainedTokens, error, metadata) = (nil, nil, nil, nil)
  }

  private enum CodingKeys: String, CodingKey {
    case id, object, model
    case createdAt = "created_at"
    case finishedAt = "finished_at"
    case estimatedFinish = "estimated_finish"
    case fineTunedModel = "fine_tuned_model"
    case organizationID = "organization_id"
    case resultFiles = "result_files"
    case status
    case trainingFile = "training_file"
    case validationFile = "validation_file"
    case hyperparameters, method
    case trainedTokens = "trained_tokens"
    case seed, error, metadata, integrations
  }
}

extension FineTuningJobObject {
  /// The values a run works with, or `auto` as long as they are not decided.
  package struct Hyperparameters: Codable, Equatable, Sendable {
    package var epochs: Setting<Int>
    package var batchSize: Setting<Int>
    package var learningRateMultiplier: Setting<Double>

    package init(
      epochs: Setting<Int> = .auto, batchSize: Setting<Int> = .auto, learningRateMultiplier: Setting<Double> = .auto
    ) {
      self.epochs = epochs
      self.batchSize = batchSize
      self.learningRateMultiplier = learningRateMultiplier
    }

    private enum CodingKeys: String, CodingKey {
      case epochs = "n_epochs"
      case batchSize = "batch_size"
      case learningRateMultiplier = "learning_rate_multiplier"
    }
  }

  /// The newer place of the same values.
  package struct Method: Codable, Equatable, Sendable {
    package struct Supervised: Codable, Equatable, Sendable {
      package var hyperparameters: Hyperparameters
    }

    package let type: String
    package var supervised: Supervised

    package init(_ hyperparameters: Hyperparameters) {
      type = "supervised"
      supervised = Supervised(hyperparameters: hyperparameters)
    }
  }

  /// Why a job failed.
  package struct Fault: Codable, Equatable, Sendable {
    package var code: String
    package var message: String
    @Nullable package var param: String?

    package init(code: String, message: String, param: String? = nil) {
      self.code = code
      self.message = message
      self.param = param
    }
  }
}
