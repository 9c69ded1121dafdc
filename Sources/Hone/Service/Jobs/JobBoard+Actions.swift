internal import Foundation
internal import HoneFiles
internal import HoneJobs
internal import HoneStore

/// The carrying out of what a change asks for. Each may be asked for twice.
extension JobBoard {
  func carryOut(_ action: JobAction, _ job: String) {
    switch action {
    case .store, .append, .keep, .requeue: break  // stored with the change; the queue knows
    case .checkFiles: work { await $0.checkFiles(of: job) }
    case .startWorker(let lease, let afterReport): startWorker(job, lease: lease, afterReport: afterReport)
    case .signal(let worker, let signal): tell(job, worker, signal)
    case .reap(let pid, let lease): work { await $0.reap(job, pid: pid, lease: lease) }
    case .publish(let model, let resultFile): work { await $0.publish(job, model: model, resultFile: resultFile) }
    case .cleanUp(let part): work { await $0.cleanUp(job, part) }
    case .forget: forget(job)
    }
  }

  func folder(of job: String) -> WorkFolder {
    WorkFolder(url: home.jobs.appendingPathComponent(job, isDirectory: true))
  }

  // MARK: Files

  private func checkFiles(of job: String) async {
    guard let request = live[job]?.task.request else { return }
    let (store, contents) = (store, contents)
    let failure = try? await SideWork.run { () -> JobFailure? in
      for (id, file) in [(request.trainingFile, JobFile.training), (request.validationFile, .validation)] {
        guard let id else { continue }
        guard let record = try store.file(id) else { return .missing(file) }
        let size = try? contents.url(record.sha256).resourceValues(forKeys: [.fileSizeKey]).fileSize
        if size != record.bytes { return .missing(file) }
      }
      return nil
    }
    let ahead = queue.queueNumber(of: job) ?? 0
    takeSurely(job, failure.flatMap { $0 }.map(JobInput.filesBad) ?? .filesChecked(ahead: ahead))
  }

  /// A file's record is about to go: jobs that wait for it fail.
  func fileIsGone(_ id: String) throws {
    var inputs: [(String, JobInput)] = []
    for (job, live) in live where !live.machine.state.status.hasEnded {
      if live.task.request.trainingFile == id { inputs.append((job, .fileDeleted(.training))) }
      if live.task.request.validationFile == id { inputs.append((job, .fileDeleted(.validation))) }
    }
    _ = try take(inputs)
  }

  // MARK: The end

  private func publish(_ job: String, model: String, resultFile: String) async {
    guard let state = live[job]?.machine.state else { return }
    let (folder, home, contents, store) = (folder(of: job), home, contents, store)
    do {
      try await SideWork.run { try home.putInPlace(folder, as: model) }
      if try store.file(resultFile) == nil {
        let part = try await SideWork.run { () -> ContentPart in
          let part = try contents.newPart()
          try part.write([UInt8](Data(contentsOf: folder.results)))
          try part.synchronise()
          return part
        }
        let now = now
        try await contents.keep(part, needs: { try store.contentsInUse().contains($0) }) { content in
          try store.apply([
            .insertFile(
              StoredFile(
                id: resultFile, filename: "compiled_results.csv", purpose: Purpose.results, bytes: content.bytes,
                sha256: content.sha256, createdAt: now, status: "processed", owner: state.identity.owner))
          ])
        }
      }
      takeSurely(job, .published)
    } catch {
      takeSurely(job, .publishFailed(reason: (error as? FileError)?.words ?? describe(error)))
    }
  }

  private func cleanUp(_ job: String, _ part: JobCleanUp) async {
    let (folder, home) = (folder(of: job), home)
    let model = live[job]?.machine.state.identity.model
    try? await SideWork.run {
      switch part {
      case .workingFiles: folder.removeWorkingFiles()
      case .everything:
        if let model { home.removeCheckpointLinks(of: model) }
        try? FileManager.default.removeItem(at: folder.url)
      }
    }
    takeSurely(job, .cleanedUp(part))
  }

  private func forget(_ job: String) {
    do {
      try store.forgetJob(job)
      live[job] = nil
      bells.ring(job)
    } catch {
      note("job \(job): \(describe(error))")  // the next start does it
    }
  }

  /// Lets a checkpoint's name lead to its folder, before anybody reads the name.
  func linkCheckpoint(_ checkpoint: JobCheckpoint, of job: String) throws {
    try home.linkCheckpoint(checkpoint.model, to: folder(of: job).epoch(step: checkpoint.step))
  }
}

extension JobFailure {
  static func missing(_ file: JobFile) -> JobFailure {
    JobFailure(
      code: "file_not_found", message: "The file is not here any more; upload it again and create a new job.",
      parameter: file.rawValue)
  }
}

extension FileError {
  /// What went wrong, without the path.
  var words: String {
    switch self {
    case .unreadable(_, let reason), .unwritable(_, let reason): reason
    case .diskFull: "the disk is full"
    case .lockedElsewhere: "it is in use"
    }
  }
}
