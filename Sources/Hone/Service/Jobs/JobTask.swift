internal import Foundation
internal import HoneJobs
internal import HoneStore

/// What the record of a job keeps of its request, and what was chosen when it was made.
struct JobTask: Codable, Sendable {
  var formatVersion = 1
  var request: JobRequest
  var chosen: JobHyperparameters
  /// The model that training begins with, by its own name.
  var base: String

  init(request: JobRequest, chosen: JobHyperparameters, base: String) {
    self.request = request
    self.chosen = chosen
    self.base = base
  }

  init(_ job: StoredJob) throws { self = try JSONDecoder().decode(JobTask.self, from: job.request) }

  func order(_ identity: JobIdentity, created: Int) throws -> WorkOrder {
    WorkOrder(
      job: identity.id, model: identity.model, created: created, request: try request.tuneRequest(model: base, chosen))
  }
}

/// A job as the store and the machine know it together.
extension StoredJob {
  func machine(_ policy: CrashPolicy) throws -> JobMachine {
    try JobMachine(restoring: JSONDecoder().decode(JobState.self, from: state), policy: policy)
  }
}

extension JobState {
  /// Whether nothing happens to the job any more unless a user asks.
  var isSettled: Bool { status.hasEnded && worker == .none && cleanUp == nil && !isDeleted }

  func encoded() throws -> Data { try JSONEncoder().encode(self) }
}

/// What a stored event carries besides its columns.
struct EventPayload: Codable {
  var metrics: StepMetrics?
  var totalSteps: Int?
}

/// What a step of training is worth, as both generations of the API show it; nil where it was not computed.
public struct JobMetrics: Sendable, Equatable, Codable {
  public let step: Int
  public let trainLoss: Double?
  public let trainMeanTokenAccuracy: Double?
  public let validLoss: Double?
  public let validMeanTokenAccuracy: Double?
  public let fullValidLoss: Double?
  public let fullValidMeanTokenAccuracy: Double?

  init(_ metrics: StepMetrics) {
    step = metrics.step
    trainLoss = metrics.trainLoss
    trainMeanTokenAccuracy = metrics.trainMeanTokenAccuracy
    validLoss = metrics.validLoss
    validMeanTokenAccuracy = metrics.validMeanTokenAccuracy
    fullValidLoss = metrics.fullValidLoss
    fullValidMeanTokenAccuracy = metrics.fullValidMeanTokenAccuracy
  }
}

/// One line of a job's event list.
public struct JobEventInfo: Sendable, Equatable, Codable {
  public let job: String
  /// Its place in the list, from 1, without a gap.
  public let number: Int
  public let id: String
  public let createdAt: Int
  /// `info`, `warn` or `error`.
  public let level: String
  public let message: String
  /// Set for events of type `metrics`.
  public let metrics: JobMetrics?
  public let totalSteps: Int?

  init(_ event: StoredEvent) {
    let payload = try? JSONDecoder().decode(EventPayload.self, from: event.payload)
    job = event.job
    number = event.number
    id = event.id
    createdAt = event.createdAt
    level = event.level
    message = event.message
    metrics = payload?.metrics.map(JobMetrics.init)
    totalSteps = payload?.totalSteps
  }
}

/// A model as it was after some step of a job.
public struct JobCheckpointInfo: Sendable, Equatable {
  public let id: String
  public let job: String
  public let createdAt: Int
  /// The name it answers to.
  public let model: String
  public let metrics: JobMetrics

  init(_ checkpoint: StoredCheckpoint) {
    id = checkpoint.id
    job = checkpoint.job
    createdAt = checkpoint.createdAt
    model = checkpoint.model
    let stored = try? JSONDecoder().decode(StepMetrics.self, from: checkpoint.payload)
    metrics = JobMetrics(stored ?? StepMetrics(step: checkpoint.step, trainedTokens: 0))
  }
}

extension StoredEvent {
  init(_ event: JobEvent) {
    let payload = EventPayload(metrics: event.metrics, totalSteps: event.totalSteps)
    self.init(
      job: event.job, number: event.number, id: event.id, createdAt: event.createdAt, level: event.level.rawValue,
      message: event.message, payload: (try? JSONEncoder().encode(payload)) ?? Data())
  }
}

extension StoredCheckpoint {
  init(_ checkpoint: JobCheckpoint) {
    self.init(
      job: checkpoint.job, step: checkpoint.step, id: checkpoint.id, createdAt: checkpoint.createdAt,
      model: checkpoint.model, payload: (try? JSONEncoder().encode(checkpoint.metrics)) ?? Data())
  }
}
