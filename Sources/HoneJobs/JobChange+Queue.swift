/// From creation to the place in the queue, and out of it.
extension JobChange {
  mutating func create() -> JobIgnored? {
    guard !state.isCreated else { return .repeated }
    state.createdAt = now
    say(.created(id: state.identity.id))
    act(.checkFiles)
    return nil
  }

  mutating func accept(ahead: Int) -> JobIgnored? {
    guard state.status == .validatingFiles else { return .filesNotAwaited }
    let ahead = max(0, min(ahead, JobQueue.largestCapacity))
    say(.costs)
    say(.enqueued(ahead: ahead))
    state.untoldPlaces = max(1, ahead)
    state.status = .queued
    act(.requeue(notBefore: 0))
    return nil
  }

  mutating func refuse(_ failure: JobFailure) -> JobIgnored? {
    guard state.status == .validatingFiles else { return .filesNotAwaited }
    fail(failure, worker: .kill)
    return nil
  }

  /// A file that training has not read is missed; one that it has read is held for it by the store.
  mutating func loseFile(_ file: JobFile) -> JobIgnored? {
    guard !state.status.hasEnded else { return .alreadyEnded }
    guard !state.hasStarted else { return .dataIsHeld }
    fail(.fileDeleted(file), worker: .kill)
    return nil
  }

  mutating func move(ahead: Int) -> JobIgnored? {
    guard state.status == .queued, !state.hasStarted else { return .notWaiting }
    guard max(0, ahead) < state.untoldPlaces else { return .nothingNew }
    tellPlaces(downTo: max(0, ahead))
    return nil
  }

  /// Tells every place once and in order, so that the list does not depend on how often anybody looked.
  mutating func tellPlaces(downTo ahead: Int) {
    while state.untoldPlaces > ahead {
      state.untoldPlaces -= 1
      say(.inQueue(ahead: state.untoldPlaces))
    }
  }

  /// Grants a lease and has a worker started under it.
  mutating func start() -> JobIgnored? {
    guard state.waitsForTurn else { return .notWaiting }
    guard now >= state.notBefore else { return .tooEarly }
    state.lease += 1
    state.worker = .starting(lease: state.lease)
    state.lastStartAt = now
    act(.startWorker(lease: state.lease, afterReport: state.reports))
    return nil
  }
}
