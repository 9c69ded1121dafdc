/// A job as the older API shows it.
package struct FineTuneObject: Reply, Codable, Equatable, Identifiable {
  package let id: String
  package let object: String
  package var model: String
  package var createdAt: Int
  package var updatedAt: Int
  package var organizationID: String
  package var status: FineTuneStatus
  /// null until it is done.
  @Nullable package var fineTunedModel: String?
  package var hyperparams: Hyperparams
  /// Whole files, as the two after it.
  package var trainingFiles: [FileObject]
  package var validationFiles: [FileObject]
  package var resultFiles: [FileObject]
  /// Oldest first; left out in lists.
  package var events: [FineTuneEventObject]?

  package init(
    id: String, model: String, createdAt: Int, updatedAt: Int, organizationID: String, status: FineTuneStatus,
    hyperparams: Hyperparams
  ) {
    self.id = id
    object = "fine-tune"
    self.model = model
    self.createdAt = createdAt
    self.updatedAt = updatedAt
    self.organizationID = organizationID
    self.status = status
    fineTunedModel = nil
    self.hyperparams = hyperparams
    (trainingFiles, validationFiles, resultFiles) = ([], [], [])
  }

  private enum CodingKeys: String, CodingKey {
    case id, object, model
    case createdAt = "created_at"
    case updatedAt = "updated_at"
    case organizationID = "organization_id"
    case status
    case fineTunedModel = "fine_tuned_model"
    case hyperparams
    case trainingFiles = "training_files"
    case validationFiles = "validation_files"
    case resultFiles = "result_files"
    case events
  }
}

extension FineTuneObject {
  /// The values a run works with; those of classification only where they were given.
  package struct Hyperparams: Codable, Equatable, Sendable {
    package var epochs: Int
    @Nullable package var batchSize: Int?
    @Nullable package var learningRateMultiplier: Double?
    package var promptLossWeight: Double
    package var computeClassificationMetrics: Bool?
    package var classCount: Int?
    package var positiveClass: String?
    package var betas: [Double]?

    /// nil: not decided yet.
    package init(epochs: Int, batchSize: Int?, learningRateMultiplier: Double?, promptLossWeight: Double) {
      self.epochs = epochs
      self.batchSize = batchSize
      self.learningRateMultiplier = learningRateMultiplier
      self.promptLossWeight = promptLossWeight
    }

    private enum CodingKeys: String, CodingKey {
      case epochs = "n_epochs"
      case batchSize = "batch_size"
      case learningRateMultiplier = "learning_rate_multiplier"
      case promptLossWeight = "prompt_loss_weight"
      case computeClassificationMetrics = "compute_classification_metrics"
      case classCount = "classification_n_classes"
      case positiveClass = "classification_positive_class"
      case betas = "classification_betas"
    }
  }
}

/// Something that happened to a job of the older API.
package struct FineTuneEventObject: Reply, Codable, Equatable {
  package let object: String
  package var createdAt: Int
  package var level: EventLevel
  package var message: String

  package init(createdAt: Int, level: EventLevel, message: String) {
    object = "fine-tune-event"
    self.createdAt = createdAt
    self.level = level
    self.message = message
  }

  private enum CodingKeys: String, CodingKey {
    case object
    case createdAt = "created_at"
    case level, message
  }
}

/// How much an event matters.
package enum EventLevel: String, Codable, Sendable { case info, warn, error }
