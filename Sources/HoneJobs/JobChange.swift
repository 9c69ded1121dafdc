/// One change of a job while it is being made: the new state, what the event list gains, what is to be done outside.
///
/// The functions in the files `JobChange+….swift` each take up one event; they return nil, or the reason why nothing
/// changes, and then they have changed nothing.
struct JobChange {
  var state: JobState
  /// The job's clock: the caller's, but never going back.
  let now: Int
  let policy: CrashPolicy
  private let before: JobState
  private var events: [JobEvent] = []
  private var checkpoint: JobCheckpoint?
  private var outside: [JobAction] = []

  init(_ state: JobState, at now: Int, policy: CrashPolicy) {
    self.state = state
    self.policy = policy
    before = state
    self.now = max(state.updatedAt, min(now, JobState.largestCount))
  }

  /// Adds a line to the event list.
  mutating func say(_ message: JobMessage) {
    state.eventCount += 1
    events.append(
      JobEvent(
        job: state.identity.id, number: state.eventCount, createdAt: now, level: message.level, message: message.text,
        metrics: message.metrics, totalSteps: message.totalSteps))
  }

  /// Adds a line to the list of checkpoints.
  mutating func keep(_ metrics: StepMetrics) {
    checkpoint = JobCheckpoint(
      job: state.identity.id, model: "\(state.identity.model):ckpt-step-\(metrics.step)", createdAt: now,
      metrics: metrics)
  }

  /// Has something done outside, after the state is stored.
  mutating func act(_ action: JobAction) { outside.append(action) }

  /// Tells the worker, where one is alive.
  mutating func signal(_ signal: WorkerSignal) {
    if let worker = state.worker.alive { act(.signal(worker, signal)) }
  }

  /// The actions of the change, the state first: what follows can be made again from it.
  mutating func finish() -> [JobAction] {
    if !events.isEmpty { state.lastEvents = events }
    if let checkpoint { state.lastCheckpoint = checkpoint }
    guard state != before else { return outside }
    state.updatedAt = now
    return [.store(state)] + events.map { .append($0) } + (checkpoint.map { [.keep($0)] } ?? []) + outside
  }

  // MARK: Turns of life that several events share

  /// Ends the job. What it leaves behind goes once its worker is gone.
  mutating func end(_ status: JobStatus, _ message: JobMessage, worker signal: WorkerSignal) {
    say(message)
    state.status = status
    state.finishedAt = now
    state.isPublishing = false
    state.isInterrupted = false
    state.notBefore = 0
    self.signal(signal)
    removeLater(state.isDeleted ? .everything : .workingFiles)
  }

  mutating func fail(_ failure: JobFailure, worker signal: WorkerSignal) {
    state.failure = failure
    end(.failed, .failed(failure), worker: signal)
  }

  /// Has a part of the job's folder removed, at once or when the worker is gone.
  mutating func removeLater(_ part: JobCleanUp) {
    state.cleanUp = part
    if state.worker == .none { act(.cleanUp(part)) }
  }

  /// Puts the job back into the queue without a word in its event list.
  mutating func requeue() {
    state.status = .queued
    state.isInterrupted = state.hasStarted
    if state.worker == .none, !state.isPublishing { act(.requeue(notBefore: state.notBefore)) }
  }

  /// Counts a death of the worker: the job goes on after a while, or it is given up.
  mutating func crash(_ cause: WorkerEnd, step: Int?) {
    state.isPublishing = false
    state.crashes.count(at: step, furthest: state.step)
    if policy.givesUp(state.crashes) {
      let crashes = state.crashes
      fail(
        .crashLoop(cause, step: step, atThisStep: crashes.atThisStep, withoutGain: crashes.withoutGain), worker: .kill)
    } else {
      state.notBefore = min(now + policy.delay(after: state.crashes), JobState.largestCount)
      signal(.kill)
      requeue()
    }
  }
}
