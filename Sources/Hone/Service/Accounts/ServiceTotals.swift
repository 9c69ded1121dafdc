internal import HoneJobs
internal import HoneStore

/// How much a service has and did, for those who watch it.
public struct ServiceTotals: Sendable, Equatable {
  /// Jobs by status, in the words of the current API; every status is there.
  public let jobs: [String: Int]
  /// Processes that train.
  public let workers: Int
  /// Uploads by status; every status is there.
  public let uploads: [String: Int]
  public let files: Int
  public let fileBytes: Int
  /// Since the home was made.
  public let promptTokens: Int
  public let completionTokens: Int
  public let trainedTokens: Int
}

extension Service {
  /// What there is now. Tokens of the last second may be missing.
  public func totals() async throws -> ServiceTotals {
    let found = try await store.background { store throws(StoreError) in try store.totals() }
    func all(_ names: [String], _ counts: [String: Int]) -> [String: Int] {
      Dictionary(names.map { ($0, counts[$0] ?? 0) }) { $1 }
    }
    return ServiceTotals(
      jobs: all(JobStatus.allCases.map(\.rawValue), found.jobs), workers: await workers.count,
      uploads: all(["pending", "completed", "cancelled", "expired"], found.uploads), files: found.files,
      fileBytes: found.fileBytes, promptTokens: found.promptTokens, completionTokens: found.completionTokens,
      trainedTokens: found.trainedTokens)
  }
}
