internal import Hone
internal import HoneAPI

extension FileObject {
  /// A stored file in the words of the surface that asks.
  init(_ file: StoredFileInfo, for call: Call) {
    self.init(file, vocabulary: call.vocabulary, isAzure: call.surface.isAzureDated)
  }

  init(_ file: StoredFileInfo, vocabulary: Vocabulary, isAzure: Bool) {
    self.init(
      id: file.id, bytes: file.bytes, createdAt: file.createdAt, filename: file.filename,
      purpose: FilePurpose(rawValue: file.purpose) ?? .userData,
      status: Status(FileStage(file.status), in: vocabulary))
    statusDetails = file.statusDetails
    expiresAt = file.expiresAt
    guard isAzure else { return }
    updatedAt = file.createdAt
    statistics = file.statistics.map { Statistics(tokens: $0.tokens, examples: $0.examples) }
  }
}

extension FileStage {
  /// The stage that a stored word means.
  init(_ status: String) {
    self =
      switch status {
      case "processed": .good
      case "error": .bad
      default: .checking
      }
  }
}
