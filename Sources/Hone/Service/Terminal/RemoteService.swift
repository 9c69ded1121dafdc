internal import Foundation

/// The service of a home that another process has, spoken to through the socket in the home.
///
/// Whoever may open the socket has all the rights of the home's owner: no key is asked for.
struct RemoteService: ServiceClient {
  private let home: Home
  /// How long the process may take to greet.
  private let patience: Duration

  /// The process that has a home; nil when none listens now.
  ///
  /// - Throws: `HoneError` that names the process where one listens and does not answer, or has another version.
  init?(_ home: Home, patience: Duration) async throws {
    self.home = home
    self.patience = patience
    guard let call = try await call() else { return nil }
    call.hangUp()
  }

  func job(_ id: String) async throws -> JobInfo { try await jobInfo(.job(id: id)) }

  func jobs(_ query: ListQuery, filter: JobFilter) async throws -> ListPage<JobInfo> {
    guard case .jobs(let jobs, let hasMore) = try await ask(.jobs(query: query, filter: filter)) else {
      throw misunderstood
    }
    return ListPage(data: jobs, hasMore: hasMore)
  }

  func cancelJob(_ id: String) async throws -> JobInfo { try await jobInfo(.cancelJob(id: id)) }
  func pauseJob(_ id: String) async throws -> JobInfo { try await jobInfo(.pauseJob(id: id)) }
  func resumeJob(_ id: String) async throws -> JobInfo { try await jobInfo(.resumeJob(id: id)) }
  func deleteJob(_ id: String) async throws { try await done(.deleteJob(id: id)) }
  func removeModel(_ name: String) async throws { try await done(.removeModel(name: name)) }

  func createJob(_ request: JobRequest, surface: JobSurface, owner: String) async throws -> JobInfo {
    try await jobInfo(.createJob(request: request, surface: surface, owner: owner))
  }

  func addFile(
    name: String, purpose: String, owner: String, expiresAfter seconds: Int?,
    content: some AsyncSequence<[UInt8], any Error> & Sendable
  ) async throws -> StoredFileInfo {
    let request = TerminalRequest.addFile(name: name, purpose: purpose, owner: owner, expiresAfter: seconds)
    let reply = try await conversation { call in
      try await call.ask(request)
      try await call.send(content)
      return try await call.reply()
    }
    guard case .file(let file) = reply else { throw misunderstood }
    return file
  }

  func createKey(
    name: String, value: String?, scopes: Set<KeyScope>, owner: String?, requestsPerMinute: Int?, tokensPerMinute: Int?
  ) async throws -> (key: String, info: KeyInfo) {
    let key = TerminalRequest.NewKey(
      name: name, value: value, scopes: KeyScope.allCases.filter(scopes.contains), owner: owner,
      requestsPerMinute: requestsPerMinute, tokensPerMinute: tokensPerMinute)
    guard case .key(let key, let info) = try await ask(.createKey(key)) else { throw misunderstood }
    return (key, info)
  }

  func keys() async throws -> [KeyInfo] {
    guard case .keys(let keys) = try await ask(.keys) else { throw misunderstood }
    return keys
  }

  func revokeKey(_ name: String) async throws -> KeyInfo {
    guard case .keys(let keys) = try await ask(.revokeKey(name: name)), let key = keys.first else {
      throw misunderstood
    }
    return key
  }

  func usage(from first: String, through last: String, key: String?) async throws -> [UsageLine] {
    guard case .usage(let lines) = try await ask(.usage(first: first, last: last, key: key)) else {
      throw misunderstood
    }
    return lines
  }

  /// Ends also when the connection is lost and the process is gone; `job` then says so.
  func eventStream(ofJob id: String, after number: Int) async throws -> AsyncStream<JobEventInfo> {
    let follower = try await RemoteFollower(after: number) { number in
      try await following(id, after: number)
    }
    return AsyncStream(unfolding: { await follower.next() })
  }

  /// There is nothing to let go of: every request has its own connection.
  func leave() async {}

  /// A connection through which a job's events come from now on.
  private func following(_ id: String, after number: Int) async throws -> TerminalCall {
    try await conversation(staysOpen: true) { call in
      try await call.ask(.follow(id: id, after: number))
      guard case .following = try await call.reply() else { throw misunderstood }
      return call
    }
  }

  private func jobInfo(_ request: TerminalRequest) async throws -> JobInfo {
    guard case .job(let job) = try await ask(request) else { throw misunderstood }
    return job
  }

  private func done(_ request: TerminalRequest) async throws {
    guard case .done = try await ask(request) else { throw misunderstood }
  }

  private func ask(_ request: TerminalRequest) async throws -> TerminalReply {
    try await conversation { call in
      try await call.ask(request)
      return try await call.reply()
    }
  }

  private func conversation<Value>(
    staysOpen: Bool = false, _ body: (TerminalCall) async throws -> Value
  ) async throws -> Value {
    guard let call = try await call() else { throw gone }
    do {
      let value = try await body(call)
      if !staysOpen { call.hangUp() }
      return value
    } catch let error as LinkError {
      throw error == .timedOut ? silent : gone
    }
  }

  private func call() async throws -> TerminalCall? {
    guard let path = TerminalPlace(home).find() else { return nil }
    let found: TerminalCall?
    do {
      found = try await TerminalCall(to: path, within: patience)
    } catch is LinkError {
      throw silent
    }
    guard let call = found else { return nil }
    guard call.hello.protocol == TerminalHello.currentProtocol else { throw unlike(call.hello) }
    return call
  }

  private var silent: HoneError {
    HoneError(
      "\(HomeLock.holder(of: home)) has \(home.url.path): expected an answer, found none in time",
      remedy: "try again when it is less busy, or stop it", fault: .machine, code: "home_silent", kind: .unavailable)
  }

  private var gone: HoneError {
    HoneError(
      "\(HomeLock.holder(of: home)) had \(home.url.path): expected an answer, found that it has ended",
      remedy: "ask again; jobs go on at the next `hone serve`", fault: .machine, code: "home_left", kind: .unavailable)
  }

  private var misunderstood: HoneError {
    HoneError(
      "\(HomeLock.holder(of: home)): expected the answer to what was asked, found another",
      remedy: "use the same version of hone for both", fault: .machine, code: "home_version")
  }

  private func unlike(_ hello: TerminalHello) -> HoneError {
    HoneError(
      "\(HomeLock.holder(of: home)): expected version \(honeVersion) of hone, found \(hello.hone)",
      remedy: "start it again with this version", fault: .machine, code: "home_version")
  }
}

/// A reader of a job's events through the socket. A connection that is lost is made again, from the last event on.
private actor RemoteFollower {
  private let open: @Sendable (Int) async throws -> TerminalCall
  private var call: TerminalCall?
  private var last: Int
  /// Whether this connection has told nothing yet.
  private var isFresh = true

  init(
    after number: Int, open: @escaping @Sendable (Int) async throws -> TerminalCall
  ) async throws {
    self.open = open
    last = number
    call = try await open(number)
  }

  /// The next event; nil when the job has ended, or the process that has the home.
  func next() async -> JobEventInfo? {
    while let call, !Task.isCancelled {
      do {
        guard case .event(let event) = try await call.reply() else { break }
        (last, isFresh) = (event.number, false)
        return event
      } catch is LinkError {
        guard !isFresh else { break }
        isFresh = true
        self.call = try? await open(last)
      } catch {
        break
      }
    }
    call?.hangUp()
    call = nil
    return nil
  }
}
