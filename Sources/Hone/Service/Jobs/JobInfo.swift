internal import Foundation
package import HoneJobs
internal import HoneStore

/// A job as callers see it, for both generations of the API.
public struct JobInfo: Sendable, Equatable, Codable {
  /// Why a job failed.
  public struct Failure: Sendable, Equatable, Codable {
    public let code: String
    public let message: String
    public let parameter: String?
  }

  public let id: String
  public let surface: JobSurface
  /// As it was asked for.
  public let model: String
  /// In the words of the current API; `phase` has those of the others.
  public let status: String
  package let phase: JobStatus
  /// Seconds since 1970.
  public let createdAt: Int
  public let updatedAt: Int
  public let finishedAt: Int?
  /// Once it answers.
  public let fineTunedModel: String?
  public let organization: String
  public let trainingFile: String
  public let validationFile: String?
  /// Ids.
  public let resultFiles: [String]
  /// With everything chosen that the request left open.
  public let hyperparameters: JobHyperparameters
  /// As it was asked for.
  public let requested: JobHyperparameters
  public let suffix: String?
  public let seed: Int
  public let metadata: [String: String]
  /// Once it succeeded.
  public let trainedTokens: Int?
  public let failure: Failure?
  public let step: Int
  public let totalSteps: Int?
  /// When it will be done, by the steps measured so far; nil where that is unknown, as for every job that does not train.
  public internal(set) var estimatedFinish: Int?
  public let owner: String

  init(_ job: StoredJob) throws {
    let task = try JobTask(job)
    let state = try? JSONDecoder().decode(JobState.self, from: job.state)
    id = job.id
    surface = JobSurface(rawValue: job.surface) ?? .fineTuning
    model = task.request.model
    // A damaged record is shown as what it can only be: a job that will not go on.
    phase = state?.status ?? .failed
    status = phase.rawValue
    createdAt = job.createdAt
    updatedAt = state?.updatedAt ?? job.createdAt
    finishedAt = state?.finishedAt
    fineTunedModel = state?.fineTunedModel
    organization = Environment.organization
    trainingFile = job.trainingFile
    validationFile = job.validationFile
    resultFiles = state?.resultFile.map { [$0] } ?? []
    hyperparameters = task.chosen
    requested = task.request.hyperparameters
    suffix = task.request.suffix
    seed = task.request.seed ?? 42
    metadata = job.metadata
    trainedTokens = state?.status == .succeeded ? state?.trainedTokens : nil
    let damage = JobFailure(code: "damaged_record", message: "The job's record is damaged; create it again.")
    failure = (state == nil ? damage : state?.failure).map {
      Failure(code: $0.code, message: $0.message, parameter: $0.parameter)
    }
    step = state?.step ?? 0
    totalSteps = state?.plan?.totalSteps
    owner = job.owner
  }
}

/// Whether a stored status is one after which nothing comes.
func hasEnded(_ status: String) -> Bool { JobStatus(rawValue: status)?.hasEnded ?? true }
