public import Foundation
internal import HoneFiles
internal import HoneKernels
internal import HoneModels
internal import HonePlots
internal import HoneTraining

/// What a caller sees of a run while it goes.
public enum TuneEvent: Sendable {
  /// A sentence for a person.
  case message(String)
  /// Something in the data that the person should know.
  case warning(String)
  case progress(TuneProgress)
  /// The end of an epoch.
  case epoch(Int, of: Int, metrics: [String: Double])
}

/// Where a run stands.
public struct TuneProgress: Sendable {
  public let step: Int
  public let totalSteps: Int
  public let epoch: Int
  public let loss: Double
  public let tokens: Int
  public let learningRate: Double
}

extension Home {
  /// Trains a model on examples and keeps it under a new name. The same request after an interruption goes on where
  /// the last checkpoint stands, and ends in the same bits.
  ///
  /// `output`: a folder that also gets the tuned model's folder and the results file.
  public func tune(
    _ request: TuneRequest, output: URL? = nil, onEvent: (TuneEvent) throws -> Void = { _ in }
  ) throws -> TuneResult {
    try request.check()
    let base = try loadModel(request.model)
    let data = try TuneData(request, base)
    for warning in data.warnings { try onEvent(.warning(warning)) }
    let options = request.options(data, base)
    let fingerprint = try runFingerprint(request, data, options, base)
    var (folder, job) = try openJob(fingerprint: fingerprint, options: options) { created in
      tunedName(base: lineageName(request.model, base.info), suffix: request.suffix, created: created)
    }
    let lock = try FileLock(at: folder.lock)
    defer { lock.release() }
    if job.engine != engineName {
      try onEvent(.warning("began with \(job.engine), goes on with \(engineName): the bits will differ"))
    }

    let saved = folder.checkpoints.load(config: base.config)
    let timer = RunTimer()
    if saved == nil, request.text != nil, !data.validation.isEmpty {
      job.perplexityBefore = validationPerplexity(base, data, options)
      try folder.write(job)
      try onEvent(.message(String(format: "Validation perplexity before: %.2f", job.perplexityBefore ?? 0)))
    }
    var trainer = Trainer(
      config: base.config, options: options, state: saved ?? TrainingState(weights: base.weights, config: base.config),
      training: data.training, validation: data.validation, labels: data.labels)
    try train(&trainer, folder, timer, onEvent)
    return try finish(trainer, request, base, data, folder, job, timer, output, onEvent)
  }

  private func train(
    _ trainer: inout Trainer, _ folder: JobFolder, _ timer: RunTimer, _ onEvent: (TuneEvent) throws -> Void
  ) throws {
    let config = trainer.config
    let stepsPerEpoch = trainer.stepsPerEpoch
    try trainer.run(
      report: { event in
        switch event {
        case .started(let total, _): try onEvent(.message("Fine-tune started: \(total) steps"))
        case .resumed(let step, let total): try onEvent(.message("Going on after step \(step) of \(total)"))
        case .step(let record, let total):
          timer.count(record.elapsedTokens)
          try onEvent(
            .progress(
              TuneProgress(
                step: record.step, totalSteps: total, epoch: (record.step - 1) / stepsPerEpoch + 1,
                loss: record.training.meanLoss, tokens: record.elapsedTokens,
                learningRate: Double(record.learningRate))))
        case .epoch(let epoch, let total, let record):
          try onEvent(.epoch(epoch, of: total, metrics: record.columns(betas: [])))
        case .stoppedEarly(let epoch, let best):
          try onEvent(.message("Stopped after epoch \(epoch): none since epoch \(best) was better"))
        }
      }, saveIsDue: { timer.saveIsDue() },
      save: { state in
        try folder.checkpoints.save(state, config: config)
        timer.saved()
      })
  }

