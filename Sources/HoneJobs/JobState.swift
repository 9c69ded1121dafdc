/// HoneJobs: a job's life as a pure state machine, and the queue that says which job starts next. It knows no training,
/// no file, no process and no clock: whoever runs it brings events and carries out actions.

/// All that is known of one job: what a store keeps, and what a machine goes on from.
///
/// The store keeps the last value and nothing else has to be safe for a job to be right: the events and the checkpoint
/// that a change brings are part of the value until the next change (`lastEvents`, `lastCheckpoint`), so that a restart
/// can write them again.
package struct JobState: Sendable, Hashable, Codable {
  /// The form of this value on disk.
  package static let formatVersion = 1
  package internal(set) var formatVersion = JobState.formatVersion

  package let identity: JobIdentity
  package internal(set) var status = JobStatus.validatingFiles
  /// Whether a user asked for the job's record to go; the status has ended then.
  package internal(set) var isDeleted = false
  package internal(set) var failure: JobFailure?

  // The event list.
  /// Events so far; zero before the job is created.
  package internal(set) var eventCount = 0
  /// The events of the last change that made any, the newest last.
  package internal(set) var lastEvents: [JobEvent] = []
  package internal(set) var lastCheckpoint: JobCheckpoint?
  /// Seconds since 1970; the clock of the job, which never goes back.
  package internal(set) var updatedAt = 0
  package internal(set) var createdAt = 0
  package internal(set) var finishedAt: Int?

  // The queue.
  /// Places in the queue that the event list has yet to tell; the next line tells `untoldPlaces - 1`.
  package internal(set) var untoldPlaces = 0
  /// When its worker was last started.
  package internal(set) var lastStartAt: Int?
  /// Not to be started before this second: the back-off after a crash.
  package internal(set) var notBefore = 0
  /// Whether it lost its worker by no wish of a user, and so goes on before others begin.
  package internal(set) var isInterrupted = false

  // The worker.
  package internal(set) var worker = WorkerSlot.none
  /// Leases granted so far. What comes from an older one is not heard.
  package internal(set) var lease = 0
  /// Whether the event list says that training began.
  package internal(set) var hasStarted = false
  package internal(set) var crashes = CrashCount()

  // The run.
  /// Reports heard so far.
  package internal(set) var reports = 0
  package internal(set) var plan: JobPlan?
  package internal(set) var metrics: StepMetrics?
  package internal(set) var epoch = 0

  // The end.
  /// Whether training is done and its model is being put in place.
  package internal(set) var isPublishing = false
  /// What is still to be removed, once no worker is left.
  package internal(set) var cleanUp: JobCleanUp?

  /// A job that is not yet created: the first event has to be `.created`.
  package init(_ identity: JobIdentity) { self.identity = identity }

  package var isCreated: Bool { eventCount > 0 }
  /// The last step that the event list may speak of.
  package var step: Int { metrics?.step ?? 0 }
  package var trainedTokens: Int { metrics?.trainedTokens ?? 0 }
  /// The tuned model, once it answers.
  package var fineTunedModel: String? { status == .succeeded ? identity.model : nil }
  package var resultFile: String? { status == .succeeded ? identity.resultFile : nil }

  /// Whether the job waits for nothing but its turn (and for `notBefore`).
  package var waitsForTurn: Bool { status == .queued && worker == .none && !isPublishing }

  /// No count and no time of a job is larger; a stored value that says otherwise is damaged.
  static let largestCount = 1 << 48
}

/// What is fixed when a job is created. The names are reserved then, so that publishing twice does the same as once.
package struct JobIdentity: Sendable, Hashable, Codable {
  /// `ft-…` or `ftjob-…`.
  package let id: String
  /// Whose job it is; turns are shared out fairly between owners.
  package let owner: String
  /// The name that the tuned model will have.
  package let model: String
  /// The id that the results file will have.
  package let resultFile: String

  package init(id: String, owner: String, model: String, resultFile: String) {
    self.id = id
    self.owner = owner
    self.model = model
    self.resultFile = resultFile
  }
}

/// The one process that may train a job.
package enum WorkerSlot: Sendable, Hashable, Codable {
  case none
  /// A start was asked for; no process is known yet.
  case starting(lease: Int)
  case alive(Worker)
  /// An earlier server had it started; it may live, and its number, where one was noted, may be another's by now.
  case orphaned(pid: Int32?, lease: Int)

  package var lease: Int? {
    switch self {
    case .none: nil
    case .starting(let lease), .orphaned(_, let lease): lease
    case .alive(let worker): worker.lease
    }
  }

  package var pid: Int32? {
    switch self {
    case .none, .starting: nil
    case .alive(let worker): worker.pid
    case .orphaned(let pid, _): pid
    }
  }

  package var alive: Worker? {
    if case .alive(let worker) = self { return worker }
    return nil
  }
}

/// A process, and the lease under which it works.
package struct Worker: Sendable, Hashable, Codable {
  package let pid: Int32
  package let lease: Int

  package init(pid: Int32, lease: Int) {
    self.pid = pid
    self.lease = lease
  }
}

/// How much of a job's folder goes.
package enum JobCleanUp: String, Sendable, Hashable, Codable {
  /// What only a run that goes on needs; the checkpoints that are listed stay.
  case workingFiles
  /// The folder, with all checkpoints.
  case everything
}
