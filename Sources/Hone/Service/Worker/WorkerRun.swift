internal import Foundation
internal import HoneFiles
internal import HoneJobs
internal import HoneModels
internal import HoneTraining

/// The training of one job: from its newest checkpoint to the tuned model, with reports that depend on the run alone.
struct WorkerRun {
  private let home: Home
  private let folder: WorkFolder
  private let channel: WorkerChannel
  private let order: WorkOrder
  private let base: LoadedModel
  private let data: TuneData
  private let options: TrainingOptions
  private let checkpoints: CheckpointFolder

  init(_ home: Home, _ folder: WorkFolder, _ channel: WorkerChannel) throws {
    self.home = home
    self.folder = folder
    self.channel = channel
    order = try folder.readOrder()
    try order.request.check()
    base = try home.loadModel(order.request.model)
    channel.progress()
    data = try TuneData(order.request, base)
    options = order.request.options(data, base)
    checkpoints = CheckpointFolder(folder.checkpoints)
  }

  func run() throws {
    let saved = checkpoints.load(config: base.config)
    var trainer = Trainer(
      config: base.config, options: options, state: saved ?? TrainingState(weights: base.weights, config: base.config),
      training: data.training, validation: data.validation, labels: data.labels)
    trainer.progressed = { [channel] in channel.progress() }
    channel.report(.planned(JobPlan(totalSteps: trainer.totalSteps, epochs: options.epochs)))
    for warning in data.warnings { channel.report(.warning(warning)) }
    let perEpoch = trainer.stepsPerEpoch
    for record in saved?.records ?? [] { report(record, stepsPerEpoch: perEpoch) }
    let timer = RunTimer()
    try trainer.run(
      report: { event in
        guard case .step(let record, _) = event else { return }
        timer.count(record.elapsedTokens)
        if record.step % perEpoch != 0 { report(record, stepsPerEpoch: perEpoch) }
      }, saveIsDue: { timer.saveIsDue() || channel.isAskedToStop },
      save: { state in
        try save(state, stepsPerEpoch: perEpoch)
        timer.saved()
        if channel.isAskedToStop, state.step < options.epochs * perEpoch { throw CancellationError() }
      })
    try finish(trainer)
  }

  /// The model of an epoch is in place before anybody hears of it, and both before the run goes on from there.
  private func save(_ state: TrainingState, stepsPerEpoch: Int) throws {
    if state.step % stepsPerEpoch == 0, let record = state.records.last {
      try keepEpoch(state, record, stepsPerEpoch: stepsPerEpoch)
      report(record, stepsPerEpoch: stepsPerEpoch)
    }
    try checkpoints.save(state, config: base.config)
    channel.progress()
  }

  /// What is told of one step: the same for a step just made as for one read from a checkpoint.
  private func report(_ record: StepRecord, stepsPerEpoch: Int) {
    let endsEpoch = record.step % stepsPerEpoch == 0
    let metrics = StepMetrics(record, endsEpoch: endsEpoch)
    channel.report(.step(metrics))
    guard endsEpoch else { return }
    let epoch = record.step / stepsPerEpoch
    channel.report(.epoch(epoch))
    if WorkFolder.keeps(epoch: epoch, of: options.epochs) { channel.report(.checkpoint(metrics)) }
  }

  private func keepEpoch(_ state: TrainingState, _ record: StepRecord, stepsPerEpoch: Int) throws {
    let target = folder.epoch(step: state.step)
    guard WorkFolder.keeps(epoch: state.step / stepsPerEpoch, of: options.epochs),
      !FileManager.default.fileExists(atPath: target.path)
    else { return }
    try FileManager.default.createDirectory(at: folder.epochs, withIntermediateDirectories: true)
    let model = try tuned(state.weights, record, name: "\(order.model):ckpt-step-\(state.step)")
    try replaceDirectory(at: target) { folder in _ = try ModelFolder.write(model, to: folder) }
  }

  private func tuned(_ weights: GPT2Weights, _ record: StepRecord?, name: String) throws -> LoadedModel {
    var model = base
    model.weights = weights
    model.info = home.tunedInfo(
      order.request, base, data, options, name: name, created: order.created, engine: engineName,
      record?.columns(betas: data.labels?.betas ?? []) ?? [:])
    try model.setProbe()
    return model
  }

  /// Writes model and results, and reads the model back: what is served later is what was trained.
  private func finish(_ trainer: Trainer) throws {
    let model = try tuned(trainer.finalWeights, trainer.state.finalRecord, name: order.model)
    let results = ResultsFile(
      title: order.model, trainer.state, data.labels, hasValidation: !data.validation.isEmpty)
    try replaceDirectory(at: folder.tuned) { url in
      let place = url.appendingPathComponent("model", isDirectory: true)
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      _ = try ModelFolder.write(model, to: place)
      try results.write(to: url)
      channel.progress()
      try check(try ModelFolder(url: place).load(name: order.model), is: model)
    }
  }

  private func check(_ copy: LoadedModel, is model: LoadedModel) throws {
    guard copy.weights == model.weights else {
      throw HoneError(
        "\(order.model): the copy on disk has other weights than the model that was trained", remedy: "check the disk",
        fault: .machine)
    }
    try copy.checkProbe()
  }
}

extension StepMetrics {
  /// The end of an epoch is validated on all examples, other steps on one batch or not at all.
  init(_ record: StepRecord, endsEpoch: Bool) {
    let (batch, all) = endsEpoch ? (nil, record.validation) : (record.validation, nil)
    self.init(
      step: record.step, trainedTokens: record.elapsedTokens, trainLoss: record.training.meanLoss,
      trainMeanTokenAccuracy: record.training.tokenAccuracy, validLoss: batch?.meanLoss,
      validMeanTokenAccuracy: batch?.tokenAccuracy, fullValidLoss: all?.meanLoss,
      fullValidMeanTokenAccuracy: all?.tokenAccuracy)
  }
}
