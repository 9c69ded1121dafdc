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
  let job = try await jobThatIsPublishing(bench)
  let manager = FileManager.default
  let tuned = bench.home.url.appendingPathComponent("jobs/\(job.id)/tuned")
  try manager.createDirectory(at: tuned, withIntermediateDirectories: true)
  try Data("step\n1\n".utf8).write(to: tuned.appendingPathComponent("compiled_results.csv"))
  let place =
    instant == .before
    ? tuned.appendingPathComponent("model") : bench.home.url.appendingPathComponent("models/\(job.model)")
  try manager.copyItem(at: bench.home.url.appendingPathComponent("models/tiny"), to: place)
  if instant == .afterTheResults {
    let other = try await bench.service { $0.runsJobs = false }
    _ = try await other.end(of: job.id)
    await other.stop()
    // Everything was done but the word for it: the record says that it is still being published.
    try manager.createDirectory(at: tuned, withIntermediateDirectories: true)
    try Data("step\n1\n".utf8).write(to: tuned.appendingPathComponent("compiled_results.csv"))
    let store = try Store(in: bench.home.url)
    try store.saveState(ofJob: job.id, state: job.state, status: "running")
    try store.close()
  }

  let second = try await bench.service()
  let ended = try await second.end(of: job.id)
  #expect(ended.status == "succeeded" && ended.fineTunedModel == job.model)
  #expect(try await second.model(job.model).model == job.model)
  #expect(try await second.files(purpose: "fine-tune-results").data.map(\.id) == [job.resultFile])
  let messages = try await second.allEvents(of: job.id).map(\.message)
  #expect(messages.filter { $0.hasPrefix("Uploaded model") }.count == 1 && messages.last == "Fine-tune succeeded")
  await second.stop()
}

@Test func aModelThatAnswersOtherwiseIsNeverAnnounced() async throws {
  let bench = try Workbench()
  try bench.makeModel()
  let job = try await jobThatIsPublishing(bench)
  let manager = FileManager.default
  let model = bench.home.url.appendingPathComponent("jobs/\(job.id)/tuned/model")
  try manager.createDirectory(at: model.deletingLastPathComponent(), withIntermediateDirectories: true)
  try Data("step\n1\n".utf8).write(
    to: model.deletingLastPathComponent().appendingPathComponent("compiled_results.csv"))
  try manager.copyItem(at: bench.home.url.appendingPathComponent("models/tiny"), to: model)
  try changeInfo(of: model) { $0["probe"] = ["tokens": [7, 8], "logprobs": [-1.5]] }

  let service = try await bench.service { $0.crashPolicy = CrashPolicy(crashesAtOneStep: 1) }
  let ended = try await service.end(of: job.id)
  #expect(ended.status == "failed" && ended.fineTunedModel == nil)
  #expect(ended.failure?.message.contains("expected the answers that were noted") == true)
  #expect(try await service.allEvents(of: job.id).allSatisfy { !$0.message.hasPrefix("Uploaded") })
  #expect(!manager.fileExists(atPath: bench.home.url.appendingPathComponent("models/\(job.model)").path))
  await service.stop()
}

/// A job of one step whose record says that its model is being put in place.
private func jobThatIsPublishing(
  _ bench: Workbench
) async throws -> (id: String, model: String, resultFile: String, state: Data) {
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
  let state = try JSONEncoder().encode(machine.state)
  try store.saveState(ofJob: made.id, state: state, status: "running")
  try store.close()
  return (made.id, record.model, record.resultFile, state)
}
