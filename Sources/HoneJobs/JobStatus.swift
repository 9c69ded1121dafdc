/// Where a job stands, in the words of the current API.
///
///     validating_files ─► queued ⇄ running ─► succeeded
///            │              │ ▲      │ │
///            │              ▼ │      │ └────► failed
///            │            paused ◄───┘
///            └──────────► failed, cancelled ◄── any that has not ended
package enum JobStatus: String, Sendable, Hashable, CaseIterable, Codable {
  case validatingFiles = "validating_files"
  case queued
  case running
  case paused
  case succeeded
  case failed
  case cancelled

  /// Whether nothing but deletion can happen any more.
  package var hasEnded: Bool {
    switch self {
    case .validatingFiles, .queued, .running, .paused: false
    case .succeeded, .failed, .cancelled: true
    }
  }

  /// The word for this status in the vocabulary of one surface.
  package func name(in vocabulary: JobVocabulary) -> String {
    switch vocabulary {
    case .current: rawValue
    case .older: olderName
    case .azure2022: azureName
    }
  }

  /// The older API knows no pause and no check: whatever has no worker and has not ended is pending there.
  private var olderName: String {
    switch self {
    case .validatingFiles, .queued, .paused: "pending"
    case .running, .succeeded, .failed, .cancelled: rawValue
    }
  }

  private var azureName: String {
    switch self {
    case .validatingFiles, .queued, .paused: "notRunning"
    case .running, .succeeded, .failed: rawValue
    case .cancelled: "canceled"
    }
  }
}

/// The surfaces whose words for a job's status differ.
package enum JobVocabulary: Sendable, CaseIterable {
  /// `/v1/fine_tuning/jobs`.
  case current
  /// `/v1/fine-tunes`.
  case older
  /// The dated Azure surface of 2022.
  case azure2022
}
