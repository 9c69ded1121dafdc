internal import Synchronization

/// How much one model may take on at once.
public struct ServingLimits: Sendable {
  /// Sequences that are computed together.
  public var sequences = 64
  /// Sequences that may wait, or wait to be read. A request that is alone is taken at any size.
  public var waiting = 4096
  /// Bytes of keys and values; one sequence of the model's whole context always fits.
  public var cacheBytes = 512 << 20
  /// Prompt tokens that a step takes in while other sequences wait for their next token.
  public var promptRows = 256

  public init() {}

  var batch: SequenceBatch.Limits {
    var limits = SequenceBatch.Limits()
    limits.sequences = max(1, sequences)
    limits.cacheBytes = cacheBytes
    limits.mixedPromptRows = max(1, promptRows)
    limits.promptRows = 2 * limits.mixedPromptRows
    limits.scoredRows = limits.mixedPromptRows
    return limits
  }
}

/// Why a request was not taken.
public enum ServingError: Error, Sendable, Equatable, CustomStringConvertible {
  /// As many sequences wait as may; try again after so many seconds.
  case tooBusy(waiting: Int, most: Int, retryAfterSeconds: Int)

  public var description: String {
    switch self {
    case .tooBusy(let waiting, let most, let seconds):
      "expected at most \(most) sequences to wait, found \(waiting); try again in \(seconds) s"
    }
  }
}

/// One model that answers many callers at once: requests join the running batch at its next step and leave it alone.
///
/// The answer to a request is the same bits alone or in any company. All engines compute on one thread.
public actor BatchEngine {
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe QueueExecutor.compute.asUnownedSerialExecutor()
  }

  /// The model that answers.
  public nonisolated let model: CompletionModel
  private nonisolated let guests: GuestCount
  private var batch: SequenceBatch
  private var outlets: [Int: Outlet] = [:]
  private var isTurning = false
  private var waitingForIdle: [CheckedContinuation<Void, Never>] = []

  public init(_ model: CompletionModel, limits: ServingLimits = ServingLimits()) {
    self.model = model
    batch = SequenceBatch(model, limits.batch)
    guests = GuestCount(most: limits.sequences + limits.waiting, sequences: limits.sequences)
  }

  /// Answers a request.
  ///
  /// - Throws: `HoneError` for bad fields; `ServingError.tooBusy`; `CancellationError`.
  public nonisolated func complete(_ request: CompletionRequest) async throws -> CompletionResult {
    let stay = try await admit(request, keepsEvents: false)
    defer { withExtendedLifetime(stay) {} }
    return try await stay.outlet.result()
  }

  /// The events of a request as they come. Nothing begins before the first is asked for; the first is `.started`.
  ///
  /// A reader that is slow gets more text at once. Dropping the stream stops the request.
  /// The stream throws `HoneError` for bad fields, `ServingError.tooBusy`, and `CancellationError`.
  public nonisolated func stream(_ request: CompletionRequest) -> AsyncThrowingStream<CompletionEvent, any Error> {
    let reading = Reading(engine: self, request)
    return AsyncThrowingStream { try await reading.next() }
  }

  /// Returns when nothing runs or waits.
  public func finish() async {
    guard isTurning else { return }
    await withCheckedContinuation { waitingForIdle.append($0) }
  }

  /// Sequences that run and that wait for a place.
  public var load: (running: Int, waiting: Int) { (batch.runningCount, batch.waitingCount) }

  /// The same as it was after the last step, told without waiting for the present one.
  nonisolated var lastLoad: (running: Int, waiting: Int) { guests.lastLoad }

  /// Steps of the model so far.
  package var steps: Int { batch.steps }

  /// Sequences that were taken and have not left.
  package nonisolated var guestCount: Int { guests.now }

  /// Checks a request and hands it to the batch.
  nonisolated func admit(_ request: CompletionRequest, keepsEvents: Bool) async throws -> Stay {
    let model = model
    let plan = try await SideWork.run { try model.plan(request) }
    let stay = try Stay(guests, plan.sequenceCount, Outlet(keepsEvents: keepsEvents))
    stay.outlet.put(.started(promptTokens: plan.promptTokens, warnings: plan.warnings))
    await take(plan, stay.outlet)
    return stay
  }

  private func take(_ plan: CompletionPlan, _ outlet: Outlet) {
    outlets[batch.add(plan)] = outlet
    guests.note(load)
    guard !isTurning else { return }
    isTurning = true
    Task { await turns() }
  }

  /// Steps until nothing is left; between two steps other engines and new requests have their turn.
  private func turns() async {
    while !batch.isIdle {
      dropAbandoned()
      for (request, news) in batch.step() {
        switch news {
        case .event(let event): outlets[request]?.put(event)
        case .done(let result): outlets.removeValue(forKey: request)?.end(.success(result))
        }
      }
      guests.note(load)
      await Task.yield()
    }
    guests.note(load)
    batch.rest()
    isTurning = false
    for waiter in waitingForIdle { waiter.resume() }
    waitingForIdle = []
  }

  private func dropAbandoned() {
    for (request, outlet) in outlets where outlet.isAbandoned {
      batch.remove(request)
      outlets[request] = nil
      outlet.end(.failure(CancellationError()))
    }
  }
}

