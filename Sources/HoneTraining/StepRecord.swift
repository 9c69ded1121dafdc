/// What one step of training is worth: a row of the results file.
package struct StepRecord: Sendable, Equatable, Codable {
  package var step: Int
  package var elapsedTokens: Int
  package var elapsedExamples: Int
  package var learningRate: Float
  package var gradientNorm: Double
  package var training: LossTotals
  /// On one batch of the validation examples, or on all of them at the end of an epoch.
  package var validation: LossTotals?
  /// At the end of an epoch, on all validation examples.
  package var classification: ClassificationMetrics?
}

/// What a training run tells while it goes.
package enum TrainingEvent: Sendable {
  case started(totalSteps: Int, stepsPerEpoch: Int)
  case resumed(step: Int, totalSteps: Int)
  case step(StepRecord, totalSteps: Int)
  case epoch(Int, of: Int, StepRecord)
  case stoppedEarly(epoch: Int, bestEpoch: Int)
}
