internal import Foundation
internal import HoneFiles
internal import HoneJobs
internal import HoneStore

/// Which jobs a list shows, by what their makers wrote on them.
public enum JobFilter: Sendable, Equatable, Codable {
  case any
  case all([String: String])
  /// Those with no metadata at all.
  case unmarked
}

extension Service {
  /// Makes a job and puts it into the queue.
  ///
  /// - Throws: `HoneError` for bad fields (`invalid`), unknown files and models, and a full queue (`busy`).
  public func createJob(_ request: JobRequest, surface: JobSurface, owner: String) async throws -> JobInfo {
    try request.check(on: surface)
    var examples = 0
    for (id, parameter) in [(request.trainingFile, "training_file"), (request.validationFile, "validation_file")] {
      guard let id else { continue }
      let file = try await trainingFile(id, parameter)
      if parameter == "training_file" {
        let url = contents.url(file.sha256)
        examples = try await SideWork.run { try countRows(url, file: file.filename) }
      }
    }
    let chosen = request.hyperparameters.chosen(examples: examples)
    let base = try await resolveModel(request.model)
    _ = try request.tuneRequest(model: base, chosen)
    let name = try await lineage(request.model, base)
    let task = JobTask(request: request, chosen: chosen, base: base)
    return try JobInfo(try await board.create(task, surface, owner: owner, namedAfter: name))
  }

  private func trainingFile(_ id: String, _ parameter: String) async throws -> StoredFile {
    let file: StoredFile
    do {
      file = try await storedFile(id, parameter: parameter)
    } catch let error as HoneError where error.kind == .notFound {
      throw HoneError(error.message, remedy: "upload the file first", parameter: parameter, code: "file_not_found")
    }
    guard file.purpose == Purpose.fineTune else {
      throw HoneError(
        "\(parameter): expected a file of purpose '\(Purpose.fineTune)', found '\(file.purpose)'",
        remedy: "upload it again with that purpose", parameter: parameter, code: "invalid_file_purpose")
    }
    return file
  }

  /// The base model's name for a tuned model's name: as it was asked for, or the one in front of the name.
  private func lineage(_ asked: String, _ model: String) async throws -> String {
    if let base = JobNames.base(of: asked) ?? JobNames.base(of: model) { return base }
    let home = home
    return try await SideWork.run { home.lineageName(asked, try home.showModel(model).info) }
  }

  public func job(_ id: String) async throws -> JobInfo {
    let job = try await store.background { store throws(StoreError) in try store.job(id) }
    guard let job, !job.isDeleted else { throw Self.unknownJob(id) }
    return try await estimated(JobInfo(job))
  }

  private func estimated(_ job: JobInfo) async -> JobInfo {
    guard job.phase == .running else { return job }
    var job = job
    job.estimatedFinish = await board.estimatedFinish(of: job.id)
    return job
  }

  public func jobs(
    _ query: ListQuery = ListQuery(limit: 20), filter: JobFilter = .any
  ) async throws -> ListPage<JobInfo> {
    let metadata: MetadataFilter =
      switch filter {
      case .any: .any
      case .all(let pairs): .all(pairs)
      case .unmarked: .none
      }
    let page = try await store.background { store throws(StoreError) in
      try store.jobs(query.page, metadata: metadata)
    }
    var jobs: [JobInfo] = []
    for record in page.records {
      if let job = try? JobInfo(record) { jobs.append(await estimated(job)) }
    }
    return ListPage(data: jobs, hasMore: page.hasMore)
  }

  /// A page of a job's events; `after` is an event's id.
  public func events(ofJob id: String, _ query: ListQuery = ListQuery()) async throws -> ListPage<JobEventInfo> {
    _ = try await job(id)
    let page = try await store.background { store throws(StoreError) in try store.events(ofJob: id, query.page) }
    return ListPage(page, JobEventInfo.init)
  }

  /// A job's events after a number: those so far, then each as it happens, each once; ends when the job has ended.
  public func eventStream(ofJob id: String, after number: Int = 0) async throws -> AsyncStream<JobEventInfo> {
    _ = try await job(id)
    let follower = EventFollower(job: id, after: number, store: store, board: board)
    return AsyncStream(unfolding: { await follower.next() })
  }

  public func checkpoints(
    ofJob id: String, _ query: ListQuery = ListQuery(limit: 10)
  ) async throws -> ListPage<JobCheckpointInfo> {
    _ = try await job(id)
    let page = try await store.background { store throws(StoreError) in try store.checkpoints(ofJob: id, query.page) }
    return ListPage(page, JobCheckpointInfo.init)
  }

  public func cancelJob(_ id: String) async throws -> JobInfo { try await ask(.cancelAsked, id) }
  public func pauseJob(_ id: String) async throws -> JobInfo { try await ask(.pauseAsked, id) }
  public func resumeJob(_ id: String) async throws -> JobInfo { try await ask(.resumeAsked, id) }

  /// Deletes a job; one that goes on is cancelled first. Its checkpoints go with it, a model it made stays.
  public func deleteJob(_ id: String) async throws {
    let found = try await store.background { store throws(StoreError) in try store.job(id) }
    guard let found, !found.isDeleted else { throw Self.unknownJob(id) }
    if await board.damaged[id] != nil { return try await board.forgetDamaged(id) }
    if let reason = try await board.take(id, .deleteAsked).ignored { throw Self.refusal(reason, id) }
  }

  private func ask(_ input: JobInput, _ id: String) async throws -> JobInfo {
    _ = try await job(id)
    if let reason = try await board.take(id, input).ignored { throw Self.refusal(reason, id) }
    return try await job(id)
  }

  private static func refusal(_ reason: JobIgnored, _ id: String) -> HoneError {
    switch reason {
    case .alreadyDeleted, .notCreated: unknownJob(id)
    case .filesBeingChecked, .beingPublished:
      HoneError("\(id): \(reason.sentence)", remedy: "then ask once more", code: "job_busy")
    default:
      HoneError("\(id): \(reason.sentence)", remedy: "see its status and its events", code: "invalid_job_status")
    }
  }

  static func unknownJob(_ id: String) -> HoneError {
    HoneError(
      "No fine-tune job: \(id.prefix(80))", remedy: "see the list of jobs", parameter: "fine_tune_id",
      code: "fine_tune_not_found", kind: .notFound)
  }
}

/// Lines of a file that hold something; its content was checked when it came.
private func countRows(_ url: URL, file: String) throws -> Int {
  let handle = try FileHandle(forReadingFrom: url)
  defer { try? handle.close() }
  var rows = 0
  var holdsSomething = false
  while let piece = try handle.read(upToCount: 1 << 18), !piece.isEmpty {
    for byte in piece {
      if byte == 0x0A {
        if holdsSomething { rows += 1 }
        holdsSomething = false
      } else if byte != 0x20, byte != 0x09, byte != 0x0D {
        holdsSomething = true
      }
    }
  }
  return max(1, holdsSomething ? rows + 1 : rows)
}