/// How many sequences an engine has taken.
final class GuestCount: Sendable {
  private let count = Mutex(0)
  private let load = Mutex((running: 0, waiting: 0))
  private let most: Int
  private let sequences: Int

  init(most: Int, sequences: Int) {
    self.most = most
    self.sequences = max(1, sequences)
  }

  var now: Int { count.withLock { $0 } }
  /// Those that run and those that wait for a place, as was last noted.
  var lastLoad: (running: Int, waiting: Int) { load.withLock { $0 } }

  func note(_ load: (running: Int, waiting: Int)) { self.load.withLock { $0 = load } }

  /// Takes some, if nobody is there or there is room for all.
  func enter(_ guests: Int) throws(ServingError) {
    let before = count.withLock { count -> Int? in
      if count > 0, guests > most - count { return count }
      count += guests
      return nil
    }
    guard let before else { return }
    throw .tooBusy(waiting: before, most: most, retryAfterSeconds: min(60, 1 + before / sequences))
  }

  func leave(_ guests: Int) { count.withLock { $0 -= guests } }
}

/// A request's time with an engine: it ends when nobody holds it, and with it the request.
final class Stay: Sendable {
  let outlet: Outlet
  private let guests: GuestCount
  private let count: Int

  init(_ guests: GuestCount, _ count: Int, _ outlet: Outlet) throws {
    try guests.enter(count)
    self.outlet = outlet
    self.guests = guests
    self.count = count
  }

  deinit {
    outlet.abandon()
    guests.leave(count)
  }
}

/// A stream's place in its events.
private final class Reading: Sendable {
  private struct State {
    var stay: Stay?
    var ready: [CompletionEvent] = []
    var isOver = false
  }

  private let engine: BatchEngine
  private let request: CompletionRequest
  private let state = Mutex(State())

  init(engine: BatchEngine, _ request: CompletionRequest) {
    self.engine = engine
    self.request = request
  }

  func next() async throws -> CompletionEvent? {
    if let event = state.withLock({ $0.ready.isEmpty ? nil : $0.ready.removeFirst() }) { return event }
    if state.withLock({ $0.isOver }) { return nil }
    do {
      let stay = try await begun()
      guard let events = try await stay.outlet.next() else {
        leave()
        return nil
      }
      state.withLock { $0.ready += events }
      return try await next()
    } catch {
      leave()
      throw error
    }
  }

  private func begun() async throws -> Stay {
    if let stay = state.withLock({ $0.stay }) { return stay }
    let stay = try await engine.admit(request, keepsEvents: true)
    state.withLock { $0.stay = stay }
    return stay
  }

  /// Lets the engine have the place back as soon as all is read.
  private func leave() {
    let stay = state.withLock { state -> Stay? in
      state.isOver = true
      defer { state.stay = nil }
      return state.stay
    }
    _ = stay
  }
}
