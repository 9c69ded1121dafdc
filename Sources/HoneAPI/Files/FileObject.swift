/// What a file is for.
package enum FilePurpose: String, Codable, Sendable, CaseIterable {
  case fineTune = "fine-tune"
  case batch, assistants, vision, evals, search, answers, classifications
  case userData = "user_data"
  case fineTuneResults = "fine-tune-results"
  case batchOutput = "batch_output"
  case assistantsOutput = "assistants_output"

  /// Whether a file for it may be sent; the others are made here.
  package var isTaken: Bool {
    switch self {
    case .fineTuneResults, .batchOutput, .assistantsOutput: false
    default: true
    }
  }
}

/// A file that was sent or made.
package struct FileObject: Reply, Codable, Equatable, Identifiable {
  /// How far a file is, in the words of either vocabulary.
  package enum Status: String, Codable, Sendable {
    case uploaded, processed, error, deleted
    case notRunning, running, succeeded, failed
  }

  /// What is in a training file; on Azure only.
  package struct Statistics: Codable, Equatable, Sendable {
    package var tokens: Int
    package var examples: Int

    package init(tokens: Int, examples: Int) {
      self.tokens = tokens
      self.examples = examples
    }
  }

  package let id: String
  package let object: String
  package var bytes: Int
  package var createdAt: Int
  package var filename: String
  package var purpose: FilePurpose
  package var status: Status
  @Nullable package var statusDetails: String?
  package var expiresAt: Int?
  /// On Azure only, as the one after it.
  package var updatedAt: Int?
  package var statistics: Statistics?

  package init(id: String, bytes: Int, createdAt: Int, filename: String, purpose: FilePurpose, status: Status) {
    self.id = id
    object = "file"
    self.bytes = bytes
    self.createdAt = createdAt
    self.filename = filename
    self.purpose = purpose
    self.status = status
    statusDetails = nil
  }

  private enum CodingKeys: String, CodingKey {
    case id, object, bytes
    case createdAt = "created_at"
    case filename, purpose, status
    case statusDetails = "status_details"
    case expiresAt = "expires_at"
    case updatedAt = "updated_at"
    case statistics
  }
}
