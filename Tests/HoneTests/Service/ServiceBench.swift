import Foundation
import Hone
import HoneJobs
import Testing

/// A service on a bench, with small models and workers that do not give way.
extension Workbench {
  func service(_ change: (inout ServiceOptions) -> Void = { _ in }) async throws -> Service {
    var options = ServiceOptions()
    options.program = try program()
    options.nice = 0
    options.crashPolicy = CrashPolicy(crashesAtOneStep: 50, crashesWithoutGain: 200, firstDelay: 0, longestDelay: 0)
    change(&options)
    return try await Service(home, options: options)
  }

  func upload(_ file: URL, to service: Service, purpose: String = "fine-tune") async throws -> StoredFileInfo {
    try await service.addFile(
      name: file.lastPathComponent, purpose: purpose, owner: "tester", content: [UInt8](try Data(contentsOf: file)))
  }

  /// A request whose files are uploaded: three classes, `epochs` passes of 15 steps over 60 examples.
  func jobRequest(_ service: Service, epochs: Int = 2, validation: Bool = true) async throws -> JobRequest {
    var request = JobRequest(
      model: "tiny", trainingFile: try await upload(try examples("train.jsonl", count: 60), to: service).id)
    if validation {
      request.validationFile = try await upload(try examples("valid.jsonl", count: 15, offset: 60), to: service).id
      request.hyperparameters.computeClassificationMetrics = true
      request.hyperparameters.classCount = 3
    }
    request.hyperparameters.epochs = epochs
    request.hyperparameters.batchSize = 4
    request.hyperparameters.learningRateMultiplier = 2
    return request
  }
}

extension Service {
  /// Follows a job to its end.
  func end(of job: String) async throws -> JobInfo {
    for await _ in try await eventStream(ofJob: job) {}
    return try await self.job(job)
  }

  func allEvents(of job: String) async throws -> [JobEventInfo] {
    try await events(ofJob: job, ListQuery(newestFirst: false)).data
  }

  /// Waits until something is true of a job.
  func wait(for job: String, _ isReached: (JobInfo) -> Bool) async throws -> JobInfo {
    for _ in 0..<6000 {
      let info = try await self.job(job)
      if isReached(info) { return info }
      try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("waited too long for job \(job)")
    return try await self.job(job)
  }

  /// The error that a call is refused with.
  func refusal<Value>(_ body: (Service) async throws -> Value) async -> HoneError? {
    do {
      _ = try await body(self)
      return nil
    } catch {
      return error as? HoneError
    }
  }
}
