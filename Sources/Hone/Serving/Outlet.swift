internal import Synchronization

/// What one request has answered and nobody has read yet: written by the engine, read by one caller.
///
/// Writing never waits. Text that is not read joins what is there, so an outlet holds at most one piece and one end for
/// each choice, however slow its reader is, and the sequence goes on without it.
final class Outlet: Sendable {
  private enum Item {
    case piece(index: Int, text: String, logprobs: TokenLogprobs?)
    case whole(CompletionEvent)
  }

  private struct State {
    var items: [Item] = []
    var pieces: [Int: Int] = [:]  // choice → number of its unread piece, counted since the beginning
    var read = 0  // items read since the beginning
    var end: Result<CompletionResult, any Error>?
    var isAbandoned = false
    var reader: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())
  private let keepsEvents: Bool

  /// Without `keepsEvents` only the result counts.
  init(keepsEvents: Bool) { self.keepsEvents = keepsEvents }

  /// Whether nobody will read on.
  var isAbandoned: Bool { state.withLock { $0.isAbandoned } }
  var hasEnded: Bool { state.withLock { $0.end != nil } }
  /// Things that wait to be read.
  var unreadCount: Int { state.withLock { $0.items.count } }

  /// Adds an event.
  func put(_ event: CompletionEvent) {
    guard keepsEvents else { return }
    change { state in
      switch event {
      case .started, .finished, .ended: state.items.append(.whole(event))
      case .text(let index, let text): Self.add(&state, index, text, nil)
      case .logprobs(let index, let logprobs): Self.add(&state, index, "", logprobs)
      }
    }
  }

  private static func add(_ state: inout State, _ index: Int, _ text: String, _ logprobs: TokenLogprobs?) {
    if let number = state.pieces[index], number >= state.read,
      case .piece(_, let before, let logged) = state.items[number - state.read]
    {
      var all = logged ?? logprobs
      if let logprobs, logged != nil { all?.append(logprobs) }
      state.items[number - state.read] = .piece(index: index, text: before + text, logprobs: all)
    } else {
      state.pieces[index] = state.read + state.items.count
      state.items.append(.piece(index: index, text: text, logprobs: logprobs))
    }
  }

  /// Ends it. What comes later counts for nothing.
  func end(_ result: Result<CompletionResult, any Error>) {
    change { state in
      if state.end == nil { state.end = result }
    }
  }

  /// Says that nobody will read on; the engine stops the request at its next step.
  func abandon() { change { $0.isAbandoned = true } }

  private func change(_ body: (inout State) -> Void) {
    let reader = state.withLock { state -> CheckedContinuation<Void, Never>? in
      body(&state)
      defer { state.reader = nil }
      return state.reader
    }
    reader?.resume()
  }

  /// The next events, of one choice at a time; nil at the end.
  ///
  /// - Throws: what ended the request; `CancellationError`.
  func next() async throws -> [CompletionEvent]? {
    while true {
      let found = state.withLock { state -> Result<[CompletionEvent]?, any Error>? in
        if state.isAbandoned { return .failure(CancellationError()) }
        if !state.items.isEmpty {
          state.read += 1
          return .success(Self.events(state.items.removeFirst()))
        }
        return state.end.map { end in end.map { _ in nil } }
      }
      if let found { return try found.get() }
      await wait()
    }
  }

  private static func events(_ item: Item) -> [CompletionEvent] {
    switch item {
    case .whole(let event): return [event]
    case .piece(let index, let text, let logprobs):
      let scores = logprobs.map { [CompletionEvent.logprobs(index: index, $0)] } ?? []
      return scores + (text.isEmpty ? [] : [.text(index: index, text)])
    }
  }

  /// The whole result.
  func result() async throws -> CompletionResult {
    while true {
      let (end, isAbandoned) = state.withLock { ($0.end, $0.isAbandoned) }
      if isAbandoned { throw CancellationError() }
      if let end { return try end.get() }
      await wait()
    }
  }

  /// Waits for a change; cancelling the task abandons the outlet.
  private func wait() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isReady = state.withLock { state -> Bool in
          if !state.items.isEmpty || state.end != nil || state.isAbandoned { return true }
          state.reader = continuation
          return false
        }
        if isReady { continuation.resume() }
      }
    } onCancel: {
      abandon()
    }
  }
}
