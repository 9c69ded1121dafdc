internal import Foundation
internal import HoneFiles
internal import HoneJobs
internal import HoneStore

/// All jobs that go on: one state machine each, what happens to them in the order it happens, and the carrying out of
/// what follows. Each change is stored before anything is done about it.
///
/// It waits for the disk, on a queue of its own.
actor JobBoard {
  nonisolated let executor = QueueExecutor(label: "hone.jobs")
  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

  nonisolated let home: Home
  nonisolated let store: Store
  nonisolated let contents: ContentStore
  nonisolated let options: ServiceOptions

  /// A job that goes on.
  struct Live {
    var machine: JobMachine
    let surface: JobSurface
    let task: JobTask
  }

  var live: [String: Live] = [:]
  var queue: JobQueue
  var names = JobNames()
  var runs: [String: WorkerWatch] = [:]
  /// What happened, but could not be stored yet.
  var untaken: [(job: String, input: JobInput)] = []
  /// Records that cannot have come from a machine, and why.
  private(set) var damaged: [String: String] = [:]
  var bells = Bells()
  private var works: [Int: Task<Void, Never>] = [:]
  private var workCount = 0
  private(set) var isStopping = false
  private var isClosed = false
  private var isScheduling = false

  init(home: Home, store: Store, contents: ContentStore, options: ServiceOptions) {
    self.home = home
    self.store = store
    self.contents = contents
    self.options = options
    queue = JobQueue(limit: options.workers, capacity: options.queueCapacity)
  }

  var now: Int { options.clock() }

  /// Takes up all stored jobs where an earlier process left them.
  func start() throws {
    var inputs: [(String, JobInput)] = []
    for job in try store.jobs() {
      do {
        let machine = try job.machine(options.crashPolicy)
        queue.update(machine.state)
        if machine.state.isSettled { continue }
        live[job.id] = try Live(machine: machine, surface: surface(job), task: JobTask(job))
        inputs.append((job.id, .serverRestarted))
      } catch {
        damaged[job.id] = describe(error)
      }
    }
    _ = try take(inputs)
  }

  /// Lets one thing happen to one job.
  @discardableResult
  func take(_ job: String, _ input: JobInput) throws -> JobOutcome {
    try take([(job, input)]).first ?? .ignored(.notCreated)
  }

  /// Lets things happen to jobs in order, in one transaction. Where they cannot be stored, none has happened.
  func take(_ inputs: [(job: String, input: JobInput)]) throws -> [JobOutcome] {
    guard !isClosed else { throw Self.closed }
    var changed: [String: Live] = [:]
    var changes: [StoreChange] = []
    var actions: [(job: String, action: JobAction)] = []
    var outcomes: [JobOutcome] = []
    for (job, input) in inputs {
      guard var live = try changed[job] ?? self.live(job, &changes, &actions) else {
        outcomes.append(.ignored(.notCreated))
        continue
      }
      let outcome = live.machine.take(input, at: now)
      outcomes.append(outcome)
      changed[job] = live
      for action in outcome.actions { actions.append((job, action)) }
    }
    for case (let job, .keep(let checkpoint)) in actions { try linkCheckpoint(checkpoint, of: job) }
    changes += try storeChanges(actions.map(\.action))
    try store.apply(changes)
    for (job, live) in changed { settle(job, live) }
    for (job, action) in actions { carryOut(action, job) }
    for job in changed.keys { bells.ring(job) }
    if !actions.isEmpty { schedule() }
    return outcomes
  }

  /// A job in memory, or one that had ended and is asked for again.
  private func live(
    _ id: String, _ changes: inout [StoreChange], _ actions: inout [(job: String, action: JobAction)]
  ) throws -> Live? {
    if let known = live[id] { return known }
    guard damaged[id] == nil, let job = try store.job(id) else { return nil }
    var machine = try job.machine(options.crashPolicy)
    for action in machine.take(.serverRestarted, at: now).actions { actions.append((id, action)) }
    return Live(machine: machine, surface: surface(job), task: try JobTask(job))
  }

  private func surface(_ job: StoredJob) -> JobSurface { JobSurface(rawValue: job.surface) ?? .fineTuning }

  private func settle(_ job: String, _ changed: Live) {
    queue.update(changed.machine.state)
    live[job] = changed.machine.state.isSettled ? nil : changed
  }

  /// The records that actions ask for. Of several states of one job only the last is kept.
  private func storeChanges(_ actions: [JobAction]) throws -> [StoreChange] {
    var states: [String: JobState] = [:]
    for case .store(let state) in actions { states[state.identity.id] = state }
    var changes: [StoreChange] = []
    for (id, state) in states {
      changes.append(
        .saveState(job: id, state: try state.encoded(), status: state.status.rawValue, isDeleted: state.isDeleted))
      if state.trainedTokens > 0 {
        changes.append(
          .countTrainedTokens(
            job: id, total: state.trainedTokens, day: usageDay(state.updatedAt), key: state.identity.owner))
      }
    }
    for action in actions {
      if case .append(let event) = action { changes.append(.append(StoredEvent(event))) }
      if case .keep(let checkpoint) = action { changes.append(.keep(StoredCheckpoint(checkpoint))) }
    }
    return changes
  }

  /// Starts the jobs whose turn it is, and tells the others of their place.
  func schedule() {
    guard options.runsJobs, !isStopping, !isScheduling else { return }
    isScheduling = true
    defer { isScheduling = false }
    do {
      while let next = queue.next(at: now) { try take(next, .turnCame) }
      var moved: [(String, JobInput)] = []
      for (place, id) in queue.waiting.enumerated() {
        guard let state = live[id]?.machine.state, !state.hasStarted, place < state.untoldPlaces else { continue }
        moved.append((id, .queueMoved(ahead: place)))
      }
      if !moved.isEmpty { _ = try take(moved) }
    } catch {
      note("a job's turn could not be stored: \(describe(error))")
    }
  }

  /// Takes up later what cannot be stored now.
  func takeSurely(_ job: String, _ input: JobInput) {
    do {
      try take(job, input)
    } catch {
      if isStopping { return }  // the next start finds out by itself
      note("job \(job): \(describe(error))")
      untaken.append((job, input))
    }
  }

  static let closed = HoneError(
    "expected a service that runs, found one that is stopping", remedy: "ask again when it is back", fault: .machine,
    kind: .unavailable)

  /// Does what takes long beside the board.
  func work(_ body: @escaping @Sendable (JobBoard) async -> Void) {
    workCount += 1
    let number = workCount
    works[number] = Task { [self] in
      await body(self)
      ended(number)
    }
  }

  private func ended(_ number: Int) { works[number] = nil }

  /// Forgets a job whose record is damaged. Its folder goes, unless a process is still at work there.
  func forgetDamaged(_ id: String) throws {
    let model = try store.job(id)?.model
    try store.forgetJob(id)
    damaged[id] = nil
    if let model { home.removeCheckpointLinks(of: model) }
    if !isHeld(folder(of: id)) { try? FileManager.default.removeItem(at: folder(of: id).url) }
  }

  /// Begins no more, and lets workers save and leave; they and unfinished work get `grace` to end.
  func stop(grace: Duration) async {
    isStopping = true
    for run in runs.values { run.process.closeInput() }
    let end = ContinuousClock.now + grace
    while !(runs.isEmpty && works.isEmpty), ContinuousClock.now < end { try? await Task.sleep(for: .milliseconds(20)) }
    for work in works.values { work.cancel() }
    isClosed = true
    bells.end()
  }
}

/// Tells those who run the service of something that no caller is told.
func note(_ text: String) { FileHandle.standardError.write(Data("hone: \(text)\n".utf8)) }

/// The day of a time, as usage is counted by: `2024-02-29`, in UTC.
func usageDay(_ seconds: Int) -> String { String(timeStamp(seconds).prefix(10)) }
