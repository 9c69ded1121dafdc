internal import Hone
internal import HoneAPI

extension API {
  /// A job's events as frames: those after the one that the client saw last, then each as it happens. When the job has
  /// ended, so does the stream, with `[DONE]`; a server that stops ends it without, and the client comes again.
  ///
  /// The id of a frame is the event's number, so that no event is missing and none comes twice, across a restart too.
  func followEvents<Frame: Reply>(
    ofJob id: String, _ call: Call, _ frame: @escaping @Sendable (JobEventInfo) -> Frame?
  ) async throws -> Response {
    let seen = call.lastEventID.flatMap(Int.init) ?? 0
    let events = try await service.eventStream(ofJob: id, after: max(0, seen))
    return .events { writer in
      try await writer.open()
      try await untilStopping {
        for await event in events {
          guard let frame = frame(event) else { continue }
          try await writer.send(frame, id: String(event.number))
        }
      }
      guard let job = try? await service.job(id), job.hasEnded else { return }
      try await writer.done()
    }
  }

  /// Runs `body` to its end, or cuts it off when the server stops: a job may take hours.
  private func untilStopping(_ body: @escaping @Sendable () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await body() }
      group.addTask { while !isStopping() { try await Task.sleep(for: .milliseconds(200)) } }
      defer { group.cancelAll() }
      try await group.next()
    }
  }
}

extension FineTuneEventObject {
  init(_ event: JobEventInfo) {
    self.init(createdAt: event.createdAt, level: EventLevel(rawValue: event.level) ?? .info, message: event.message)
  }
}

extension FineTuningEventObject {
  init(_ event: JobEventInfo) {
    self.init(
      id: event.id, createdAt: event.createdAt, level: EventLevel(rawValue: event.level) ?? .info,
      message: event.message, metrics: Metrics(event))
  }
}

extension FineTuningEventObject.Metrics {
  /// nil for an event that is a message, or whose step was not measured whole.
  fileprivate init?(_ event: JobEventInfo) {
    guard let metrics = event.metrics, let loss = metrics.trainLoss, let accuracy = metrics.trainMeanTokenAccuracy,
      let total = event.totalSteps
    else { return nil }
    self.init(step: metrics.step, trainLoss: loss, trainMeanTokenAccuracy: accuracy, totalSteps: total)
  }
}
