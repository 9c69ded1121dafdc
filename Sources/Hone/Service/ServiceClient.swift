/// What a command asks of the service that has a home: this process's own, or, through it, another process's.
public protocol ServiceClient: Sendable {
  func job(_ id: String) async throws -> JobInfo
  func jobs(_ query: ListQuery, filter: JobFilter) async throws -> ListPage<JobInfo>
  func eventStream(ofJob id: String, after number: Int) async throws -> AsyncStream<JobEventInfo>
  func cancelJob(_ id: String) async throws -> JobInfo
  func pauseJob(_ id: String) async throws -> JobInfo
  func resumeJob(_ id: String) async throws -> JobInfo
  func deleteJob(_ id: String) async throws
  func createJob(_ request: JobRequest, surface: JobSurface, owner: String) async throws -> JobInfo
  func addFile(
    name: String, purpose: String, owner: String, expiresAfter seconds: Int?,
    content: some AsyncSequence<[UInt8], any Error> & Sendable
  ) async throws -> StoredFileInfo
  func createKey(
    name: String, value: String?, scopes: Set<KeyScope>, owner: String?, requestsPerMinute: Int?, tokensPerMinute: Int?
  ) async throws -> (key: String, info: KeyInfo)
  func keys() async throws -> [KeyInfo]
  func revokeKey(_ name: String) async throws -> KeyInfo
  func usage(from first: String, through last: String, key: String?) async throws -> [UsageLine]
  /// Deletes any model's folder, unless a job goes on from it.
  func removeModel(_ name: String) async throws
  /// Lets go of the service.
  func leave() async
}

extension Service: ServiceClient {
  public func leave() async { await stop() }
}

extension Home {
  /// The service of this home, to be left when done with: this process's own where the home is free, else that of the
  /// process which has it, spoken to through a socket in the home. `runsJobs`: whether jobs are trained meanwhile; an
  /// own service then answers other commands too.
  ///
  /// - Throws: `HoneError` that names the process which has the home, where it does not answer within five seconds.
  public func service(runsJobs: Bool) async throws -> any ServiceClient {
    try await service(runsJobs: runsJobs, patience: .seconds(5))
  }

  /// `patience`: how long the process that has the home may take to answer.
  package func service(runsJobs: Bool, patience: Duration) async throws -> any ServiceClient {
    var options = ServiceOptions()
    options.runsJobs = runsJobs
    options.answersTerminals = runsJobs
    let end = ContinuousClock.now + patience
    while true {
      do {
        return try await Service(self, options: options)
      } catch let error as HoneError where error.code == HomeLock.inUseCode {
        if let other = try await RemoteService(self, patience: patience) { return other }
        // It may be about to begin or to end, or be a command that takes a moment.
        guard ContinuousClock.now < end else { throw error }
        try await Task.sleep(for: .milliseconds(50))
      }
    }
  }
}
