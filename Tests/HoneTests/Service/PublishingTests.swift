import Foundation
import Hone
import HoneJobs
import HoneStore
import Testing

/// Where a service was killed while it put a model in place.
enum PublishingInstant: CaseIterable {
  case before, afterTheModel, afterTheResults
}

@Test(arguments: PublishingInstant.allCases)
func publishingThatWasInterruptedIsDoneAgainToTheSameEnd(_ instant: PublishingInstant) async throws {
  let bench = try Workbench()
  try bench.makeModel()
  let first = try await bench.service { $0.runsJobs = false }
  let made = try await first.createJob(
    try await bench.jobRequest(first, epochs: 1, validation: false), surface: .fineTunes, owner: "tester")
  _ = try await first.wait(for: made.id) { $0.status == "queued" }
  await first.stop()

  let store = try Store(in: bench.home.url)
  let record = try #require(try store.job(made.id))
  var machine = try JobMachine(restoring: JSONDecoder().decode(JobState.self, from: record.state))
  let steps = JobInput.reported(lease: 1, number: 2, .step(StepMetrics(step: 1, trainedTokens: 9)))
  for input in [
    .serverRestarted, .turnCame, .workerStarted(pid: 99_999_999, lease: 1),
    .reported(lease: 1, number: 1, .planned(JobPlan(totalSteps: 1, epochs: 1))), steps,
    .workerFinished(lease: 1, reports: 2),
  ] as [JobInput] {
    for case .append(let event) in machine.take(input, at: made.createdAt).actions {
      try store.append(
        StoredEvent(
          job: made.id, number: event.number, id: event.id, createdAt: event.createdAt, level: "info",
          message: event.message))
    }
  }
  #expect(machine.state.isPublishing)
  try store.saveState(ofJob: made.id, state: JSONEncoder().encode(machine.state), status: "running")

  let manager = FileManager.default
  let tuned = bench.home.url.appendingPathComponent("jobs/\(made.id)/tuned")
  try manager.createDirectory(at: tuned, withIntermediateDirectories: true)
  try Data("step\n1\n".utf8).write(to: tuned.appendingPathComponent("compiled_results.csv"))
  let place =
    instant == .before
    ? tuned.appendingPathComponent("model") : bench.home.url.appendingPathComponent("models/\(record.model)")
  try manager.copyItem(at: bench.home.url.appendingPathComponent("models/tiny"), to: place)
  if instant == .afterTheResults {
    let other = try await bench.service { $0.runsJobs = false }
    _ = try await other.end(of: made.id)
    await other.stop()
    // Everything was done but the word for it: the record says that it is still being published.
    try manager.createDirectory(at: tuned, withIntermediateDirectories: true)
    try Data("step\n1\n".utf8).write(to: tuned.appendingPathComponent("compiled_results.csv"))
    try store.saveState(ofJob: made.id, state: JSONEncoder().encode(machine.state), status: "running")
  }
  try store.close()

  let second = try await bench.service()
  let job = try await second.end(of: made.id)
  #expect(job.status == "succeeded" && job.fineTunedModel == record.model)
  #expect(try await second.model(record.model).model == record.model)
  #expect(try await second.files(purpose: "fine-tune-results").data.map(\.id) == [record.resultFile])
  let messages = try await second.allEvents(of: made.id).map(\.message)
  #expect(messages.filter { $0.hasPrefix("Uploaded model") }.count == 1 && messages.last == "Fine-tune succeeded")
  await second.stop()
}
