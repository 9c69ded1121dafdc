internal import HoneKernels
package import HoneModels

/// A training run: ids in, weights out. It knows no text and no file; checkpoints go through `save`.
package struct Trainer: Sendable {
  package let config: GPT2Config
  package let options: TrainingOptions
  package private(set) var state: TrainingState
  private let training: [TrainingExample]
  private let validation: [TrainingExample]
  private let labels: ClassLabels?
  /// Called after each piece of work: what shows that a long step goes on.
  package var progressed: @Sendable () -> Void = {}
  private let order: ExampleOrder
  private let variation: PromptVariation?
  private var gradients: GPT2Weights
  private var room = GPT2Workspace()
  private var epochOrder: (epoch: Int, indexes: [Int])?

  /// Begins at step 0 with `weights`, or goes on from a saved `state`.
  package init(
    config: GPT2Config, options: TrainingOptions, state: TrainingState, training: [TrainingExample],
    validation: [TrainingExample] = [], labels: ClassLabels? = nil
  ) {
    precondition(!training.isEmpty, "no training examples")
    self.config = config
    self.options = options
    self.state = state
    self.validation = validation
    self.labels = labels
    var training = training
    if options.classWeights {
      let weights = balancedWeights(labels: training.map(\.label))
      for index in training.indices { training[index].weight *= weights[index] }
    }
    self.training = training
    order = ExampleOrder(labels: training.map(\.label), balanced: options.balancedSampling, seed: options.seed)
    variation =
      options.promptDropout > 0 || options.randomCrops
      ? PromptVariation(
        dropout: options.promptDropout, crops: options.randomCrops,
        maxLength: min(options.maxLength ?? config.contextLength, config.contextLength),
        tail: PromptVariation.commonTail(training), seed: options.seed) : nil
    gradients = GPT2Weights(zeros: config)
  }

  package var stepsPerEpoch: Int { options.stepsPerEpoch(examples: training.count) }
  package var totalSteps: Int { stepsPerEpoch * options.epochs }
  package var isFinished: Bool { state.step >= totalSteps || state.stoppedEarly }

  /// Runs to the end. `save` is called when a checkpoint is due; `report` with every event. Either may throw to stop.
  package mutating func run(
    report: (TrainingEvent) throws -> Void, saveIsDue: () -> Bool = { false },
    save: (TrainingState) throws -> Void = { _ in }
  ) throws {
    if state.step > 0 {
      try report(.resumed(step: state.step, totalSteps: totalSteps))
    } else {
      try report(.started(totalSteps: totalSteps, stepsPerEpoch: stepsPerEpoch))
    }
    while !isFinished {
      var record = step()
      let endsEpoch = state.step % stepsPerEpoch == 0
      if endsEpoch {
        finishEpoch(&record)
      } else if options.validationInterval > 0, state.step % options.validationInterval == 0, !validation.isEmpty {
        record.validation = validateOneBatch()
      }
      state.records.append(record)
      try report(.step(record, totalSteps: totalSteps))
      if endsEpoch { try report(.epoch(state.step / stepsPerEpoch, of: options.epochs, record)) }
      if endsEpoch || saveIsDue() { try save(state) }
    }
    if state.stoppedEarly {
      try report(.stoppedEarly(epoch: state.step / stepsPerEpoch, bestEpoch: (state.best?.step ?? 0) / stepsPerEpoch))
    }
  }

  /// One batch forward and backward, and one step of the optimiser.
  private mutating func step() -> StepRecord {
    let batch = nextBatch()
    clearGradients()
    var totals = LossTotals()
    var tokens = 0
    let micros = MicroBatch.pack(batch, promptLossWeight: options.promptLossWeight, maxRows: options.maxRows)
    let totalWeight = micros.reduce(0.0) { $0 + $1.batch.totalWeight }
    for (index, micro) in micros.enumerated() {
      let key = options.seed &+ UInt64(state.step) &* 0xD1B5_4A32_D192_ED03 &+ UInt64(index)
      let losses = gpt2Gradients(
        &gradients, &room, state.weights, config, micro.batch, scale: totalWeight > 0 ? Float(1 / totalWeight) : 0,
        dropout: options.dropout > 0 ? GPT2Dropout(rate: options.dropout, key: key) : nil)
      totals.add(losses, of: micro)
      tokens += micro.examples.reduce(0) { $0 + $1.tokens.count }
      progressed()
    }
    let rate = options.schedule.rate(step: state.step, totalSteps: totalSteps, base: options.learningRate)
    state.step += 1
    let norm = adamWStep(
      &state.weights, &state.moments, gradients, config: config, options: options.adamW, learningRate: rate,
      step: state.step)
    state.elapsedTokens += tokens
    state.elapsedExamples += batch.count
    return StepRecord(
      step: state.step, elapsedTokens: state.elapsedTokens, elapsedExamples: state.elapsedExamples,
      learningRate: rate, gradientNorm: norm, training: totals, validation: nil, classification: nil)
  }

  private mutating func clearGradients() {
    gradients.forEachTensor(of: config) { _, values in
      for index in values.indices { values[index] = 0 }
    }
  }

  private mutating func nextBatch() -> [TrainingExample] {
    let (epoch, place) = state.step.quotientAndRemainder(dividingBy: stepsPerEpoch)
    if epochOrder?.epoch != epoch { epochOrder = (epoch, order.indexes(epoch: epoch)) }
    let indexes = epochOrder?.indexes ?? []
    let first = place * options.batchSize
    return indexes[first..<min(first + options.batchSize, indexes.count)].map { index in
      variation?.varied(training[index], epoch: epoch, index: index) ?? training[index]
    }
  }

  private func validateOneBatch() -> LossTotals {
    let count = min(validation.count, max(8, options.batchSize))
    let first = (state.step / max(1, options.validationInterval)) * count
    let batch = (0..<count).map { validation[(first + $0) % validation.count] }
    return validate(
      state.weights, config, batch, labels: nil, promptLossWeight: options.promptLossWeight, maxRows: options.maxRows,
      progressed: progressed
    ).totals
  }

  private mutating func finishEpoch(_ record: inout StepRecord) {
    guard !validation.isEmpty else { return }
    let result = validate(
      state.weights, config, validation, labels: labels, promptLossWeight: options.promptLossWeight,
      maxRows: options.maxRows, progressed: progressed)
    record.validation = result.totals
    if let labels, !result.gold.isEmpty { record.classification = metrics(result, labels) }
    keepBest(record)
  }

  private mutating func keepBest(_ record: StepRecord) {
    guard options.keepBest || options.patience != nil, let validation = record.validation else { return }
    let candidate = BestEpoch(
      step: record.step, accuracy: record.classification?.accuracy ?? 0, loss: validation.meanLoss)
    if let best = state.best, !candidate.isBetter(than: best) {
      state.epochsWithoutGain += 1
    } else {
      state.best = candidate
      state.epochsWithoutGain = 0
      if options.keepBest { state.bestWeights = state.weights }
    }
    if let patience = options.patience, state.epochsWithoutGain >= patience { state.stoppedEarly = true }
  }

  /// The weights that the run ends with: those of the best epoch where these are kept, else the last.
  package var finalWeights: GPT2Weights { options.keepBest ? state.bestWeights ?? state.weights : state.weights }
}

/// The epoch that validated best so far: by accuracy over the labels, then by loss.
package struct BestEpoch: Sendable, Equatable, Codable {
  package var step: Int
  package var accuracy: Double
  package var loss: Double

  func isBetter(than other: BestEpoch) -> Bool { (accuracy, other.loss) > (other.accuracy, loss) }
}

/// Everything that a run needs to go on to the same bits: what a checkpoint holds.
package struct TrainingState: Sendable {
  package var step = 0
  package var weights: GPT2Weights
  package var moments: AdamWMoments
  package var elapsedTokens = 0
  package var elapsedExamples = 0
  package var records: [StepRecord] = []
  package var best: BestEpoch?
  package var bestWeights: GPT2Weights?
  package var epochsWithoutGain = 0
  package var stoppedEarly = false

  /// The record of the epoch whose weights the run ends with.
  package var finalRecord: StepRecord? {
    let kept = bestWeights == nil ? nil : best.flatMap { best in records.last { $0.step == best.step } }
    return kept ?? records.last
  }

  package init(weights: GPT2Weights, config: GPT2Config) {
    self.weights = weights
    moments = AdamWMoments(config: config)
  }
}
