internal import Foundation
internal import HoneFiles
internal import HoneJobs
internal import HoneStore

/// A worker, and what is known of it.
struct WorkerWatch {
  let process: ChildProcess
  let lease: Int
  var cutter = LineCutter()
  /// When it last said something.
  var heard = SuspendingClock.now
  private let began = SuspendingClock.now
  var progress: WorkerProgress
  /// The step that it works on.
  var step: Int?
  /// When it is to be gone.
  var leaveBy: SuspendingClock.Instant?
  /// Reports from this number on were asked for again, then.
  var asked: (from: Int, at: SuspendingClock.Instant)?

  init(process: ChildProcess, lease: Int, step: Int?, policy: HangPolicy) {
    self.process = process
    self.lease = lease
    self.step = step
    progress = WorkerProgress(at: .zero, policy: policy)
  }

  /// How long it has been there, in the time that the machine was awake.
  var age: Duration { SuspendingClock.now - began }
}

/// The supervisor: workers are started, heard, told and missed.
extension JobBoard {
  var workers: [String: Int32] { runs.mapValues(\.process.pid) }

  func startWorker(_ job: String, lease: Int, afterReport: Int) {
    guard let live = live[job] else { return }
    let state = live.machine.state
    do {
      let folder = folder(of: job)
      try prepare(folder, live)
      let process = try ChildProcess(
        options.workerProgram,
        ["work", folder.url.path, "--after-report", "\(afterReport)", "--nice", "\(options.nice)"], log: folder.log)
      runs[job] = WorkerWatch(
        process: process, lease: lease, step: state.step > 0 ? state.step + 1 : nil, policy: options.hangPolicy)
      takeSurely(job, .workerStarted(pid: process.pid, lease: lease))
      let executor = executor
      process.follow(
        { bytes in executor.sync { self.assumeIsolated { $0.hear(job, lease, bytes) } } },
        ended: { end in executor.sync { self.assumeIsolated { $0.miss(job, lease, end) } } })
    } catch {
      takeSurely(job, .workerVanished(lease: lease, step: nil, .notStarted(reason: describe(error))))
    }
  }

  /// The order, and links to the bytes of the files, so that these stay when the files are deleted.
  private func prepare(_ folder: WorkFolder, _ live: Live) throws {
    try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
    let request = live.task.request
    for (id, url) in [(request.trainingFile, folder.training), (request.validationFile, folder.validation)] {
      guard let id, !FileManager.default.fileExists(atPath: url.path) else { continue }
      guard let file = try store.file(id) else {
        throw HoneError("file \(id) is gone", remedy: "upload it again", parameter: "training_file")
      }
      try FileManager.default.linkItem(at: contents.url(file.sha256), to: url)
    }
    let state = live.machine.state
    try folder.write(live.task.order(state.identity, created: state.createdAt))
  }

  private func hear(_ job: String, _ lease: Int, _ bytes: [UInt8]) {
    guard var run = runs[job], run.lease == lease else { return }
    run.heard = .now
    var inputs: [(String, JobInput)] = []
    for line in run.cutter.lines(in: bytes) {
      switch try? JSONDecoder().decode(WorkerLine.self, from: Data(line)) {
      case .beat(let step, let progress)?:
        run.step = step ?? run.step
        run.progress.hear(count: progress, at: run.age)
      case .report(let number, let report)?:
        if case .step(let metrics) = report {
          run.step = metrics.step + 1
          run.progress.hear(step: metrics.step, at: run.age)
        }
        inputs.append((job, .reported(lease: lease, number: number, report)))
      case .finished(let reports)?: inputs.append((job, .workerFinished(lease: lease, reports: reports)))
      case .failed(let reports, let failure)?:
        inputs.append((job, .workerFailed(lease: lease, reports: reports, failure)))
      case nil: note("job \(job): its worker said something else than expected")
      }
    }
    runs[job] = run
    guard !inputs.isEmpty, !isStopping else { return }
    do {
      _ = try take(inputs)
    } catch {
      note("job \(job): \(describe(error))")
      askAgain(job)
    }
  }

