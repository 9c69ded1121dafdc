import HoneJobs
import Testing

/// A job whose worker is started and dies again and again.
private struct Patient {
  var machine: JobMachine
  var now = 1000

  init(_ policy: CrashPolicy) {
    machine = JobMachine(someJob, policy: policy)
    for input in [JobInput.created, .filesChecked(ahead: 0)] { _ = machine.take(input, at: now) }
  }

  var state: JobState { machine.state }

  /// Starts a worker that makes `steps` new steps and then dies at `step`; returns the seconds the job then waits.
  mutating func die(at step: Int?, after steps: Int = 0, _ cause: WorkerEnd = .killed(signal: 9)) -> Int {
    now = max(now, state.notBefore)
    _ = machine.take(.turnCame, at: now)
    _ = machine.take(.workerStarted(pid: 4321, lease: state.lease), at: now)
    if state.plan == nil, steps > 0 { report(.planned(JobPlan(totalSteps: 100, epochs: 1))) }
    for _ in 0..<steps { report(.step(StepMetrics(step: state.step + 1, trainedTokens: 0))) }
    _ = machine.take(.workerVanished(lease: state.lease, step: step, cause), at: now)
    machine.state.checkInvariants()
    return state.status == .queued ? state.notBefore - now : -1
  }

  private mutating func report(_ report: JobReport) {
    _ = machine.take(.reported(lease: state.lease, number: state.reports + 1, report), at: now)
  }
}

@Test func aWorkerThatDiesAtOneStepAgainAndAgainFailsTheJob() {
  var patient = Patient(CrashPolicy(crashesAtOneStep: 3))
  #expect(patient.die(at: 13, after: 12) == 1)
  #expect(patient.die(at: 13) == 2)
  #expect(patient.state.status == .queued)
  _ = patient.die(at: 13)
  #expect(patient.state.status == .failed)
  #expect(patient.state.failure?.code == "worker_crashed")
  #expect(
    patient.state.lastEvents.map(\.message) == [
      "Fine-tune failed. The training process ended 3 times at step 13: it was killed by signal 9. "
        + "Memory may have run out: try a smaller batch_size or model, or free some memory."
    ])
  #expect(patient.state.lastEvents.first?.level == .error)
}

@Test func deathsAtDifferentStepsAreForgivenLonger() {
  var patient = Patient(CrashPolicy(crashesAtOneStep: 2, crashesWithoutGain: 4))
  _ = patient.die(at: 10, after: 10)
  _ = patient.die(at: 7)
  _ = patient.die(at: 8)
  #expect(patient.state.status == .queued)
  _ = patient.die(at: 6)
  #expect(
    patient.state.failure?.message.hasPrefix(
      "The training process ended 4 times without getting further, the last time at step 6") == true)
}

@Test func gettingFurtherStartsTheCountAnew() {
  var patient = Patient(CrashPolicy(crashesAtOneStep: 2, crashesWithoutGain: 3))
  for round in 1...20 {
    #expect(patient.die(at: round, after: 1) == 1, "round \(round)")
  }
}

@Test func aWorkerThatNeverComesUpFailsTheJob() {
  var patient = Patient(CrashPolicy(crashesAtOneStep: 4))
  for _ in 0..<4 {
    #expect(patient.state.status == .queued)
    _ = patient.die(at: nil, .exited(code: 70))
  }
  #expect(patient.state.failure?.message.contains("4 times before its first step: it left with status 70") == true)
}

@Test func aModelThatCannotBePutInPlaceIsTriedAgainThenFails() {
  var machine = Situation.publishing.machine()
  for round in 1...5 {
    #expect(machine.state.isPublishing, "round \(round)")
    let later = round * 10_000
    _ = machine.take(.publishFailed(reason: "the disk is full"), at: later)
    _ = machine.take(.workerVanished(lease: machine.state.lease, step: nil, .unseen), at: later)
    if round == 5 { break }
    #expect(machine.state.status == .queued)
    _ = machine.take(.turnCame, at: later + 500)
    _ = machine.take(.workerStarted(pid: 4321, lease: machine.state.lease), at: later + 500)
    _ = machine.take(.workerFinished(lease: machine.state.lease, reports: machine.state.reports), at: later + 500)
  }
  #expect(machine.state.status == .failed)
  #expect(machine.state.failure?.message.contains("could not be put in place (the disk is full)") == true)
}

@Test func restartsOfTheServerAreNoCrashes() {
  var machine = Situation.running.machine()
  for _ in 0..<100 {
    _ = machine.take(.serverRestarted, at: 1000)
    _ = machine.take(.workerVanished(lease: machine.state.lease, step: 3, .unseen), at: 1000)
    _ = machine.take(.turnCame, at: 1000)
    _ = machine.take(.serverRestarted, at: 1000)
    _ = machine.take(.workerVanished(lease: machine.state.lease, step: 3, .unseen), at: 1000)
    _ = machine.take(.turnCame, at: 1000)
    _ = machine.take(.workerStarted(pid: 4321, lease: machine.state.lease), at: 1000)
  }
  #expect(machine.state.status == .running)
  #expect(machine.state.crashes.withoutGain == 0)
}

@Test func aUserWhoResumesGivesTheJobNewPatience() {
  var patient = Patient(CrashPolicy(crashesAtOneStep: 3))
  _ = patient.die(at: 5, after: 5)
  _ = patient.die(at: 5)
  _ = patient.machine.take(.pauseAsked, at: patient.now)
  _ = patient.machine.take(.resumeAsked, at: patient.now)
  #expect(patient.state.notBefore == 0)
  #expect(patient.die(at: 5) == 1)
}

@Test func theWaitDoublesUpToItsLimit() {
  let policy = CrashPolicy(firstDelay: 1, longestDelay: 300)
  var crashes = CrashCount()
  var delays: [Int] = []
  for _ in 0..<12 {
    crashes = counted(crashes)
    delays.append(policy.delay(after: crashes))
  }
  #expect(delays == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300])
  #expect(CrashPolicy(firstDelay: 0).delay(after: crashes) == 0)
  #expect(CrashPolicy(firstDelay: .max, longestDelay: .max).delay(after: crashes) == 1 << 48)
  #expect(CrashPolicy(firstDelay: -5, longestDelay: -9).delay(after: crashes) == 0)
}

/// One death more, at a step of its own.
private func counted(_ crashes: CrashCount) -> CrashCount {
  var crashes = crashes
  crashes.count(at: crashes.withoutGain, furthest: 0)
  return crashes
}
