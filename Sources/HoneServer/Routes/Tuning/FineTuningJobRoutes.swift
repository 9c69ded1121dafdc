internal import Hone
internal import HoneAPI

extension API {
  private static let fields = [
    "id", "object", "model", "created_at", "finished_at", "estimated_finish", "fine_tuned_model", "organization_id",
    "result_files", "status", "training_file", "validation_file", "hyperparameters", "method", "trained_tokens", "seed",
    "error", "metadata", "integrations",
  ]
  private static let listFields = ["object", "data", "has_more", "first_id", "last_id"]

  /// Jobs as the current API has them; they are those of the older one too.
  var fineTuningJobRoutes: [Route] {
    [
      Route(
        .post, "fine_tuning/jobs", scope: .train, summary: "Makes a job.", replyFields: Self.fields, handler: createJob),
      Route(
        .get, "fine_tuning/jobs", scope: .read, summary: "The jobs, the newest first.",
        query: ["limit", "after", "metadata"], replyFields: Self.listFields, handler: listJobs),
      Route(.get, "fine_tuning/jobs/{job}", scope: .read, summary: "One job.", replyFields: Self.fields) { call in
        try .json(FineTuningJobObject(try await found(call) { try await service.job($0) }))
      },
      steering("cancel", "Ends a job for good.") { try await service.cancelJob($0) },
      steering("pause", "Stops a job after its present step.") { try await service.pauseJob($0) },
      steering("resume", "Puts a paused job back into the queue.") { try await service.resumeJob($0) },
      Route(
        .get, "fine_tuning/jobs/{job}/events", scope: .read,
        summary: "A job's events, the newest first; with stream=true each as it happens.",
        query: ["limit", "after", "stream"], replyFields: Self.listFields, handler: jobEvents),
      Route(
        .get, "fine_tuning/jobs/{job}/checkpoints", scope: .read, summary: "A job's checkpoints, the newest first.",
        query: ["limit", "after"], replyFields: Self.listFields, handler: jobCheckpoints),
    ]
  }

  private func steering(
    _ verb: String, _ summary: String, _ body: @escaping @Sendable (String) async throws -> JobInfo
  ) -> Route {
    Route(
      .post, "fine_tuning/jobs/{job}/\(verb)", scope: .train, summary: summary, replyFields: Self.fields
    ) { call in
      let job = try await found(call, body)
      await audit(call, "job.\(verb)", job.id)
      return try .json(FineTuningJobObject(job))
    }
  }

  /// Asks for the job in the path. Throws: 404 in the words of this API for an unknown one.
  private func found<Value>(_ call: Call, _ body: (String) async throws -> Value) async throws -> Value {
    do {
      return try await body(call["job"])
    } catch let error as HoneError where error.code == "fine_tune_not_found" {
      throw Refusal.notFound(
        "Could not find fine tune: \(call["job"].prefix(80))", parameter: "fine_tuning_job_id",
        code: "fine_tune_not_found")
    }
  }

  private func createJob(_ call: Call) async throws -> Response {
    let create = try FineTuningJobCreate(body: call.body)
    let job = try await service.createJob(JobRequest(create), surface: .fineTuning, owner: call.identity.id)
    await audit(call, "job.create", job.id)
    return try .json(FineTuningJobObject(job))
  }

  private func listJobs(_ call: Call) async throws -> Response {
    let query = try PageQuery(call.query, bounds: .jobs)
    let filter: JobFilter =
      switch query.metadata {
      case nil: .any
      case .pairs(let pairs)?: .all(pairs)
      case PageQuery.Metadata.none?: .unmarked
      }
    let page = try await service.jobs(query.list, filter: filter)
    return try .json(ListReply(page.data.map(FineTuningJobObject.init), hasMore: page.hasMore))
  }

  private func jobEvents(_ call: Call) async throws -> Response {
    let query = try PageQuery(call.query, bounds: .events)
    if query.stream {
      return try await found(call) { try await followEvents(ofJob: $0, call) { FineTuningEventObject($0) } }
    }
    let page = try await found(call) { try await service.events(ofJob: $0, query.list) }
    return try .json(ListReply(page.data.map(FineTuningEventObject.init), hasMore: page.hasMore))
  }

  private func jobCheckpoints(_ call: Call) async throws -> Response {
    let query = try PageQuery(call.query, bounds: .checkpoints)
    let page = try await found(call) { try await service.checkpoints(ofJob: $0, query.list) }
    return try .json(ListReply(page.data.map(CheckpointObject.init), hasMore: page.hasMore))
  }
}

extension CheckpointObject {
  fileprivate init(_ checkpoint: JobCheckpointInfo) {
    let known = checkpoint.metrics
    var metrics = Metrics(step: known.step)
    metrics.trainLoss = known.trainLoss
    metrics.trainMeanTokenAccuracy = known.trainMeanTokenAccuracy
    metrics.validLoss = known.validLoss
    metrics.validMeanTokenAccuracy = known.validMeanTokenAccuracy
    metrics.fullValidLoss = known.fullValidLoss
    metrics.fullValidMeanTokenAccuracy = known.fullValidMeanTokenAccuracy
    self.init(
      id: checkpoint.id, createdAt: checkpoint.createdAt, model: checkpoint.model, jobID: checkpoint.job,
      metrics: metrics)
  }
}
