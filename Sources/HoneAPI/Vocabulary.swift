/// Which words the states of files and jobs have: one thing behind, two ways to say it, by surface and version.
package enum Vocabulary: Sendable, CaseIterable {
  case openAI
  /// Azure's dated surface up to 2022-12-01.
  case azure2022

  /// The vocabulary of Azure's dated surface for an `api-version`, of which any value is taken.
  package init(apiVersion: String) {
    let date = Array(apiVersion.utf8.prefix(10))
    let isDate =
      date.count == 10
      && date.enumerated().allSatisfy { place, byte in
        place == 4 || place == 7 ? byte == UInt8(ascii: "-") : (0x30...0x39).contains(byte)
      }
    let last = Array("2022-12-01".utf8)
    self = isDate && !last.lexicographicallyPrecedes(date) ? .azure2022 : .openAI
  }
}

/// How far a file is, in no vocabulary.
package enum FileStage: Sendable, CaseIterable { case waiting, checking, good, bad }

extension FileObject.Status {
  package init(_ stage: FileStage, in vocabulary: Vocabulary) {
    self =
      switch (stage, vocabulary) {
      case (.waiting, .openAI), (.checking, .openAI): .uploaded
      case (.good, .openAI): .processed
      case (.bad, .openAI): .error
      case (.waiting, .azure2022): .notRunning
      case (.checking, .azure2022): .running
      case (.good, .azure2022): .succeeded
      case (.bad, .azure2022): .failed
      }
  }
}

/// The states of a job in the current API.
package enum FineTuningJobStatus: String, Codable, Sendable, CaseIterable {
  case validatingFiles = "validating_files"
  case queued, running, paused, succeeded, failed, cancelled
}

/// The states of a job in the older API, in either vocabulary.
package enum FineTuneStatus: String, Codable, Sendable, CaseIterable {
  case pending, running, succeeded, failed, cancelled
  case notRunning, canceled
}

extension FineTuneStatus {
  /// The older word for a state; a job that waits for anything is pending.
  package init(_ status: FineTuningJobStatus, in vocabulary: Vocabulary) {
    self =
      switch status {
      case .validatingFiles, .queued, .paused: vocabulary == .openAI ? .pending : .notRunning
      case .running: .running
      case .succeeded: .succeeded
      case .failed: .failed
      case .cancelled: vocabulary == .openAI ? .cancelled : .canceled
      }
  }
}