  /// What could not be stored was not heard: the worker is to say it again.
  private func askAgain(_ job: String) {
    guard let state = live[job]?.machine.state else { return }
    runs[job]?.asked = (state.reports + 1, .now)
  }

  private func miss(_ job: String, _ lease: Int, _ end: WorkerEnd) {
    guard let run = runs[job], run.lease == lease else { return }
    runs[job] = nil
    // A worker that was sent away because the service stops did not crash; the next start finds it gone.
    let status = live[job]?.machine.state.status
    guard !isStopping || status == .paused || status?.hasEnded == true else { return }
    takeSurely(job, .workerVanished(lease: lease, step: run.step, end))
    schedule()
  }

  func tell(_ job: String, _ worker: Worker, _ signal: WorkerSignal) {
    guard let run = runs[job], run.lease == worker.lease, run.process.pid == worker.pid else { return }
    switch signal {
    case .stop: run.process.say(.stop)
    case .kill: run.process.kill()
    case .leave:
      run.process.say(.leave)
      runs[job]?.leaveBy = .now + .seconds(10)
    case .report(let first):
      if let asked = run.asked, asked.from == first, asked.at + .seconds(1) > .now { return }
      runs[job]?.asked = (first, .now)
      run.process.say(.report(from: first))
    }
  }

  /// When a job that trains will be done, by the steps measured so far, in seconds since 1970; nil where that is unknown.
  func estimatedFinish(of job: String) -> Int? {
    guard let run = runs[job], let state = live[job]?.machine.state, state.status == .running, let plan = state.plan,
      let left = run.progress.timeLeft(of: plan.totalSteps, at: run.age)
    else { return nil }
    return now + Int(left.components.seconds) + 1
  }

  /// What time alone brings: workers that say nothing or get nowhere, jobs that waited long enough, what could not be stored.
  func tick() {
    guard !isStopping else { return }
    let now = SuspendingClock.now
    for (job, run) in runs {
      if run.heard + .seconds(options.leaseSeconds) < now {
        takeSurely(job, .leaseLost(lease: run.lease, step: run.step))
        run.process.kill()
      } else if run.progress.isStuck(at: run.age) {
        let seconds = Int(run.progress.standstill(at: run.age).components.seconds)
        takeSurely(job, .workerStuck(lease: run.lease, step: run.step, seconds: seconds))
      } else if let leaveBy = run.leaveBy, leaveBy < now {
        run.process.kill()
      } else if let asked = run.asked, asked.at + .seconds(1) < now {
        runs[job]?.asked = nil
        let reports = live[job]?.machine.state.reports ?? Int.max
        if reports < asked.from { run.process.say(.report(from: asked.from)) }
      }
    }
    let late = untaken
    untaken = []
    for (job, input) in late { takeSurely(job, input) }
    schedule()
  }

  /// Makes sure that no worker of an earlier service trains the job. Such a one knows that nobody listens, and leaves
  /// after its step; when it takes too long it is killed, if it can be found.
  func reap(_ job: String, pid: Int32?, lease: Int) async {
    let folder = folder(of: job)
    let patience = ContinuousClock.now + .seconds(20)
    while isHeld(folder) {
      if Task.isCancelled { return }
      if ContinuousClock.now > patience { killWorker(of: folder.url) }
      try? await Task.sleep(for: .milliseconds(50))
    }
    takeSurely(job, .workerVanished(lease: lease, step: nil, .unseen))
  }

  nonisolated func isHeld(_ folder: WorkFolder) -> Bool {
    guard FileManager.default.fileExists(atPath: folder.lock.path) else { return false }
    do {
      let lock = try FileLock(at: folder.lock)
      lock.release()
      return false
    } catch .lockedElsewhere {
      return true
    } catch {
      return false
    }
  }
}
