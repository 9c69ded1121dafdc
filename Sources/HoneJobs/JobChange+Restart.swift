/// After a restart nobody knows which of the last actions were carried out.
extension JobChange {
  /// Makes again what may be missing, and takes the job from a worker that nobody hears any more.
  ///
  /// It says nothing in the event list: a run that lived through a restart has the list of one that did not.
  mutating func restart() -> JobIgnored? {
    if let lease = state.worker.lease { state.worker = .orphaned(pid: state.worker.pid, lease: lease) }
    if state.status == .running {
      state.status = .queued
      state.isInterrupted = true
    }
    for event in state.lastEvents { act(.append(event)) }
    if let checkpoint = state.lastCheckpoint { act(.keep(checkpoint)) }
    if let lease = state.worker.lease { act(.reap(pid: state.worker.pid, lease: lease)) }
    actOnStatus()
    return nil
  }

  /// What the status alone asks for.
  private mutating func actOnStatus() {
    switch state.status {
    case .validatingFiles: act(.checkFiles)
    case .queued where state.isPublishing: actPublish()
    case .queued where state.worker == .none: act(.requeue(notBefore: state.notBefore))
    case .queued, .running, .paused: break
    case .succeeded, .failed, .cancelled: actOnEnd()
    }
  }

  private mutating func actOnEnd() {
    guard state.worker == .none else { return }
    if let part = state.cleanUp {
      act(.cleanUp(part))
    } else if state.isDeleted {
      act(.forget)
    }
  }
}
