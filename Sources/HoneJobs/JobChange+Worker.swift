/// The worker: how it comes, and all the ways it goes.
extension JobChange {
  mutating func welcome(_ worker: Worker) -> JobIgnored? {
    if state.worker == .alive(worker) { return .repeated }
    guard worker.pid > 1 else { return refuse(worker) }
    guard state.worker == .starting(lease: worker.lease) else {
      act(.signal(worker, .kill))
      return nil
    }
    state.worker = .alive(worker)
    switch state.status {
    case .queued: run()
    case .paused: signal(.stop)
    case .validatingFiles, .running, .succeeded, .failed, .cancelled: signal(.kill)
    }
    return nil
  }

  /// 0 and 1 and whatever is below are no process of ours; signals to them would reach others.
  private mutating func refuse(_ worker: Worker) -> JobIgnored? {
    guard state.worker == .starting(lease: worker.lease) else { return .staleLease }
    return lose(lease: worker.lease, step: nil, .notStarted(reason: "process number \(worker.pid)"))
  }

  private mutating func run() {
    state.status = .running
    state.isInterrupted = false
    guard !state.hasStarted else { return }
    tellPlaces(downTo: 0)
    say(.started)
    state.hasStarted = true
  }

  /// The process is gone.
  mutating func lose(lease: Int, step: Int?, _ cause: WorkerEnd) -> JobIgnored? {
    guard state.worker.lease == lease else { return .staleLease }
    let wasStarting = state.worker == .starting(lease: lease)
    state.worker = .none
    switch state.status {
    case .running where state.isPublishing: requeue()
    case .running: crash(cause, step: step)
    case .queued where wasStarting: crash(cause, step: step)
    case .queued where !state.isPublishing: act(.requeue(notBefore: state.notBefore))
    case .queued, .paused, .validatingFiles: break
    case .succeeded, .failed, .cancelled: if let part = state.cleanUp { act(.cleanUp(part)) }
    }
    return nil
  }

  /// The process may be alive, but nobody hears it.
  mutating func giveUp(lease: Int, step: Int?) -> JobIgnored? {
    guard let worker = state.worker.alive, worker.lease == lease else { return .staleLease }
    if state.status == .running, !state.isPublishing {
      crash(.silent, step: step)
    } else {
      signal(.kill)
    }
    return nil
  }

  /// The process answers, but its training does not go on. A worker that has told its end waits, and does not hang.
  ///
  /// Unlike a crash this is told in the event list: whoever waits shall know what the time went into.
  mutating func giveUp(lease: Int, step: Int?, stuckFor seconds: Int) -> JobIgnored? {
    guard let worker = state.worker.alive, worker.lease == lease else { return .staleLease }
    if state.isPublishing { return .beingPublished }
    if state.status == .running {
      say(.stuck(seconds: seconds, step: step))
      crash(.stuck(seconds: seconds), step: step)
    } else {
      signal(.kill)
    }
    return nil
  }

  /// The worker found that it cannot go on.
  mutating func fail(_ failure: JobFailure, lease: Int, reports: Int) -> JobIgnored? {
    if let reason = deafness(to: lease) { return reason }
    guard reports <= state.reports else { return askAgain() }
    fail(failure, worker: .leave)
    return nil
  }

  /// Why nothing is heard from this lease: it is over, or the job is past training.
  func deafness(to lease: Int) -> JobIgnored? {
    guard state.status == .running, state.worker.lease == lease else { return .staleLease }
    return state.isPublishing ? .beingPublished : nil
  }
}
