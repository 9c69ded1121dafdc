import HoneJobs
import HoneTestSupport
import Testing

/// A run of twelve steps in three epochs, with a warning and a checkpoint after every epoch.
private let shortRun: [JobReport] =
  [.planned(JobPlan(totalSteps: 12, epochs: 3)), .warning("2 examples were cut")]
  + (1...12).flatMap { step -> [JobReport] in
    let metrics = StepMetrics(step: step, trainedTokens: step * 100, trainLoss: 3 / Double(step))
    return step % 4 == 0 ? [.step(metrics), .epoch(step / 4), .checkpoint(metrics)] : [.step(metrics)]
  }

private let scenarios: [(name: String, requests: [Request])] = [
  ("left alone", []),
  (
    "paused and resumed", [Request(afterReports: 5, input: .pauseAsked), Request(afterReports: 5, input: .resumeAsked)]
  ),
  (
    "paused while queued",
    [Request(afterReports: 0, input: .pauseAsked), Request(afterReports: 0, input: .resumeAsked)]
  ),
  ("cancelled", [Request(afterReports: 8, input: .cancelAsked)]),
  ("cancelled while queued", [Request(afterReports: 0, input: .cancelAsked)]),
  ("deleted", [Request(afterReports: 8, input: .deleteAsked)]),
  ("deleted while queued", [Request(afterReports: 0, input: .deleteAsked)]),
  ("file deleted while queued", [Request(afterReports: 0, input: .fileDeleted(.training))]),
  (
    "cancelled, then deleted",
    [Request(afterReports: 3, input: .cancelAsked), Request(afterReports: 3, input: .deleteAsked)]
  ),
]

/// All that a user can compare, without the times.
private struct Outcome: Equatable {
  let status: JobStatus?
  let events: [String]
  let checkpoints: [String]
  let modelAnswers: Bool
  let isForgotten: Bool
  let step: Int?

  init(_ disk: SimulatedDisk) {
    status = disk.state?.status
    events = disk.events.map { "\($0.id) \($0.level) \($0.type) \($0.message) \($0.metrics.map { "\($0)" } ?? "")" }
    checkpoints = disk.checkpoints.map { "\($0.id) \($0.model) \($0.metrics)" }
    modelAnswers = disk.modelAnswers
    isForgotten = disk.isForgotten
    step = disk.state?.step
  }
}

private func simulate(_ requests: [Request], _ mishaps: [Int: Mishap] = [:], tellsPlaces: Bool = false) -> Simulation {
  var simulation = Simulation(reports: shortRun, mishaps: mishaps, requests: requests)
  simulation.tellsPlaces = tellsPlaces
  simulation.run()
  return simulation
}

@Test func aRunLeftAloneSaysWhatClientsCompare() {
  let simulation = simulate([])
  #expect(simulation.complaint == nil)
  #expect(
    simulation.disk.events.filter { $0.type == "message" }.map(\.message) == [
      "Created fine-tune: ft-abc", "Fine-tune costs $0.00", "Fine-tune enqueued. Queue number: 2",
      "Fine-tune is in the queue. Queue number: 1", "Fine-tune is in the queue. Queue number: 0", "Fine-tune started",
      "2 examples were cut", "Completed epoch 1/3", "Completed epoch 2/3", "Completed epoch 3/3",
      "Uploaded model: nano:ft-ann-2024", "Uploaded result file: file-results", "Fine-tune succeeded",
    ])
  #expect(simulation.disk.events.filter { $0.type == "metrics" }.map { $0.metrics?.step } == Array(1...12))
  #expect(simulation.disk.events.first { $0.type == "metrics" }?.message == "Step 1/12: training loss=3.00")
  #expect(simulation.disk.checkpoints.map(\.step) == [4, 8, 12])
  #expect(simulation.disk.checkpoints.first?.id == "ftckpt_abc-000004")
}

@Test(arguments: scenarios.indices) func oneMishapAtAnyActionChangesNothing(index: Int) throws {
  let (name, requests) = scenarios[index]
  let whole = simulate(requests)
  #expect(whole.complaint == nil)
  for place in 0..<whole.actionCount {
    for mishap in [Mishap.server, .worker, .both] {
      let crashed = simulate(requests, [place: mishap])
      try #require(crashed.complaint == nil, "\(name), \(mishap) at \(place)")
      try #require(Outcome(crashed.disk) == Outcome(whole.disk), "\(name), \(mishap) at \(place)")
    }
  }
}

@Test(arguments: scenarios.indices) func twoMishapsAtAnyActionsChangeNothing(index: Int) throws {
  let (name, requests) = scenarios[index]
  let whole = simulate(requests)
  let expected = Outcome(whole.disk)
  let stride = runsEverything ? 1 : 5
  for first in 0..<whole.actionCount {
    for second in Swift.stride(from: first + 1 + first % stride, to: whole.actionCount + 12, by: stride) {
      let plan: [Int: Mishap] = [first: .server, second: (first + second) % 2 == 0 ? .both : .server]
      let crashed = simulate(requests, plan)
      try #require(crashed.complaint == nil, "\(name), \(plan)")
      try #require(Outcome(crashed.disk) == expected, "\(name), \(plan)")
    }
  }
}

@Test func anyNumberOfMishapsChangesNothing() throws {
  for seed in 0..<(runsEverything ? 50_000 : 1_000) {
    var random = Seeded(seed)
    let (name, requests) = scenarios[Int.random(in: 0..<scenarios.count, using: &random)]
    var plan: [Int: Mishap] = [:]
    for _ in 0..<Int.random(in: 1...25, using: &random) {
      plan[Int.random(in: 0..<160, using: &random)] = [.server, .worker, .both].randomElement(using: &random)
    }
    let crashed = simulate(requests, plan, tellsPlaces: requests.isEmpty && random.chance(1, of: 2))
    try #require(crashed.complaint == nil, "seed \(seed), \(name), \(plan)")
    try #require(Outcome(crashed.disk) == Outcome(simulate(requests).disk), "seed \(seed), \(name), \(plan)")
  }
}
