/// What a worker tells while it trains.
///
/// The reports of a run are numbered 1, 2, 3, … by the worker, and the numbers depend on the run alone: a worker that
/// goes on from a checkpoint makes the same list again from the records it kept, and leaves out what it is told has
/// arrived. This is why the event list of a run that was killed is that of a run that was not.
package enum JobReport: Sendable, Hashable, Codable {
  /// What the run will be; comes before any step.
  case planned(JobPlan)
  /// Something in the data that a person should know, without any of its text.
  case warning(String)
  /// One step of training.
  case step(StepMetrics)
  /// The end of this epoch, counted from 1; comes after its last step.
  case epoch(Int)
  /// Weights that can be served lie in the job's folder; these are the metrics of their step.
  case checkpoint(StepMetrics)
}

/// The size of a run, known once the data is read.
package struct JobPlan: Sendable, Hashable, Codable {
  package var totalSteps: Int
  package var epochs: Int

  package init(totalSteps: Int, epochs: Int) {
    self.totalSteps = totalSteps
    self.epochs = epochs
  }

  /// Whether a run can have this size; what a worker says is checked, because it lies on disk in between.
  var isPossible: Bool {
    let steps = 1...JobState.largestCount
    return steps.contains(totalSteps) && (1...totalSteps).contains(epochs)
  }

  /// Whether the event list shows this step. Up to `shownSteps` all are shown, beyond it evenly chosen ones and the
  /// last, so that the list of a long run stays bounded and depends on the plan alone.
  package func shows(step: Int) -> Bool {
    let stride = (totalSteps - 1) / Self.shownSteps + 1
    return step % stride == 0 || step == totalSteps
  }

  /// The largest number of steps whose metrics become events.
  package static let shownSteps = 1000
}

/// The metrics of one step; nil where one was not computed, or was no finite number.
package struct StepMetrics: Sendable, Hashable, Codable {
  package let step: Int
  /// Tokens trained on so far, repeats included.
  package let trainedTokens: Int
  package let trainLoss: Double?
  package let trainMeanTokenAccuracy: Double?
  /// On one batch of the validation examples.
  package let validLoss: Double?
  package let validMeanTokenAccuracy: Double?
  /// On all validation examples.
  package let fullValidLoss: Double?
  package let fullValidMeanTokenAccuracy: Double?

  package init(
    step: Int, trainedTokens: Int, trainLoss: Double? = nil, trainMeanTokenAccuracy: Double? = nil,
    validLoss: Double? = nil, validMeanTokenAccuracy: Double? = nil, fullValidLoss: Double? = nil,
    fullValidMeanTokenAccuracy: Double? = nil
  ) {
    self.step = step
    self.trainedTokens = trainedTokens
    self.trainLoss = finite(trainLoss)
    self.trainMeanTokenAccuracy = finite(trainMeanTokenAccuracy)
    self.validLoss = finite(validLoss)
    self.validMeanTokenAccuracy = finite(validMeanTokenAccuracy)
    self.fullValidLoss = finite(fullValidLoss)
    self.fullValidMeanTokenAccuracy = finite(fullValidMeanTokenAccuracy)
  }
}

/// JSON has no word for infinity, and a reply that cannot be encoded would hide the whole list.
private func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
