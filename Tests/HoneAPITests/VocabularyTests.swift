import HoneAPI
import Testing

@Test(arguments: [
  ("2022-12-01", Vocabulary.azure2022), ("2022-06-01-preview", .azure2022), ("2021-11-01-preview", .azure2022),
  ("2023-03-15-preview", .openAI), ("2022-12-02", .openAI), ("2024-10-21", .openAI), ("preview", .openAI),
  ("", .openAI),
  ("v1", .openAI), ("2022/12/01", .openAI), ("20221201ab", .openAI),
])
private func theVersionChoosesTheWords(_ version: String, _ vocabulary: Vocabulary) {
  #expect(Vocabulary(apiVersion: version) == vocabulary)
}

@Test func aFileIsToldInEitherVocabulary() {
  func words(_ vocabulary: Vocabulary) -> [String] {
    FileStage.allCases.map { FileObject.Status($0, in: vocabulary).rawValue }
  }
  #expect(words(.openAI) == ["uploaded", "uploaded", "processed", "error"])
  #expect(words(.azure2022) == ["notRunning", "running", "succeeded", "failed"])
}

@Test func aJobIsToldInEitherVocabulary() {
  func words(_ vocabulary: Vocabulary) -> [String] {
    FineTuningJobStatus.allCases.map { FineTuneStatus($0, in: vocabulary).rawValue }
  }
  #expect(words(.openAI) == ["pending", "pending", "running", "pending", "succeeded", "failed", "cancelled"])
  #expect(
    words(.azure2022) == ["notRunning", "notRunning", "running", "notRunning", "succeeded", "failed", "canceled"])
  let current = ["validating_files", "queued", "running", "paused", "succeeded", "failed", "cancelled"]
  #expect(FineTuningJobStatus.allCases.map(\.rawValue) == current)
}
