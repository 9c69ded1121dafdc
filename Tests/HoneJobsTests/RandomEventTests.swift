import Foundation
import HoneJobs
import HoneTestSupport
import Testing

/// What an outsider can see of a job: everything that was done so far, in order.
private struct Witness {
  var events: [JobEvent] = []
  var isPublished = false
  /// Whether a worker may be alive, by what was reported.
  var mayHaveWorker = false
  var ended: JobStatus?

  /// The first rule that this change breaks.
  mutating func broken(by input: JobInput, _ actions: [JobAction], before: JobState, after: JobState) -> String? {
    if case .published = input, before.isPublishing { isPublished = true }
    if case .workerVanished(let lease, _, _) = input, before.worker.lease == lease { mayHaveWorker = false }
    for action in actions {
      if let broken = broken(by: action, input, after) { return broken }
    }
    if before.status.hasEnded, after.status != before.status { return "\(before.status) became \(after.status)" }
    if events.count != after.eventCount { return "\(events.count) events seen, \(after.eventCount) counted" }
    if after.status == .running, !mayHaveWorker { return "running without a worker" }
    if case .serverRestarted = input, after.status == .running { return "running after a restart" }
    if after.reports < before.reports || after.step < before.step { return "the run went back" }
    return nil
  }

  private mutating func broken(by action: JobAction, _ input: JobInput, _ after: JobState) -> String? {
    switch action {
    case .append(let event): return broken(by: event)
    case .startWorker(let lease, let reports):
      if mayHaveWorker { return "a second worker" }
      if lease != after.lease || reports != after.reports { return "a start that disagrees with the state" }
      mayHaveWorker = true
    case .cleanUp: if mayHaveWorker { return "a clean-up beside a worker" }
    case .forget: if !after.isDeleted { return "a job forgotten that nobody deleted" }
    case .store, .keep, .checkFiles, .signal, .reap, .requeue, .publish: break
    }
    return nil
  }

  private mutating func broken(by event: JobEvent) -> String? {
    if event.number <= events.count {
      return events[event.number - 1] == event ? nil : "event \(event.number) was written differently before"
    }
    if event.number != events.count + 1 { return "event \(event.number) after \(events.count)" }
    if let last = events.last, last.createdAt > event.createdAt { return "an event before the one before it" }
    if let ended { return "event '\(event.message)' after the end as \(ended)" }
    if event.message == "Fine-tune succeeded" {
      if !isPublished { return "success before the model answers" }
      ended = .succeeded
    }
    events.append(event)
    return nil
  }
}

/// An event that could come, sometimes from an older lease, out of order or impossible.
private func randomInput(_ state: JobState, _ random: inout Seeded) -> JobInput {
  if random.chance(1, of: 2) { return likelyInput(state, &random) }
  let probe = probes[Int.random(in: 0..<probes.count, using: &random)]
  return probe.input(state)
}

/// The event that would lead the job on.
private func likelyInput(_ state: JobState, _ random: inout Seeded) -> JobInput {
  switch state.status {
  case .validatingFiles:
    return state.isCreated ? .filesChecked(ahead: Int.random(in: -1...4, using: &random)) : .created
  case .queued:
    if state.isPublishing { return .published }
    if case .starting(let lease) = state.worker { return .workerStarted(pid: 4321, lease: lease) }
    return state.worker == .none ? .turnCame : .workerVanished(lease: state.lease, step: state.step, .unseen)
  case .running: return state.isPublishing ? .published : likelyReport(state, &random)
  case .paused: return .resumeAsked
  case .succeeded, .failed, .cancelled:
    return state.worker == .none
      ? .cleanedUp(state.cleanUp ?? .everything) : .workerVanished(lease: state.lease, step: nil, .exited(code: 0))
  }
}

private func likelyReport(_ state: JobState, _ random: inout Seeded) -> JobInput {
  guard let plan = state.plan else {
    return .reported(lease: state.lease, number: state.reports + 1, .planned(JobPlan(totalSteps: 12, epochs: 3)))
  }
  if state.step == plan.totalSteps, state.epoch == plan.epochs {
    return .workerFinished(lease: state.lease, reports: state.reports)
  }
  let metrics = StepMetrics(step: state.step + 1, trainedTokens: state.trainedTokens + 9, trainLoss: 2.5)
  let report: JobReport =
    state.step > state.epoch * 4 && state.step % 4 == 0
    ? .epoch(state.epoch + 1) : random.chance(1, of: 9) ? .warning("3 examples were cut") : .step(metrics)
  return .reported(lease: state.lease, number: state.reports + 1, report)
}

@Test func noSequenceOfEventsBreaksARule() throws {
  var ends: [JobStatus: Int] = [:]
  for seed in 0..<(runsEverything ? 50_000 : 2_000) {
    var random = Seeded(seed)
    var machine = JobMachine(someJob, policy: CrashPolicy(crashesAtOneStep: 3, crashesWithoutGain: 6))
    var witness = Witness()
    var time = 1000
    for count in 0..<120 {
      time += Int.random(in: -3...8, using: &random)
      let (before, input) = (machine.state, randomInput(machine.state, &random))
      let outcome = machine.take(input, at: time)
      machine.state.checkInvariants()
      if outcome.ignored != nil { try #require(machine.state == before, "seed \(seed), event \(count), \(input)") }
      let broken = witness.broken(by: input, outcome.actions, before: before, after: machine.state)
      try #require(broken == nil, "seed \(seed), event \(count), \(input): \(broken ?? "")")
    }
    ends[machine.state.status, default: 0] += 1
  }
  for status in [JobStatus.succeeded, .failed, .cancelled] {
    #expect(ends[status, default: 0] > 20, "too few jobs end as \(status) for the test to mean much: \(ends)")
  }
}

@Test func everyReachableStateComesBackFromJSON() throws {
  for seed in 0..<200 {
    var random = Seeded(seed)
    var machine = JobMachine(someJob)
    for _ in 0..<30 { _ = machine.take(randomInput(machine.state, &random), at: 1000) }
    let bytes = try JSONEncoder().encode(machine.state)
    let restored = try JobMachine(restoring: JSONDecoder().decode(JobState.self, from: bytes))
    try #require(restored.state == machine.state, "seed \(seed)")
  }
}
