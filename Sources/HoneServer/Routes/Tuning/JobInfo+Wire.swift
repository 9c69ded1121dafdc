internal import Hone
internal import HoneAPI

extension JobInfo {
  /// The status in the words of the current API.
  var wireStatus: FineTuningJobStatus { FineTuningJobStatus(rawValue: status) ?? .failed }

  /// Whether nothing will happen to the job any more.
  var hasEnded: Bool {
    switch wireStatus {
    case .succeeded, .failed, .cancelled: true
    case .validatingFiles, .queued, .running, .paused: false
    }
  }
}

extension FineTuneObject {
  /// A job without its files and events.
  init(_ job: JobInfo, in vocabulary: Vocabulary) {
    self.init(
      id: job.id, model: job.model, createdAt: job.createdAt, updatedAt: job.updatedAt,
      organizationID: job.organization, status: FineTuneStatus(job.wireStatus, in: vocabulary),
      hyperparams: Hyperparams(job))
    fineTunedModel = job.fineTunedModel
  }
}

extension FineTuneObject.Hyperparams {
  fileprivate init(_ job: JobInfo) {
    let chosen = job.hyperparameters
    self.init(
      epochs: chosen.epochs ?? 4, batchSize: chosen.batchSize, learningRateMultiplier: chosen.learningRateMultiplier,
      promptLossWeight: chosen.promptLossWeight ?? 0.01)
    guard chosen.computeClassificationMetrics else { return }
    computeClassificationMetrics = true
    classCount = chosen.classCount
    positiveClass = chosen.positiveClass
    betas = chosen.betas.isEmpty ? nil : chosen.betas
  }
}

extension FineTuningJobObject {
  init(_ job: JobInfo) {
    let chosen = job.hyperparameters
    self.init(
      id: job.id, model: job.model, createdAt: job.createdAt, organizationID: job.organization,
      trainingFile: job.trainingFile,
      hyperparameters: Hyperparameters(
        epochs: Setting(chosen.epochs), batchSize: Setting(chosen.batchSize),
        learningRateMultiplier: Setting(chosen.learningRateMultiplier)),
      seed: job.seed)
    finishedAt = job.finishedAt
    estimatedFinish = job.estimatedFinish
    fineTunedModel = job.fineTunedModel
    resultFiles = job.resultFiles
    status = job.wireStatus
    validationFile = job.validationFile
    trainedTokens = job.trainedTokens
    error = job.failure.map { Fault(code: $0.code, message: $0.message, param: $0.parameter) }
    metadata = job.metadata.isEmpty ? nil : Pairs(job.metadata)
  }
}

extension Setting {
  init(_ value: Value?) { self = value.map(Setting.value) ?? .auto }
}

extension JobRequest {
  /// A job of the older API, whose model need not be named.
  init(_ create: FineTuneCreate) {
    self.init(model: create.model ?? "curie", trainingFile: create.trainingFile)
    validationFile = create.validationFile
    suffix = create.suffix
    hyperparameters.epochs = create.epochs
    hyperparameters.batchSize = create.batchSize
    hyperparameters.learningRateMultiplier = create.learningRateMultiplier
    hyperparameters.promptLossWeight = create.promptLossWeight
    hyperparameters.computeClassificationMetrics = create.computeClassificationMetrics ?? false
    hyperparameters.classCount = create.classCount
    hyperparameters.positiveClass = create.positiveClass
    hyperparameters.betas = create.betas ?? []
  }

  /// A job of the current API; the newer place of a hyperparameter counts more than the older.
  init(_ create: FineTuningJobCreate) {
    self.init(model: create.model, trainingFile: create.trainingFile)
    validationFile = create.validationFile
    suffix = create.suffix
    seed = create.seed
    metadata = create.metadata ?? [:]
    let places = [create.method?.supervised?.hyperparameters, create.hyperparameters].compactMap { $0 }
    hyperparameters.epochs = places.lazy.compactMap { $0.epochs?.value }.first
    hyperparameters.batchSize = places.lazy.compactMap { $0.batchSize?.value }.first
    hyperparameters.learningRateMultiplier = places.lazy.compactMap { $0.learningRateMultiplier?.value }.first
  }
}
