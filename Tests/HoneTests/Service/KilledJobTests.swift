import Foundation
import Hone
import HoneTestSupport
import Testing

/// What a run leaves, without what differs between any two runs: ids, names and times.
private struct Outcome: Equatable {
  var events: [String]
  var steps: [JobMetrics?]
  var weights: Data
  var results: Data
  var checkpoints: [Int]

  init(_ service: Service, _ bench: Workbench, _ job: JobInfo) async throws {
    let name = try #require(job.fineTunedModel)
    func plain(_ text: String) -> String {
      text.replacingOccurrences(of: name, with: "NAME").replacingOccurrences(of: job.id, with: "ID")
        .replacingOccurrences(of: job.resultFiles[0], with: "RESULTS")
    }
    let list = try await service.allEvents(of: job.id)
    #expect(list.map(\.number) == Array(1...list.count))
    events = list.map { "\($0.level) \(plain($0.message))" }
    steps = list.map(\.metrics)
    weights = try Data(contentsOf: bench.home.url.appendingPathComponent("models/\(name)/model.safetensors"))
    results = try Data(contentsOf: await service.content(ofFile: job.resultFiles[0]))
    checkpoints = try await service.checkpoints(ofJob: job.id).data.map(\.metrics.step)
  }
}

private func undisturbed(_ epochs: Int) async throws -> Outcome {
  let bench = try Workbench()
  try bench.makeModel()
  let service = try await bench.service()
  let made = try await service.createJob(
    try await bench.jobRequest(service, epochs: epochs), surface: .fineTunes, owner: "tester")
  let outcome = try await Outcome(service, bench, try await service.end(of: made.id))
  await service.stop()
  return outcome
}

/// Enough training to be killed often.
private let epochs = runsEverything ? 120 : 6

@Suite(.serialized) struct KilledJobTests {
  /// The same for both tests.
  private static let expected = Task { try await undisturbed(epochs) }

  @Test func aJobWhoseWorkerIsKilledEndsInTheSameEventsAndBits() async throws {
    let expected = try await Self.expected.value
    let bench = try Workbench()
    try bench.makeModel()
    let service = try await bench.service()
    let made = try await service.createJob(
      try await bench.jobRequest(service, epochs: epochs), surface: .fineTunes, owner: "tester")
    var random = SystemRandomNumberGenerator()
    var kills = 0
    for _ in 0..<(runsEverything ? 60 : 6) {
      try await Task.sleep(for: .milliseconds(Int.random(in: 5...400, using: &random)))
      if let pid = await service.workers[made.id], kill(pid, SIGKILL) == 0 { kills += 1 }
    }
    #expect(kills > 0)
    let job = try await service.end(of: made.id)
    #expect(job.status == "succeeded", "after \(kills) kills: \(String(describing: job.failure))")
    #expect(try await Outcome(service, bench, job) == expected, "after \(kills) kills")
    await service.stop()
  }

  /// `hone jobs follow` runs a service of its own; it is killed, and sometimes its worker with it.
  @Test func aJobWhoseServiceIsKilledGoesOnUnaskedToTheSameEventsAndBits() async throws {
    let expected = try await Self.expected.value
    let bench = try Workbench()
    try bench.makeModel()
    let maker = try await bench.service { $0.runsJobs = false }
    let made = try await maker.createJob(
      try await bench.jobRequest(maker, epochs: epochs), surface: .fineTunes, owner: "tester")
    await maker.stop()
    var status = ""
    for round in 0..<(runsEverything ? 40 : 4) where status != "succeeded" {
      _ = try bench.run(
        ["jobs", "follow", made.id], killedAfter: .milliseconds(Int.random(in: 100...1000)),
        environment: ["HONE_NICE": "0"])
      // The record says what it said when it was killed; a new service says no more than is true.
      let looker = try await bench.service { $0.runsJobs = false }
      status = try await looker.job(made.id).status
      #expect(status != "running", "round \(round)")
      await looker.stop()
    }
    let service = try await bench.service()
    let job = try await service.end(of: made.id)
    #expect(job.status == "succeeded", "\(String(describing: job.failure))")
    #expect(try await Outcome(service, bench, job) == expected)
    await service.stop()
  }
}
