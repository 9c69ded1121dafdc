internal import Hone
internal import HoneAPI

extension API {
  private static let fields = [
    "id", "object", "model", "created_at", "updated_at", "organization_id", "status", "fine_tuned_model", "hyperparams",
    "training_files", "validation_files", "result_files",
  ]

  /// Jobs as the older API has them.
  var fineTuneRoutes: [Route] {
    [
      Route(
        .post, "fine-tunes", scope: .train, summary: "Makes a job.", replyFields: Self.fields + ["events"],
        handler: createFineTune),
      Route(
        .get, "fine-tunes", scope: .read, summary: "All jobs, the oldest first.",
        replyFields: ["object", "data", "has_more", "first_id", "last_id"], handler: listFineTunes),
      Route(
        .get, "fine-tunes/{job}", scope: .read, summary: "One job with its events.",
        replyFields: Self.fields + ["events"]
      ) { call in
        try .json(try await fineTune(try await service.job(call["job"]), for: call))
      },
      Route(
        .post, "fine-tunes/{job}/cancel", scope: .train, summary: "Ends a job for good.",
        replyFields: Self.fields + ["events"]
      ) { call in
        let job = try await service.cancelJob(call["job"])
        await audit(call, "job.cancel", job.id)
        return try .json(try await fineTune(job, for: call))
      },
      // Old clients in Azure mode forget the prefix here.
      Route(
        .get, "fine-tunes/{job}/events", scope: .read, on: [.openAI, .azure, .azureV1, .root],
        summary: "A job's events, the oldest first; with stream=true each as it happens.", query: ["stream"],
        replyFields: ["object", "data", "has_more", "first_id", "last_id"], handler: fineTuneEvents),
      Route(
        .delete, "fine-tunes/{job}", scope: .train, summary: "Deletes a job; the model it made stays.",
        replyFields: ["id", "object", "deleted"]
      ) { call in
        let id = call["job"]
        try await service.deleteJob(id)
        await audit(call, "job.delete", id)
        return try .json(DeletedReply(id: id, object: .fineTune))
      },
    ]
  }

  private func createFineTune(_ call: Call) async throws -> Response {
    let create = try FineTuneCreate(body: call.body)
    let job = try await service.createJob(JobRequest(create), surface: .fineTunes, owner: call.identity.id)
    await audit(call, "job.create", job.id)
    return try .json(try await fineTune(job, for: call), status: call.surface.isAzureDated ? 201 : 200)
  }

  private func listFineTunes(_ call: Call) async throws -> Response {
    var files: [String: FileObject?] = [:]
    var rows: [FineTuneObject] = []
    var query = ListQuery(limit: 1000, newestFirst: false)
    while true {
      let page = try await service.jobs(query)
      for job in page.data { rows.append(await fineTune(job, for: call, &files)) }
      guard page.hasMore, let last = page.data.last else { break }
      query.after = last.id
    }
    return try .json(ListReply(rows))
  }

  private func fineTuneEvents(_ call: Call) async throws -> Response {
    let id = call["job"]
    guard try PageQuery(call.query, bounds: .events).stream else {
      _ = try await service.job(id)
      return try .json(ListReply(try await messages(ofJob: id)))
    }
    return try await followEvents(ofJob: id, call) { event in
      event.metrics == nil ? FineTuneEventObject(event) : nil
    }
  }

  private func fineTune(_ job: JobInfo, for call: Call) async throws -> FineTuneObject {
    var files: [String: FileObject?] = [:]
    var object = await fineTune(job, for: call, &files)
    object.events = try await messages(ofJob: job.id)
    return object
  }

  /// A job with its files whole; those that are gone are left out.
  private func fineTune(
    _ job: JobInfo, for call: Call, _ known: inout [String: FileObject?]
  ) async -> FineTuneObject {
    var object = FineTuneObject(job, in: call.vocabulary)
    for id in [job.trainingFile, job.validationFile].compactMap({ $0 }) + job.resultFiles where known[id] == nil {
      known[id] = .some((try? await service.file(id)).map { FileObject($0, for: call) })
    }
    func files(_ ids: [String]) -> [FileObject] { ids.compactMap { known[$0] ?? nil } }
    object.trainingFiles = files([job.trainingFile])
    object.validationFiles = files(job.validationFile.map { [$0] } ?? [])
    object.resultFiles = files(job.resultFiles)
    return object
  }

  /// All events but the figures of single steps, which the older API does not know.
  private func messages(ofJob id: String) async throws -> [FineTuneEventObject] {
    var rows: [FineTuneEventObject] = []
    var query = ListQuery(limit: 1000, newestFirst: false)
    while true {
      let page = try await service.events(ofJob: id, query)
      rows += page.data.filter { $0.metrics == nil }.map(FineTuneEventObject.init)
      guard page.hasMore, let last = page.data.last else { return rows }
      query.after = last.id
    }
  }
}
