public import Foundation
internal import HoneData
internal import HoneFiles
internal import HoneJobs
internal import HoneModels
internal import HoneTraining

extension Home {
  /// The whole life of a worker: trains the job of a folder under `jobs/`, tells of it on standard output and obeys
  /// words on standard input. Leaves the process.
  ///
  /// `afterReport`: reports up to this number are known and left out. `nice`: how much the threads that compute give
  /// way to others, 0 to 19.
  public static func work(in folder: URL, afterReport: Int, nice: Int) -> Never {
    signal(SIGPIPE, SIG_IGN)
    let channel = WorkerChannel(afterReport: afterReport)
    let folder = WorkFolder(url: folder)
    let home = Home(folder.url.deletingLastPathComponent().deletingLastPathComponent())
    Thread.detachNewThread {
      while true {
        channel.beat()
        Thread.sleep(forTimeInterval: 1)
      }
    }
    let training = Thread {
      giveWay(nice)
      let status = home.train(in: folder, channel)
      if !channel.end() || status != 0 { exit(status) }
    }
    training.stackSize = 8 << 20
    training.start()
    obey(channel)
  }

  /// Reads words until the process is told to leave. After the last word training goes on to the end of its step.
  private static func obey(_ channel: WorkerChannel) -> Never {
    var cutter = LineCutter()
    let input = FileHandle.standardInput
    while true {
      let bytes = input.availableData
      if bytes.isEmpty { break }
      for line in cutter.lines(in: bytes) {
        guard let word = try? JSONDecoder().decode(WorkerWord.self, from: Data(line)) else { continue }
        if channel.hear(word) { exit(0) }
      }
    }
    if channel.hearNobody() { exit(0) }
    while true { Thread.sleep(forTimeInterval: 3600) }
  }

  /// Trains to the end, or until asked to stop. Gives the status to leave with, which matters where nothing was said.
  private func train(in folder: WorkFolder, _ channel: WorkerChannel) -> Int32 {
    do {
      let lock = try waitForLock(of: folder, channel)
      defer { lock.release() }
      try WorkerRun(self, folder, channel).run()
      channel.finish()
    } catch is CancellationError {
      return 0
    } catch let error where isOfTheRequest(error) {
      channel.fail(JobFailure(error))
    } catch {
      FileHandle.standardError.write(Data("\(describe(error))\n".utf8))
      return 1
    }
    return 0
  }

  /// An earlier worker of the job may still be finishing its step.
  private func waitForLock(of folder: WorkFolder, _ channel: WorkerChannel) throws -> FileLock {
    while true {
      do {
        return try FileLock(at: folder.lock)
      } catch .lockedElsewhere {
        if channel.isAskedToStop { throw CancellationError() }
        Thread.sleep(forTimeInterval: 0.05)
      } catch {
        throw error
      }
    }
  }
}

/// Whether the same request would fail the same way again.
private func isOfTheRequest(_ error: any Error) -> Bool {
  if let error = error as? HoneError { return error.fault == .caller }
  return error is DataError || error is TrainingFileError
}

extension JobFailure {
  /// What a job's `error` says of an error of its request.
  init(_ error: any Error) {
    let known = error as? HoneError
    self.init(
      code: known?.code ?? "invalid_training_data", message: describe(error),
      parameter: known?.parameter ?? (known == nil ? "training_file" : nil))
  }
}
