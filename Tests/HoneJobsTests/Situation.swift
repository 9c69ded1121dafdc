import HoneJobs

/// Every state of a job that takes events in its own way, reached by events alone.
enum Situation: String, CaseIterable {
  case new, validating, queued, starting, backingOff, orphaned, orphanedStarting, publishingAlone, publishingOrphaned
  case runningUnplanned, running, publishing
  case paused, pausedStarting, pausedStopping, pausedMidway, resumedStopping
  case succeededWithWorker, succeeded, succeededClean
  case failedWithWorker, failedClean
  case cancelledStarting, cancelledWithWorker, cancelledOrphaned, cancelledClean
  case deletedWithWorker, deleted, deletedClean

  /// The events that lead here; their worker has process 4321 and lease 1.
  var path: [JobInput] {
    switch self {
    case .new: []
    case .validating: [.created]
    case .queued: Situation.validating.path + [.filesChecked(ahead: 2)]
    case .starting: Situation.queued.path + [.turnCame]
    case .runningUnplanned: Situation.starting.path + [.workerStarted(pid: 4321, lease: 1)]
    case .running: Situation.runningUnplanned.path + firstReports
    case .publishing: Situation.running.path + [.workerFinished(lease: 1, reports: 4)]
    case .backingOff: Situation.running.path + [gone]
    case .orphaned: Situation.running.path + [.serverRestarted]
    case .orphanedStarting: Situation.starting.path + [.serverRestarted]
    case .publishingAlone: Situation.publishing.path + [gone]
    case .publishingOrphaned: Situation.publishing.path + [.serverRestarted]
    case .paused: Situation.queued.path + [.pauseAsked]
    case .pausedStarting: Situation.starting.path + [.pauseAsked]
    case .pausedStopping: Situation.running.path + [.pauseAsked]
    case .pausedMidway: Situation.pausedStopping.path + [gone]
    case .resumedStopping: Situation.pausedStopping.path + [.resumeAsked]
    case .succeededWithWorker: Situation.publishing.path + [.published]
    case .succeeded: Situation.succeededWithWorker.path + [gone]
    case .succeededClean: Situation.succeeded.path + [.cleanedUp(.workingFiles)]
    case .failedWithWorker: Situation.running.path + [.workerFailed(lease: 1, reports: 4, someFailure)]
    case .failedClean: Situation.failedWithWorker.path + [gone, .cleanedUp(.workingFiles)]
    case .cancelledStarting: Situation.starting.path + [.cancelAsked]
    case .cancelledWithWorker: Situation.running.path + [.cancelAsked]
    case .cancelledOrphaned: Situation.cancelledWithWorker.path + [.serverRestarted]
    case .cancelledClean: Situation.cancelledWithWorker.path + [gone, .cleanedUp(.workingFiles)]
    case .deletedWithWorker: Situation.running.path + [.deleteAsked]
    case .deleted: Situation.deletedWithWorker.path + [gone]
    case .deletedClean: Situation.deleted.path + [.cleanedUp(.everything)]
    }
  }

  /// A plan of ten steps, and the first three.
  private var firstReports: [JobInput] {
    [.reported(lease: 1, number: 1, .planned(JobPlan(totalSteps: 10, epochs: 2)))]
      + (1...3).map { .reported(lease: 1, number: $0 + 1, .step(StepMetrics(step: $0, trainedTokens: $0 * 50))) }
  }

  private var gone: JobInput { .workerVanished(lease: 1, step: 3, .killed(signal: 9)) }

  func machine() -> JobMachine {
    var machine = JobMachine(someJob)
    for input in path { _ = machine.take(input, at: 1000) }
    return machine
  }
}

let someJob = JobIdentity(id: "ft-abc", owner: "ann", model: "nano:ft-ann-2024", resultFile: "file-results")
let someFailure = JobFailure(code: "invalid_file", message: "line 7 has no completion", parameter: "training_file")

/// The columns of the table, each an event as it could come to a job in the given state.
let probes: [(name: String, input: @Sendable (JobState) -> JobInput)] = [
  ("created", { _ in .created }),
  ("checked", { _ in .filesChecked(ahead: 2) }),
  ("bad", { _ in .filesBad(someFailure) }),
  ("moved", { _ in .queueMoved(ahead: 0) }),
  ("turn", { _ in .turnCame }),
  ("published", { _ in .published }),
  ("unpublished", { _ in .publishFailed(reason: "disk full") }),
  ("cleaned", { _ in .cleanedUp(.workingFiles) }),
  ("emptied", { _ in .cleanedUp(.everything) }),
  ("restart", { _ in .serverRestarted }),
  ("come", { .workerStarted(pid: 4321, lease: $0.lease) }),
  ("come?", { .workerStarted(pid: 4322, lease: $0.lease + 7) }),
  ("step", { .reported(lease: $0.lease, number: $0.reports + 1, nextStep($0)) }),
  ("step-", { .reported(lease: $0.lease, number: $0.reports, nextStep($0)) }),
  ("step+", { .reported(lease: $0.lease, number: $0.reports + 2, nextStep($0)) }),
  ("step?", { .reported(lease: $0.lease + 7, number: $0.reports + 1, nextStep($0)) }),
  ("finish", { .workerFinished(lease: $0.lease, reports: $0.reports) }),
  ("finish+", { .workerFinished(lease: $0.lease, reports: $0.reports + 1) }),
  ("finish?", { .workerFinished(lease: $0.lease + 7, reports: $0.reports) }),
  ("fail", { .workerFailed(lease: $0.lease, reports: $0.reports, someFailure) }),
  ("fail?", { .workerFailed(lease: $0.lease + 7, reports: $0.reports, someFailure) }),
  ("gone", { .workerVanished(lease: $0.lease, step: 3, .exited(code: 1)) }),
  ("gone?", { .workerVanished(lease: $0.lease + 7, step: 3, .exited(code: 1)) }),
  ("silent", { .leaseLost(lease: $0.lease, step: 3) }),
  ("silent?", { .leaseLost(lease: $0.lease + 7, step: 3) }),
  ("stuck", { .workerStuck(lease: $0.lease, step: 3, seconds: 700) }),
  ("stuck?", { .workerStuck(lease: $0.lease + 7, step: 3, seconds: 700) }),
  ("cancel", { _ in .cancelAsked }),
  ("pause", { _ in .pauseAsked }),
  ("resume", { _ in .resumeAsked }),
  ("delete", { _ in .deleteAsked }),
  ("nofile", { _ in .fileDeleted(.training) }),
]

private func nextStep(_ state: JobState) -> JobReport {
  .step(StepMetrics(step: state.step + 1, trainedTokens: state.trainedTokens + 50))
}
