internal import HoneKernels
internal import HoneTraining

extension TuneRequest {
  /// Checks the fields against each other and their ranges.
  func check() throws {
    func fail(_ parameter: String, _ expected: String, _ found: String) -> HoneError {
      HoneError(
        "\(parameter): expected \(expected), found \(found)", remedy: "change \(parameter)", parameter: parameter,
        code: "invalid_value")
    }
    guard (trainingFile != nil) != (text != nil) else {
      throw fail("training_file", "a training file, or --text with texts", text == nil ? "neither" : "both")
    }
    if let epochs, !(1...1000).contains(epochs) { throw fail("n_epochs", "1 to 1000", "\(epochs)") }
    if let batchSize, !(1...4096).contains(batchSize) { throw fail("batch_size", "1 to 4096", "\(batchSize)") }
    for (name, value, most) in [
      ("learning_rate_multiplier", learningRateMultiplier, 100.0), ("learning_rate", learningRate, 10.0),
      ("token_table_rate", tokenTableRate, 1000.0), ("gradient_clip", gradientClip, 1e6),
    ] {
      if let value, !(value.isFinite && value > 0 && value <= most) {
        throw fail(name, "a number above 0 and at most \(most)", "\(value)")
      }
    }
    if let promptLossWeight, !(0...1).contains(promptLossWeight) {
      throw fail("prompt_loss_weight", "0 to 1", "\(promptLossWeight)")
    }
    if let weightDecay, !(0...10).contains(weightDecay) { throw fail("weight_decay", "0 to 10", "\(weightDecay)") }
    if let dropout, !(0..<1).contains(dropout) { throw fail("dropout", "0 up to 1", "\(dropout)") }
    if let promptDropout, !(0..<1).contains(promptDropout) {
      throw fail("prompt_dropout", "0 up to 1", "\(promptDropout)")
    }
    if text != nil, randomCrops || promptDropout ?? 0 > 0 {
      throw fail("random_crops", "examples with prompts, for this and prompt_dropout", "plain texts")
    }
    if let maxLength, maxLength < 2 { throw fail("max_length", "2 or more", "\(maxLength)") }
    if let text {
      guard !text.files.isEmpty else { throw fail("text", "at least one file", "none") }
      guard text.maxLength >= 2 else { throw fail("max_length", "2 or more", "\(text.maxLength)") }
      guard (0..<1).contains(text.validFraction) else {
        throw fail("valid_fraction", "0 up to 1", "\(text.validFraction)")
      }
    }
    if computeClassificationMetrics {
      guard validationFile != nil else {
        throw fail("validation_file", "a file, which classification metrics need", "none")
      }
      guard classCount != nil || positiveClass != nil else {
        throw fail("classification_n_classes", "this or classification_positive_class", "neither")
      }
      if let classCount, classCount < 2 { throw fail("classification_n_classes", "2 or more", "\(classCount)") }
    }
    guard betas.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      throw fail("classification_betas", "numbers above 0", "\(betas)")
    }
    if let suffix, suffix.count > 64 { throw fail("suffix", "at most 64 characters", "\(suffix.count)") }
  }

  /// The trainer's options: what was asked for, else the defaults of the fine-tuning API.
  func options(_ data: TuneData, _ base: LoadedModel) -> TrainingOptions {
    var options = TrainingOptions()
    options.epochs = epochs ?? (text == nil ? Self.epochs : 1)
    options.batchSize = batchSize ?? (text == nil ? Self.batchSize(examples: data.training.count) : 16)
    let multiplier = learningRateMultiplier ?? Self.multiplier(batchSize: options.batchSize)
    options.learningRate = learningRate.map { Float($0) } ?? base.info.learningRate * Float(multiplier)
    options.adamW.tokenTableRate = tokenTableRate.map { Float($0) } ?? base.info.tokenTableRate ?? 1
    options.promptLossWeight = Float(promptLossWeight ?? Self.promptLossWeight)
    options.seed = seed
    options.dropout = Float(dropout ?? 0)
    options.promptDropout = Float(promptDropout ?? 0)
    options.randomCrops = randomCrops
    options.maxLength = maxLength
    options.classWeights = classWeights
    options.balancedSampling = balancedSampling
    options.keepBest = keepBest ?? !data.validation.isEmpty
    options.patience = patience
    if let weightDecay { options.adamW.weightDecay = Float(weightDecay) }
    if let gradientClip { options.adamW.maxGradientNorm = Float(gradientClip) }
    let perEpoch = options.stepsPerEpoch(examples: data.training.count)
    let total = perEpoch * options.epochs
    let warmup = Int((Double(total) * warmupFraction).rounded())
    options.schedule =
      switch schedule {
      case .constant: .constant(warmupSteps: warmup)
      case .linear: .linear(warmupSteps: warmup)
      case .cosine: .cosine(warmupSteps: warmup)
      case .exponential:
        .exponential(warmupSteps: warmup, decaySteps: decaySteps ?? perEpoch, rate: Float(decayRate ?? 0.9))
      }
    options.validationInterval = data.validation.isEmpty ? 0 : max(1, perEpoch / 10)
    return options
  }
}

/// The defaults of the fine-tuning API.
extension TuneRequest {
  static let epochs = 4
  static let promptLossWeight = 0.01

  static func batchSize(examples: Int) -> Int { TrainingOptions.defaultBatchSize(examples: examples) }

  static func multiplier(batchSize: Int) -> Double { batchSize <= 4 ? 0.05 : batchSize <= 32 ? 0.1 : 0.2 }
}

/// The numbers below `count`, shuffled by a seed.
func shuffledIndexes(_ count: Int, seed: UInt64) -> [Int] {
  var generator = RandomGenerator(seed: seed)
  return (0..<count).shuffled(using: &generator)
}
