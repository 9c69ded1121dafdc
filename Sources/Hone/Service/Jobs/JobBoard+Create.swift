internal import Foundation
internal import HoneJobs
internal import HoneStore

extension JobBoard {
  /// Makes a job; when this returns it is on disk.
  ///
  /// - Throws: `HoneError` of kind `busy` when the queue is full.
  func create(_ task: JobTask, _ surface: JobSurface, owner: String, namedAfter base: String) throws -> StoredJob {
    guard !isStopping else { throw Self.closed }
    guard !queue.isFull else {
      throw HoneError(
        "expected fewer than \(queue.capacity) jobs that have not ended, found that many",
        remedy: "wait for one to end, or cancel one", code: "rate_limit_exceeded", kind: .busy)
    }
    while true {
      let id = JobNames.newID(surface)
      let model = names.model(id: id, surface: surface, base: base, suffix: task.request.suffix, now: now)
      if home.hasFolder(model) { continue }
      do {
        return try create(
          JobIdentity(id: id, owner: owner, model: model, resultFile: "file-" + randomName(length: 24)), task, surface)
      } catch StoreError.taken {
        continue
      }
    }
  }

  private func create(_ identity: JobIdentity, _ task: JobTask, _ surface: JobSurface) throws -> StoredJob {
    var machine = JobMachine(identity, policy: options.crashPolicy)
    let actions = machine.take(.created, at: now).actions
    let state = machine.state
    let job = StoredJob(
      id: identity.id, surface: surface.rawValue, createdAt: state.createdAt, owner: identity.owner,
      status: state.status.rawValue, request: try JSONEncoder().encode(task), state: try state.encoded(),
      model: identity.model, trainingFile: task.request.trainingFile, validationFile: task.request.validationFile,
      resultFile: identity.resultFile, metadata: task.request.metadata)
    var changes = [StoreChange.insertJob(job)]
    for case .append(let event) in actions { changes.append(.append(StoredEvent(event))) }
    try store.apply(changes)
    live[identity.id] = Live(machine: machine, surface: surface, task: task)
    queue.update(state)
    for action in actions { carryOut(action, identity.id) }
    return job
  }

  // MARK: Those who wait for events

  func bell(for job: String) -> (number: Int, rings: AsyncStream<Void>) { bells.bell(for: job) }

  func drop(_ bell: Int, for job: String) { bells.drop(bell, for: job) }
}
