public import Foundation

/// A job as the hosted service described it, to be made here again: the reply of `/v1/fine_tuning/jobs/{id}` or of
/// `/v1/fine-tunes/{id}`.
public struct JobImport: Sendable, Equatable {
  public let surface: JobSurface
  public let request: JobRequest
  public let wantsValidation: Bool

  private struct Reply: Decodable {
    struct Settings: Decodable {
      var n_epochs: Loose<Int>?
      var batch_size: Loose<Int>?
      var learning_rate_multiplier: Loose<Double>?
      var prompt_loss_weight: Loose<Double>?
      var compute_classification_metrics: Bool?
      var classification_n_classes: Int?
      var classification_positive_class: String?
      var classification_betas: [Double]?
    }
    struct Method: Decodable {
      struct Supervised: Decodable { var hyperparameters: Settings? }
      var supervised: Supervised?
    }
    struct Named: Decodable { var id: String? }

    var object: String?
    var model: String?
    var hyperparameters: Settings?
    var hyperparams: Settings?
    var method: Method?
    var seed: Int?
    var metadata: [String: String]?
    var fine_tuned_model: String?
    var user_provided_suffix: String?
    var validation_file: String?
    var validation_files: [Named]?
  }

  /// A number, or `"auto"` for what was left open.
  private struct Loose<Value: Decodable>: Decodable {
    let value: Value?
    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let word = try? container.decode(String.self) {
        guard word == "auto" else { throw DecodingError.dataCorruptedError(in: container, debugDescription: "a word") }
        value = nil
      } else {
        value = try container.decode(Value.self)
      }
    }
  }

  /// - Throws: `HoneError` where it is no such description.
  public init(_ json: Data) throws {
    guard let reply = try? JSONDecoder().decode(Reply.self, from: json), let model = reply.model else {
      throw HoneError(
        "expected the JSON of a fine-tuning job with its model, found something else",
        remedy: "save the reply of /v1/fine_tuning/jobs/ID or /v1/fine-tunes/ID", parameter: "job")
    }
    surface = reply.object == "fine-tune" || reply.hyperparams != nil ? .fineTunes : .fineTuning
    let settings = reply.hyperparams ?? reply.method?.supervised?.hyperparameters ?? reply.hyperparameters
    var request = JobRequest(model: model, trainingFile: "")
    request.hyperparameters.epochs = settings?.n_epochs?.value
    request.hyperparameters.batchSize = settings?.batch_size?.value
    request.hyperparameters.learningRateMultiplier = settings?.learning_rate_multiplier?.value
    request.hyperparameters.promptLossWeight = settings?.prompt_loss_weight?.value
    request.hyperparameters.computeClassificationMetrics = settings?.compute_classification_metrics ?? false
    request.hyperparameters.classCount = settings?.classification_n_classes
    request.hyperparameters.positiveClass = settings?.classification_positive_class
    request.hyperparameters.betas = settings?.classification_betas ?? []
    request.seed = reply.seed
    request.metadata = reply.metadata ?? [:]
    request.suffix = reply.user_provided_suffix ?? Self.suffix(of: reply.fine_tuned_model)
    self.request = request
    wantsValidation = reply.validation_file != nil || !(reply.validation_files ?? []).isEmpty
  }

  /// What stands in a tuned model's name for the suffix.
  private static func suffix(of name: String?) -> String? {
    guard let name, name.hasPrefix("ft:") else { return nil }
    let parts = name.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count >= 4 && !parts[3].isEmpty ? String(parts[3]) : nil
  }
}