  private func finish(
    _ trainer: Trainer, _ request: TuneRequest, _ base: LoadedModel, _ data: TuneData, _ folder: JobFolder,
    _ job: JobRecord, _ timer: RunTimer, _ output: URL?, _ onEvent: (TuneEvent) throws -> Void
  ) throws -> TuneResult {
    var job = job
    let state = trainer.state
    let columns = state.finalRecord?.columns(betas: data.labels?.betas ?? []) ?? [:]
    let results = ResultsFile(
      title: job.fineTunedModel, state, data.labels, hasValidation: !data.validation.isEmpty)
    try results.write(to: folder.url)
    if let events = request.eventFolder { try results.writeEvents(to: events, job: job) }
    var model = base
    model.weights = trainer.finalWeights
    model.info = tunedInfo(
      request, base, data, trainer.options, name: job.fineTunedModel, created: job.created, engine: job.engine, columns)
    try model.setProbe()
    let target = models.appendingPathComponent(job.fineTunedModel, isDirectory: true)
    try replaceDirectory(at: target) { folder in
      _ = try ModelFolder.write(model, to: folder)
      try ModelFolder(url: folder).load(name: job.fineTunedModel).checkProbe()
    }
    try onEvent(.message("Uploaded model: \(job.fineTunedModel)"))
    if let output {
      try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
      try replaceDirectory(at: output.appendingPathComponent("model", isDirectory: true)) { folder in
        _ = try ModelFolder.write(model, to: folder)
      }
      try results.write(to: output)
    }
    job.status = .succeeded
    try folder.write(job)
    folder.checkpoints.remove()
    let last = state.finalRecord?.validation
    return TuneResult(
      fineTunedModel: job.fineTunedModel, job: job.id, metrics: columns, validationLoss: last?.meanLoss,
      perplexity: last?.perplexity, perplexityBefore: job.perplexityBefore, tokensPerSecond: timer.tokensPerSecond,
      peakMemoryBytes: peakMemoryBytes(), resultsFile: folder.results.path, trainedTokens: state.elapsedTokens,
      report: data.labels.flatMap { classificationReport(state, $0) })
  }

  /// The name that a tuned model's own begins with: that of the base model at the root, as it was asked for.
  func lineageName(_ asked: String, _ info: ModelInfo) -> String {
    if info.parent != nil { return info.base }
    return asked.contains("/") ? info.name : asked
  }

  private func validationPerplexity(_ base: LoadedModel, _ data: TuneData, _ options: TrainingOptions) -> Double {
    validationLosses(
      base.weights, base.config, data.validation, promptLossWeight: options.promptLossWeight, maxRows: options.maxRows
    ).perplexity
  }

  /// Everything that decides the result, as one hash.
  private func runFingerprint(
    _ request: TuneRequest, _ data: TuneData, _ options: TrainingOptions, _ base: LoadedModel
  ) throws -> String {
    struct Decisive: Encodable {
      let request: TuneRequest
      let options: TrainingOptions
      let training: String
      let validation: String?
      let weights: String
      let version: String
    }
    var request = request  // where files lie decides nothing; what they hold is in the hashes
    request.trainingFile = nil
    request.validationFile = nil
    request.text?.files = []
    request.eventFolder = nil
    let weights = base.weights.values(of: base.config).map { sha256(of: $0.values) }.joined()
    return sha256(
      of: [UInt8](
        try encodeJSON(
          Decisive(
            request: request, options: options, training: data.trainingHash, validation: data.validationHash,
            weights: sha256(of: Array(weights.utf8)), version: honeVersion))))
  }

  func tunedInfo(
    _ request: TuneRequest, _ base: LoadedModel, _ data: TuneData, _ options: TrainingOptions, name: String,
    created: Int, engine: String, _ columns: [String: Double]
  ) -> ModelInfo {
    var info = ModelInfo(
      name: name, created: created, parent: base.info.name, base: base.info.base, fingerprint: "",
      learningRate: base.info.learningRate)
    info.tokenTableRate = base.info.tokenTableRate
    info.template = data.template
    info.trainingFile = data.trainingHash
    info.validationFile = data.validationHash
    info.metrics = columns
    info.engine = engine
    info.hyperparameters = [
      "n_epochs": "\(options.epochs)", "batch_size": "\(options.batchSize)", "seed": "\(options.seed)",
      "learning_rate": "\(options.learningRate)", "prompt_loss_weight": "\(options.promptLossWeight)",
      "schedule": request.schedule.rawValue, "weight_decay": "\(options.adamW.weightDecay)",
      "dropout": "\(options.dropout)", "token_table_rate": "\(options.adamW.tokenTableRate)",
    ]
    return info
  }
}
