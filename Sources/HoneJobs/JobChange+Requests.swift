/// What users ask for. A request takes effect at once; the worker follows.
extension JobChange {
  mutating func cancel() -> JobIgnored? {
    if let reason = refusal { return reason }
    end(.cancelled, .cancelled, worker: .kill)
    return nil
  }

  mutating func pause() -> JobIgnored? {
    if let reason = refusal { return reason }
    switch state.status {
    case .validatingFiles: return .filesBeingChecked
    case .paused: return .alreadyPaused
    case .queued, .running, .succeeded, .failed, .cancelled: break
    }
    if state.status == .running { signal(.stop) }
    state.status = .paused
    state.isInterrupted = false
    say(.paused)
    return nil
  }

  /// Back into the queue. A user who insists also gets the patience for crashes anew.
  mutating func resume() -> JobIgnored? {
    if let reason = refusal { return reason }
    guard state.status == .paused else { return .notPaused }
    state.status = .queued
    state.crashes = CrashCount()
    state.notBefore = 0
    say(.resumed)
    if state.worker == .none { act(.requeue(notBefore: 0)) }
    return nil
  }

  /// Deleting a job that goes on cancels it first; its record goes when its worker and its folder are gone.
  mutating func delete() -> JobIgnored? {
    if state.isDeleted { return .alreadyDeleted }
    if state.isPublishing { return .beingPublished }
    state.isDeleted = true
    if state.status.hasEnded {
      removeLater(.everything)
    } else {
      end(.cancelled, .cancelled, worker: .kill)
    }
    return nil
  }

  /// Why a request about a job that should still go on comes too late.
  private var refusal: JobIgnored? {
    if state.isDeleted { return .alreadyDeleted }
    if state.status.hasEnded { return .alreadyEnded }
    return state.isPublishing ? .beingPublished : nil
  }

  mutating func markCleanedUp(_ part: JobCleanUp) -> JobIgnored? {
    guard state.cleanUp == part, state.worker == .none else { return .notDue }
    state.cleanUp = nil
    if state.isDeleted { act(.forget) }
    return nil
  }
}
