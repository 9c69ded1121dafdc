import HoneJobs
import Testing

private func seconds(_ count: Double) -> Duration { .milliseconds(Int(count * 1000)) }

@Test func aWorkerThatGetsNowhereIsStuckAfterTenMinutes() {
  var progress = WorkerProgress(at: seconds(50))
  #expect(!progress.isStuck(at: seconds(650)))
  #expect(progress.isStuck(at: seconds(650.001)))
  progress.hear(count: 1, at: seconds(600))
  #expect(!progress.isStuck(at: seconds(1200)))
  // Saying the same again is not getting anywhere.
  for time in 601...1201 { progress.hear(count: 1, at: seconds(Double(time))) }
  #expect(progress.isStuck(at: seconds(1201)) && progress.standstill(at: seconds(1201)) == seconds(601))
}

@Test func aSlowWorkerIsGivenTwentyTimesItsSlowestPiece() {
  var progress = WorkerProgress(at: .zero)
  progress.hear(count: 1, at: seconds(500))  // loading is no measure
  #expect(progress.patience == seconds(600))
  progress.hear(count: 2, at: seconds(540))
  #expect(progress.patience == seconds(800))
  progress.hear(count: 9, at: seconds(541))  // a quick piece does not make it less
  #expect(progress.patience == seconds(800))
  #expect(!progress.isStuck(at: seconds(541 + 800)))
  #expect(progress.isStuck(at: seconds(541 + 801)))
}

@Test func theTimeLeftIsThatOfTheStepsMeasured() {
  var progress = WorkerProgress(at: .zero)
  #expect(progress.timeLeft(of: 100, at: seconds(5)) == nil)
  progress.hear(step: 41, at: seconds(30))  // a run that goes on: what was before it is not measured
  #expect(progress.timeLeft(of: 100, at: seconds(31)) == nil)
  progress.hear(step: 51, at: seconds(50))
  #expect(progress.timeLeft(of: 101, at: seconds(50)) == seconds(100))
  #expect(progress.timeLeft(of: 101, at: seconds(53)) == seconds(97))
  #expect(progress.timeLeft(of: 101, at: seconds(500)) == .zero)
  #expect(progress.timeLeft(of: 10, at: seconds(50)) == .zero)
}

@Test func aWorkerThatHangsIsEndedToldOfAndStartedAgain() {
  var machine = Situation.running.machine()
  let before = machine.state
  let actions = machine.take(.workerStuck(lease: 1, step: 4, seconds: 700), at: 5000).actions
  #expect(actions.contains(.signal(Worker(pid: 4321, lease: 1), .kill)))
  #expect(machine.state.status == .queued && machine.state.isInterrupted)
  #expect(
    machine.state.lastEvents.map(\.message) == [
      "Training got nowhere for 700 s at step 4; its process is ended, and starts again from the last checkpoint"
    ])
  #expect(machine.state.lastEvents.first?.level == .warn)
  _ = machine.take(.workerVanished(lease: 1, step: 4, .killed(signal: 9)), at: 5001)
  #expect(machine.state.crashes.withoutGain == 1)
  _ = machine.take(.turnCame, at: 5001)
  _ = machine.take(.workerStarted(pid: 4322, lease: 2), at: 5001)
  #expect(machine.state.status == .running && machine.state.reports == before.reports)
}

@Test func aWorkerThatHangsAtOneStepAgainAndAgainFailsTheJob() {
  var machine = JobMachine(someJob, policy: CrashPolicy(crashesAtOneStep: 2, firstDelay: 0))
  for input in Situation.running.path { _ = machine.take(input, at: 1000) }
  _ = machine.take(.workerStuck(lease: 1, step: 4, seconds: 700), at: 2000)
  _ = machine.take(.workerVanished(lease: 1, step: 4, .killed(signal: 9)), at: 2000)
  _ = machine.take(.turnCame, at: 3000)
  _ = machine.take(.workerStarted(pid: 4322, lease: 2), at: 3000)
  _ = machine.take(.workerStuck(lease: 2, step: 4, seconds: 650), at: 4000)
  machine.state.checkInvariants()
  #expect(machine.state.status == .failed)
  #expect(
    machine.state.failure?.message
      == "The training process ended 2 times at step 4: it got nowhere for 650 s. The log of the job says more.")
}
