/// The body of POST `/fine-tunes`, the older fine-tuning API.
///
/// Fields that are nil take the defaults of the API.
package struct FineTuneCreate: RequestBody {
  package var trainingFile: String
  package var validationFile: String?
  package var model: String?
  package var epochs: Int?
  package var batchSize: Int?
  package var learningRateMultiplier: Double?
  package var promptLossWeight: Double?
  package var computeClassificationMetrics: Bool?
  package var classCount: Int?
  package var positiveClass: String?
  package var betas: [Double]?
  package var suffix: String?
  package private(set) var unknownFields: [String] = []

  package init(trainingFile: String) { self.trainingFile = trainingFile }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case trainingFile = "training_file"
    case validationFile = "validation_file"
    case model, suffix
    case epochs = "n_epochs"
    case batchSize = "batch_size"
    case learningRateMultiplier = "learning_rate_multiplier"
    case promptLossWeight = "prompt_loss_weight"
    case computeClassificationMetrics = "compute_classification_metrics"
    case classCount = "classification_n_classes"
    case positiveClass = "classification_positive_class"
    case betas = "classification_betas"
  }

  package init(from decoder: any Decoder) throws {
    let fields = try Fields<CodingKeys>(decoder)
    trainingFile = try fields.required(.trainingFile)
    validationFile = try fields.optional(.validationFile)
    model = try fields.optional(.model)
    epochs = try fields.optional(.epochs)
    batchSize = try fields.optional(.batchSize)
    learningRateMultiplier = try fields.optional(.learningRateMultiplier)
    promptLossWeight = try fields.optional(.promptLossWeight)
    computeClassificationMetrics = try fields.optional(.computeClassificationMetrics)
    classCount = try fields.optional(.classCount)
    positiveClass = try fields.optional(.positiveClass)
    betas = try fields.optional(.betas, as: WireList<Double>.self)?.elements
    suffix = try fields.optional(.suffix)
    unknownFields = try fields.unknown()
  }
}
