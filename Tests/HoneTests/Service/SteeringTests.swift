import Foundation
import Hone
import Testing

private func tiny() throws -> Workbench {
  let bench = try Workbench()
  try bench.makeModel()
  return bench
}

@Test func aRunningJobIsCancelledAndLeavesNoWorkerAndNoModel() async throws {
  let bench = try tiny()
  let service = try await bench.service()
  let made = try await service.createJob(
    try await bench.jobRequest(service, epochs: 500), surface: .fineTuning, owner: "tester")
  _ = try await service.wait(for: made.id) { $0.step > 3 }
  #expect(try await service.cancelJob(made.id).status == "cancelled")
  #expect(await service.refusal { try await $0.cancelJob(made.id) }?.code == "invalid_job_status")
  #expect(try await service.allEvents(of: made.id).last?.message == "Fine-tune cancelled")
  while await !service.workers.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
  #expect(try await service.models().filter(\.isTuned).isEmpty)
  await service.stop()
}

@Test func aPausedJobKeepsItsPlaceAndGoesOnWhereItStood() async throws {
  let bench = try tiny()
  let service = try await bench.service()
  let made = try await service.createJob(
    try await bench.jobRequest(service, epochs: 20), surface: .fineTuning, owner: "tester")
  _ = try await service.wait(for: made.id) { $0.step > 3 }
  #expect(try await service.pauseJob(made.id).status == "paused")
  #expect(await service.refusal { try await $0.pauseJob(made.id) } != nil)
  while await !service.workers.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
  let paused = try await service.job(made.id)
  #expect(paused.status == "paused" && paused.step < 300)
  #expect(["queued", "running"].contains(try await service.resumeJob(made.id).status))
  let job = try await service.end(of: made.id)
  #expect(job.status == "succeeded")
  let messages = try await service.allEvents(of: made.id).map(\.message)
  #expect(messages.filter { $0 == "Fine-tune paused" || $0 == "Fine-tune resumed" }.count == 2)
  #expect(messages.filter { $0 == "Fine-tune started" }.count == 1)
  await service.stop()
}

@Test func jobsThatWaitCanBePausedCancelledAndDeleted() async throws {
  let bench = try tiny()
  let service = try await bench.service()
  let request = try await bench.jobRequest(service, epochs: 500)
  var jobs: [JobInfo] = []
  for _ in 0..<4 { jobs.append(try await service.createJob(request, surface: .fineTunes, owner: "tester")) }
  _ = try await service.wait(for: jobs[0].id) { $0.step > 0 }
  for job in jobs.dropFirst() { _ = try await service.wait(for: job.id) { $0.status == "queued" } }
  #expect(try await service.pauseJob(jobs[1].id).status == "paused")
  #expect(try await service.cancelJob(jobs[2].id).status == "cancelled")
  try await service.deleteJob(jobs[3].id)
  #expect(await service.refusal { try await $0.job(jobs[3].id) }?.kind == .notFound)
  #expect(await service.refusal { try await $0.deleteJob(jobs[3].id) }?.kind == .notFound)
  // The running one goes with its folder, and the paused one stays where it is.
  try await service.deleteJob(jobs[0].id)
  let folder = bench.home.url.appendingPathComponent("jobs/\(jobs[0].id)")
  while FileManager.default.fileExists(atPath: folder.path) { try await Task.sleep(for: .milliseconds(10)) }
  #expect(try await service.jobs().data.map(\.id) == [jobs[2].id, jobs[1].id])
  await service.stop()
}

@Test func aDeletedJobTakesItsCheckpointsAndLeavesItsModel() async throws {
  let bench = try tiny()
  let service = try await bench.service()
  let made = try await service.createJob(
    try await bench.jobRequest(service), surface: .fineTuning, owner: "tester")
  let job = try await service.end(of: made.id)
  let checkpoint = try await service.checkpoints(ofJob: job.id).data[0].model
  try await service.deleteJob(job.id)
  let name = try #require(job.fineTunedModel)
  #expect(try await service.model(name).isTuned)
  for _ in 0..<500 where await service.refusal({ try await $0.model(checkpoint) }) == nil {
    try await Task.sleep(for: .milliseconds(10))
  }
  #expect(await service.refusal { try await $0.model(checkpoint) }?.code == "model_not_found")
  try await service.deleteModel(name)
  #expect(await service.refusal { try await $0.model(name) }?.kind == .notFound)
  // What the job produced survives both.
  #expect(try await service.file(job.resultFiles[0]).filename == "compiled_results.csv")
  #expect(await service.refusal { try await $0.deleteModel("tiny") }?.kind == .forbidden)
  await service.stop()
}

@Test func deletingAFileFailsTheJobsThatWaitForItAndNotTheOneThatReadIt() async throws {
  let bench = try tiny()
  let service = try await bench.service()
  let request = try await bench.jobRequest(service, epochs: 12)
  let running = try await service.createJob(request, surface: .fineTuning, owner: "tester")
  let waiting = try await service.createJob(request, surface: .fineTuning, owner: "tester")
  _ = try await service.wait(for: running.id) { $0.step > 0 }
  try await service.deleteFile(request.trainingFile)
  let failed = try await service.job(waiting.id)
  #expect(failed.status == "failed")
  #expect(failed.failure?.code == "file_deleted" && failed.failure?.parameter == "training_file")
  #expect(await service.refusal { try await $0.file(request.trainingFile) }?.code == "file_not_found")
  // The worker is killed after the file is gone: the job still has the bytes.
  if let pid = await service.workers[running.id] { kill(pid, SIGKILL) }
  #expect(try await service.end(of: running.id).status == "succeeded")
  #expect(
    await service.refusal { try await $0.createJob(request, surface: .fineTuning, owner: "tester") }?.parameter
      == "training_file")
  await service.stop()
}

@Test func aFullQueueRefusesAndTakesAgainWhenAJobHasEnded() async throws {
  let bench = try tiny()
  let service = try await bench.service { $0.queueCapacity = 3 }
  let request = try await bench.jobRequest(service, epochs: 500)
  var jobs: [JobInfo] = []
  for _ in 0..<3 { jobs.append(try await service.createJob(request, surface: .fineTunes, owner: "tester")) }
  let refusal = await service.refusal { try await $0.createJob(request, surface: .fineTunes, owner: "tester") }
  #expect(refusal?.kind == .busy && refusal?.code == "rate_limit_exceeded")
  for job in jobs { _ = try await service.wait(for: job.id) { $0.status != "validating_files" } }
  _ = try await service.cancelJob(jobs[2].id)
  _ = try await service.createJob(request, surface: .fineTunes, owner: "tester")
  await service.stop(grace: .seconds(5))
}

@Test func aRequestThatCannotTrainFailsTheJobWithItsReason() async throws {
  let bench = try tiny()
  let service = try await bench.service()
  var request = try await bench.jobRequest(service)
  request.hyperparameters.classCount = 7
  let made = try await service.createJob(request, surface: .fineTunes, owner: "tester")
  let job = try await service.end(of: made.id)
  #expect(job.status == "failed" && job.failure?.parameter == "classification_n_classes")
  #expect(try await service.allEvents(of: job.id).last?.message.hasPrefix("Fine-tune failed. ") == true)
  request.hyperparameters.classCount = nil
  #expect(
    await service.refusal { try await $0.createJob(request, surface: .fineTunes, owner: "tester") }?.parameter
      == "classification_n_classes")
  await service.stop()
}
