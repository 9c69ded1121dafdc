internal import Foundation

/// The generation of the API that a job is made by; it decides ids, names and defaults.
public enum JobSurface: String, Sendable, Codable {
  /// `/v1/fine-tunes`.
  case fineTunes = "fine-tunes"
  /// `/v1/fine_tuning/jobs`.
  case fineTuning = "fine_tuning"
}

/// What a job is asked to do. Fields left nil take the defaults of the fine-tuning API.
public struct JobRequest: Sendable, Codable, Equatable {
  public var model: String
  /// Ids of files of purpose `fine-tune`.
  public var trainingFile: String
  public var validationFile: String?
  public var hyperparameters = JobHyperparameters()
  public var suffix: String?
  public var seed: Int?
  public var metadata: [String: String] = [:]

  public init(model: String, trainingFile: String) {
    self.model = model
    self.trainingFile = trainingFile
  }
}

/// What may be set of a run, and in a job that exists what was chosen for what was left open.
public struct JobHyperparameters: Sendable, Codable, Equatable {
  public var epochs: Int?
  public var batchSize: Int?
  public var learningRateMultiplier: Double?
  public var promptLossWeight: Double?
  public var computeClassificationMetrics = false
  public var classCount: Int?
  public var positiveClass: String?
  public var betas: [Double] = []

  public init() {}

  /// Everything that was left open, chosen for so many training examples.
  func chosen(examples: Int) -> JobHyperparameters {
    var chosen = self
    let batchSize = batchSize ?? TuneRequest.batchSize(examples: examples)
    chosen.epochs = epochs ?? TuneRequest.epochs
    chosen.batchSize = batchSize
    chosen.learningRateMultiplier = learningRateMultiplier ?? TuneRequest.multiplier(batchSize: batchSize)
    chosen.promptLossWeight = promptLossWeight ?? TuneRequest.promptLossWeight
    return chosen
  }
}

extension JobRequest {
  /// The run's own request, checked for what can be known without its data. Its files stand for those of the folder.
  func tuneRequest(model: String, _ chosen: JobHyperparameters) throws -> TuneRequest {
    var request = TuneRequest(model: model)
    request.trainingFile = URL(fileURLWithPath: "/training.jsonl")
    request.validationFile = validationFile == nil ? nil : URL(fileURLWithPath: "/validation.jsonl")
    request.epochs = chosen.epochs
    request.batchSize = chosen.batchSize
    request.learningRateMultiplier = chosen.learningRateMultiplier
    request.promptLossWeight = chosen.promptLossWeight
    request.computeClassificationMetrics = chosen.computeClassificationMetrics
    request.classCount = chosen.classCount
    request.positiveClass = chosen.positiveClass
    request.betas = chosen.betas
    if let seed { request.seed = UInt64(bitPattern: Int64(seed)) }
    try request.check()
    return request
  }

  func check(on surface: JobSurface) throws {
    func fail(_ parameter: String, _ expected: String, _ found: String) -> HoneError {
      HoneError(
        "\(parameter): expected \(expected), found \(found)", remedy: "change \(parameter)", parameter: parameter,
        code: "invalid_value")
    }
    let longest = surface == .fineTunes ? 40 : 64
    if let suffix, suffix.count > longest {
      throw fail("suffix", "at most \(longest) characters", "\(suffix.count)")
    }
    guard metadata.count <= 16 else { throw fail("metadata", "at most 16 pairs", "\(metadata.count)") }
    for (key, value) in metadata where key.count > 64 || value.count > 512 {
      throw fail("metadata", "keys of at most 64 and values of at most 512 characters", "longer ones")
    }
  }
}
