/// Something that happened to a job of the current API.
package struct FineTuningEventObject: Reply, Codable, Equatable, Identifiable {
  package enum Kind: String, Codable, Sendable { case message, metrics }

  /// How training stands at one step.
  package struct Metrics: Codable, Equatable, Sendable {
    package var step: Int
    package var trainLoss: Double
    package var trainMeanTokenAccuracy: Double
    package var totalSteps: Int

    package init(step: Int, trainLoss: Double, trainMeanTokenAccuracy: Double, totalSteps: Int) {
      self.step = step
      self.trainLoss = trainLoss
      self.trainMeanTokenAccuracy = trainMeanTokenAccuracy
      self.totalSteps = totalSteps
    }

    private enum CodingKeys: String, CodingKey {
      case step
      case trainLoss = "train_loss"
      case trainMeanTokenAccuracy = "train_mean_token_accuracy"
      case totalSteps = "total_steps"
    }
  }

  package let object: String
  package let id: String
  package var createdAt: Int
  package var level: EventLevel
  package var message: String
  package var type: Kind
  /// With events of type `metrics`.
  @Nullable package var data: Metrics?

  package init(id: String, createdAt: Int, level: EventLevel, message: String, metrics: Metrics? = nil) {
    object = "fine_tuning.job.event"
    self.id = id
    self.createdAt = createdAt
    self.level = level
    self.message = message
    type = metrics == nil ? .message : .metrics
    data = metrics
  }

  private enum CodingKeys: String, CodingKey {
    case object, id
    case createdAt = "created_at"
    case level, message, type, data
  }
}

/// A model saved on the way.
package struct CheckpointObject: Reply, Codable, Equatable, Identifiable {
  /// Where it stood; null where something was not measured.
  package struct Metrics: Codable, Equatable, Sendable {
    package var step: Int
    @Nullable package var trainLoss: Double?
    @Nullable package var trainMeanTokenAccuracy: Double?
    @Nullable package var validLoss: Double?
    @Nullable package var validMeanTokenAccuracy: Double?
    @Nullable package var fullValidLoss: Double?
    @Nullable package var fullValidMeanTokenAccuracy: Double?

    package init(step: Int) {
      self.step = step
      (trainLoss, trainMeanTokenAccuracy, validLoss) = (nil, nil, nil)
      (validMeanTokenAccuracy, fullValidLoss, fullValidMeanTokenAccuracy) = (nil, nil, nil)
    }

    private enum CodingKeys: String, CodingKey {
      case step
      case trainLoss = "train_loss"
      case trainMeanTokenAccuracy = "train_mean_token_accuracy"
      case validLoss = "valid_loss"
      case validMeanTokenAccuracy = "valid_mean_token_accuracy"
      case fullValidLoss = "full_valid_loss"
      case fullValidMeanTokenAccuracy = "full_valid_mean_token_accuracy"
    }
  }

  package let id: String
  package let object: String
  package var createdAt: Int
  /// The name under which it answers.
  package var model: String
  package var jobID: String
  package var stepNumber: Int
  package var metrics: Metrics

  package init(id: String, createdAt: Int, model: String, jobID: String, metrics: Metrics) {
    self.id = id
    object = "fine_tuning.job.checkpoint"
    self.createdAt = createdAt
    self.model = model
    self.jobID = jobID
    stepNumber = metrics.step
    self.metrics = metrics
  }

  private enum CodingKeys: String, CodingKey {
    case id, object
    case createdAt = "created_at"
    case model = "fine_tuned_model_checkpoint"
    case jobID = "fine_tuning_job_id"
    case stepNumber = "step_number"
    case metrics
  }
}
