/// Everything that decides what a training run does, besides its data, its first weights and the machine.
package struct TrainingOptions: Sendable, Equatable, Codable {
  /// Passes over the training examples.
  package var epochs = 4
  /// Examples whose gradients make one step.
  package var batchSize = 1
  /// The rate that the schedule starts from.
  package var learningRate: Float = 3e-4
  package var schedule = LearningRateSchedule.linear(warmupSteps: 0)
  /// Weight of the prompt's tokens in the loss; answers have 1.
  package var promptLossWeight: Float = 0.01
  package var adamW = AdamWOptions()
  /// Share of the residual branches' values set to zero while training.
  package var dropout: Float = 0
  /// Share of a prompt's tokens that is left out, other ones in every epoch.
  package var promptDropout: Float = 0
  /// Takes another part of a prompt that is too long in every epoch, from a random place.
  package var randomCrops = false
  /// Tokens of an example, at most, where prompts are cropped; nil: the model's context.
  package var maxLength: Int?
  package var seed: UInt64 = 0
  /// Gives every class the same weight in the loss, however many examples it has.
  package var classWeights = false
  /// Draws examples so that every class comes equally often.
  package var balancedSampling = false
  /// Ends with the weights of the epoch that validated best instead of the last.
  package var keepBest = false
  /// Stops after this many epochs without a better validation. nil: never.
  package var patience: Int?
  /// Steps between two losses on a batch of the validation examples. 0: only at the ends of epochs.
  package var validationInterval = 0
  /// Tokens that one forward and backward pass takes; larger batches are divided and their gradients added.
  package var maxRows = 4096

  package init() {}

  /// The batch size for `examples` when none is asked for: 0.2 %, at least 1, at most 256.
  package static func defaultBatchSize(examples: Int) -> Int {
    min(256, max(1, Int((Double(examples) * 0.002).rounded())))
  }

  /// Steps of one pass over `examples`.
  package func stepsPerEpoch(examples: Int) -> Int { max(1, (examples + batchSize - 1) / batchSize) }
}
