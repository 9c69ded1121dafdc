/// Why a job failed, as the API's `error` object tells it.
package struct JobFailure: Error, Sendable, Hashable, Codable {
  /// A word for programs, such as `worker_crashed`.
  package var code: String
  /// A sentence for a person: what was expected, what was found, what to do. Never text of a document.
  package var message: String
  /// The field of the request at fault, where it is one.
  package var parameter: String?

  package init(code: String, message: String, parameter: String? = nil) {
    self.code = code
    self.message = message
    self.parameter = parameter
  }

  static func fileDeleted(_ file: JobFile) -> JobFailure {
    JobFailure(
      code: "file_deleted",
      message: "The \(file.words) was deleted before training began; upload it again and create a new job.",
      parameter: file.rawValue)
  }

  static func crashLoop(_ cause: WorkerEnd, step: Int?, atThisStep: Int, withoutGain: Int) -> JobFailure {
    let place = place(step)
    let count =
      atThisStep < withoutGain
      ? "\(times(withoutGain)) without getting further, the last time \(place)" : "\(times(atThisStep)) \(place)"
    return JobFailure(
      code: "worker_crashed", message: "The training process ended \(count): \(cause.words). \(cause.advice)")
  }
}

/// Where in a run something happened; nil: before its first step.
func place(_ step: Int?) -> String { step.map { "at step \($0)" } ?? "before its first step" }

private func times(_ count: Int) -> String { count == 1 ? "once" : "\(count) times" }

/// One of the files of a job, by the name of its field.
package enum JobFile: String, Sendable, Hashable, CaseIterable, Codable {
  case training = "training_file"
  case validation = "validation_file"

  var words: String {
    switch self {
    case .training: "training file"
    case .validation: "validation file"
    }
  }
}

/// How a worker came to an end that it did not announce.
package enum WorkerEnd: Sendable, Hashable, Codable {
  case exited(code: Int32)
  case killed(signal: Int32)
  /// It lived, but said nothing for longer than its lease.
  case silent
  /// It lived and answered, but its training got nowhere for so long.
  case stuck(seconds: Int)
  /// No process could be started.
  case notStarted(reason: String)
  /// Training ended, but its model could not be put in place.
  case notPublished(reason: String)
  /// Its reports contradict one another.
  case contradicted(found: String)
  /// It was found gone after a restart; nobody saw how.
  case unseen

  var words: String {
    switch self {
    case .exited(let code): "it left with status \(code) and no result"
    case .killed(let signal): "it was killed by signal \(signal)"
    case .silent: "it stopped answering"
    case .stuck(let seconds): "it got nowhere for \(seconds) s"
    case .notStarted(let reason): "it could not be started (\(reason))"
    case .notPublished(let reason): "the model could not be put in place (\(reason))"
    case .contradicted(let found): "its reports contradict one another (\(found))"
    case .unseen: "it was gone"
    }
  }

  var advice: String {
    switch self {
    case .killed(signal: 9): "Memory may have run out: try a smaller batch_size or model, or free some memory."
    case .notPublished: "Free some space on the disk, then create the job again."
    case .notStarted: "Check the installation, then create the job again."
    case .exited, .killed, .silent, .stuck, .contradicted, .unseen: "The log of the job says more."
    }
  }
}
