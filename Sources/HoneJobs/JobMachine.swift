/// A job's life: takes an event, returns actions, does nothing itself.
///
/// What it guarantees, whatever events arrive in whatever order:
/// - no job is `running` without the one worker that holds its lease, and after a restart none is `running` at all;
/// - a job has at most one worker: a new one is started when the one before is known to be gone;
/// - the event list has no gap and no double, and a run that was killed and resumed has that of a run never killed,
///   but for a line about a worker that hung;
/// - the event that announces a model comes after the model answers;
/// - an ended job stays as it ended.
package struct JobMachine: Sendable {
  package private(set) var state: JobState
  package let policy: CrashPolicy

  /// The machine of a new job; its first event has to be `.created`.
  package init(_ identity: JobIdentity, policy: CrashPolicy = CrashPolicy()) {
    state = JobState(identity)
    self.policy = policy
  }

  /// The machine of a stored job; its first event has to be `.serverRestarted`.
  ///
  /// - Throws: `JobStateError` where the state cannot have come from a machine, so that one damaged record is found
  ///   before anything is done about it.
  package init(restoring state: JobState, policy: CrashPolicy = CrashPolicy()) throws(JobStateError) {
    guard state.formatVersion <= JobState.formatVersion else {
      throw .newerFormat(job: state.identity.id, found: state.formatVersion, known: JobState.formatVersion)
    }
    if let violation = state.storedViolation { throw .damaged(job: state.identity.id, found: violation) }
    self.state = state
    self.policy = policy
  }

  /// Takes an event at `now`, in seconds since 1970, and says what is to be done.
  package mutating func take(_ input: JobInput, at now: Int) -> JobOutcome {
    var change = JobChange(state, at: now, policy: policy)
    if let reason = change.take(input) { return .ignored(reason) }
    let actions = change.finish()
    state = change.state
    return .done(actions)
  }
}

extension JobChange {
  /// Makes the change that an event asks for, or says why there is none.
  fileprivate mutating func take(_ input: JobInput) -> JobIgnored? {
    if case .created = input { return create() }
    guard state.isCreated else { return .notCreated }
    switch input {
    case .created: return .repeated
    case .filesChecked(let ahead): return accept(ahead: ahead)
    case .filesBad(let failure): return refuse(failure)
    case .fileDeleted(let file): return loseFile(file)
    case .queueMoved(let ahead): return move(ahead: ahead)
    case .turnCame: return start()
    case .published: return succeed()
    case .publishFailed(let reason): return failToPublish(reason)
    case .cleanedUp(let part): return markCleanedUp(part)
    case .serverRestarted: return restart()
    case .workerStarted(let pid, let lease): return welcome(Worker(pid: pid, lease: lease))
    case .reported(let lease, let number, let report): return hear(report, number: number, lease: lease)
    case .workerFinished(let lease, let reports): return publish(lease: lease, reports: reports)
    case .workerFailed(let lease, let reports, let failure): return fail(failure, lease: lease, reports: reports)
    case .workerVanished(let lease, let step, let cause): return lose(lease: lease, step: step, cause)
    case .leaseLost(let lease, let step): return giveUp(lease: lease, step: step)
    case .workerStuck(let lease, let step, let seconds): return giveUp(lease: lease, step: step, stuckFor: seconds)
    case .cancelAsked: return cancel()
    case .pauseAsked: return pause()
    case .resumeAsked: return resume()
    case .deleteAsked: return delete()
    }
  }
}

/// Why a stored job cannot be gone on with.
package enum JobStateError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The record contradicts itself.
  case damaged(job: String, found: String)
  /// A later release wrote it.
  case newerFormat(job: String, found: Int, known: Int)

  package var description: String {
    switch self {
    case .damaged(let job, let found):
      "job \(job): expected a record that agrees with itself, found \(found); delete the job and create it again"
    case .newerFormat(let job, let found, let known):
      "job \(job): expected a record of form \(known) or older, found form \(found); use the release that wrote it"
    }
  }
}
