internal import Foundation
internal import HoneFiles
internal import HoneJobs
internal import HoneStore
internal import Synchronization

// The service: everything that outlives a request. Files, jobs and their workers, names of models, deployments, keys,
// usage. It knows no HTTP and no words of the wire.

/// A home at work. One process has it at a time.
public final class Service: Sendable {
  public let home: Home
  let options: ServiceOptions
  let store: Store
  let contents: ContentStore
  let board: JobBoard
  let counters: UsageCounters
  private let lock: Mutex<HomeLock?>
  private let loop = Mutex<Task<Void, Never>?>(nil)
  private let door = Mutex<TerminalDoor?>(nil)

  /// Takes the home for this process, and goes on with every job where it was left. A damaged job is reported by
  /// `damagedJobs`, and stops nothing else.
  ///
  /// - Throws: `HoneError` of kind `unavailable` when another process has the home.
  public init(_ home: Home = Home(), options: ServiceOptions = ServiceOptions()) async throws {
    let held = try HomeLock(home, name: options.name, now: options.clock())
    try home.makeFolders()
    self.home = home
    self.options = options
    store = try Store(in: home.url)
    contents = ContentStore(home.files)
    board = JobBoard(home: home, store: store, contents: contents, options: options)
    counters = UsageCounters()
    lock = Mutex(consume held)
    await contents.sweep(inUse: try store.contentsInUse())
    try await board.start()
    let task = Task { [weak self] in
      var turn = 0
      while !Task.isCancelled {
        try? await Task.sleep(for: .milliseconds(500))
        guard let self, !Task.isCancelled else { return }
        await self.tick(turn)
        turn += 1
      }
    }
    loop.withLock { $0 = task }
    if options.answersTerminals { openDoor() }
  }

  deinit {
    loop.withLock { $0?.cancel() }
    door.withLock { $0?.close() }
  }

  /// Lets commands of this machine in. A service whose home holds no socket goes on without.
  private func openDoor() {
    do {
      let opened = try TerminalDoor(TerminalPlace(home)) { [weak self] socket in
        guard let self else { return }
        await TerminalVisit(socket, self).run()
      }
      door.withLock { $0 = opened }
    } catch {
      note("commands beside this process cannot reach it: \(describe(error))")
    }
  }

  private func tick(_ turn: Int) async {
    await board.tick()
    do {
      if turn % 2 == 0 { try await keepUsage() }
      if turn % 120 == 0 {
        try await removeExpiredFiles()
        try await removeExpiredUploads()
      }
    } catch {
      if !Task.isCancelled { note(describe(error)) }
    }
  }

  /// Ends the service: workers save what they have and leave, and the next service goes on from there. What has not
  /// ended within `grace` is left alone.
  public func stop(grace: Duration = .seconds(10)) async {
    loop.withLock { $0?.cancel() }
    let door = door.withLock { $0 }
    door?.close()
    await board.stop(grace: grace)
    await door?.end(within: .seconds(1))
    try? await keepUsage()
    try? store.close()
    lock.withLock { $0 = nil }
  }

  /// The processes that train, by the ids of their jobs.
  package var workers: [String: Int32] { get async { await board.workers } }

  /// Jobs whose records cannot be gone on with, by their ids, and why.
  public var damagedJobs: [String: String] { get async { await board.damaged } }
}
