import HoneJobs

/// What survives a crash of the server: the store, and what workers and publishing leave in the job's folder.
struct SimulatedDisk: Equatable {
  var state: JobState?
  var events: [JobEvent] = []
  var checkpoints: [JobCheckpoint] = []
  /// Reports that the newest checkpoint of the run covers.
  var savedReports = 0
  var modelAnswers = false
  var isForgotten = false

  /// The first thing a reader of the disk could complain of, at any instant.
  var complaint: String? {
    for (place, event) in events.enumerated() where event.number != place + 1 {
      return "event \(event.number) at \(place)"
    }
    if events.contains(where: { $0.message == "Fine-tune succeeded" }), !modelAnswers { return "announced too early" }
    if state?.status == .succeeded, !modelAnswers { return "succeeded too early" }
    return nil
  }
}

/// What goes wrong, and at which action of the whole simulation.
enum Mishap: Equatable {
  case server, worker, both
}

/// A request of a user, sent when so many reports are heard (zero: before training), and again until it is answered.
struct Request: Equatable {
  let afterReports: Int
  let input: JobInput
}

/// One job from creation to its end, on a server and with a worker that die where the plan says.
struct Simulation {
  private struct Crash: Error {}
  /// A process: it may outlive the server that started it, and goes on saving then.
  private struct Process {
    let lease: Int
    var made: Int
    let afterReport: Int
  }

  let reports: [JobReport]
  var mishaps: [Int: Mishap]
  var requests: [Request]
  var tellsPlaces = false
  let policy = CrashPolicy(crashesAtOneStep: 1000, crashesWithoutGain: 1000)

  private(set) var disk = SimulatedDisk()
  private(set) var actionCount = 0
  private(set) var complaint: String?
  private var process: Process?
  private var time = 1000
  private var inbox: [JobInput] = []

  init(reports: [JobReport], mishaps: [Int: Mishap] = [:], requests: [Request] = []) {
    self.reports = reports
    self.mishaps = mishaps
    self.requests = requests
  }

  /// Runs servers, one after the other, until one comes to the end of the job.
  mutating func run() {
    for _ in 0...mishaps.count + 1 {
      do {
        try live()
        return
      } catch {
        inbox = []
        orphanGoesOn()
      }
    }
    complaint = complaint ?? "no end"
  }

  /// A worker that nobody hears may still train and save a little.
  private mutating func orphanGoesOn() {
    guard let process else { return }
    disk.savedReports = max(disk.savedReports, min(process.made + 2, reports.count))
  }

  /// The life of one server.
  private mutating func live() throws {
    var machine = try boot()
    for _ in 0..<10_000 {
      if disk.isForgotten { return }
      let state = machine.state
      if state.status.hasEnded, state.worker == .none, state.cleanUp == nil, requests.isEmpty { return }
      guard let input = nextInput(state) else { throw Crash() }
      try take(input, &machine)
      if requests.first?.input == input { requests.removeFirst() }
    }
    complaint = "no progress from \(machine.state)"
  }

  private mutating func boot() throws -> JobMachine {
    guard let state = disk.state else {
      disk = SimulatedDisk()
      var machine = JobMachine(someJob, policy: policy)
      try take(.created, &machine)
      return machine
    }
    var machine = try JobMachine(restoring: state, policy: policy)
    try take(.serverRestarted, &machine)
    if disk.state?.status == .running { complaint = "running after a restart" }
    return machine
  }

  private mutating func take(_ input: JobInput, _ machine: inout JobMachine) throws {
    time += 1
    for action in machine.take(input, at: time).actions { try perform(action) }
    machine.state.checkInvariants()
  }

  private mutating func perform(_ action: JobAction) throws {
    let mishap = mishaps[actionCount]
    actionCount += 1
    if mishap == .worker || mishap == .both, let process {
      self.process = nil
      inbox.append(.workerVanished(lease: process.lease, step: nil, .killed(signal: 9)))
    }
    if mishap == .server || mishap == .both { throw Crash() }
    carryOut(action)
    complaint = complaint ?? disk.complaint
  }

  private mutating func carryOut(_ action: JobAction) {
    switch action {
    case .store(let state): disk.state = state
    case .append(let event): if event.number > disk.events.count { disk.events.append(event) }
    case .keep(let checkpoint):
      if !disk.checkpoints.contains(where: { $0.step == checkpoint.step }) { disk.checkpoints.append(checkpoint) }
    case .checkFiles: inbox.append(.filesChecked(ahead: 2))
    case .startWorker(let lease, let afterReport):
      if process != nil { complaint = "two workers at once" }
      process = Process(lease: lease, made: disk.savedReports, afterReport: afterReport)
      inbox.append(.workerStarted(pid: 4321, lease: lease))
    case .signal(_, .report(let from)): process?.made = from - 1
    case .signal(let worker, let signal): endProcess(worker.lease, saving: signal == .stop)
    case .reap(_, let lease):
      process = nil
      inbox.append(.workerVanished(lease: lease, step: nil, .unseen))
    case .requeue(let notBefore): time = max(time, notBefore)
    case .publish:
      disk.modelAnswers = true
      inbox.append(.published)
    case .cleanUp(let part):
      if process != nil { complaint = "a clean-up beside a worker" }
      inbox.append(.cleanedUp(part))
    case .forget:
      disk = SimulatedDisk()
      disk.isForgotten = true
    }
  }

  private mutating func endProcess(_ lease: Int, saving: Bool) {
    guard let process, process.lease == lease else { return }
    if saving { disk.savedReports = max(disk.savedReports, process.made) }
    self.process = nil
    inbox.append(.workerVanished(lease: lease, step: nil, .exited(code: 0)))
  }

  /// What happens next: an answer that is due, a request, a turn, or the next report.
  private mutating func nextInput(_ state: JobState) -> JobInput? {
    if !inbox.isEmpty { return inbox.removeFirst() }
    if let request = requests.first, state.status != .validatingFiles, state.reports >= request.afterReports {
      return request.input
    }
    if tellsPlaces, state.status == .queued, !state.hasStarted, state.untoldPlaces > 1 { return .queueMoved(ahead: 1) }
    if state.waitsForTurn { return .turnCame }
    guard var process, state.status == .running else { return nil }
    process.made = max(process.made, process.afterReport)
    if process.made == reports.count { return .workerFinished(lease: process.lease, reports: reports.count) }
    process.made += 1
    if process.made % 7 == 0 { disk.savedReports = process.made }
    self.process = process
    return .reported(lease: process.lease, number: process.made, reports[process.made - 1])
  }
}
