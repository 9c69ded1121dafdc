internal import Foundation
internal import Synchronization

/// Lets other processes of the home's owner speak to the one that has the home. It does not know what they say.
final class TerminalDoor: Sendable {
  /// Connections at the same time.
  static let mostVisits = 64

  private struct State {
    var visits: [Int: LocalSocket] = [:]
    var count = 0
    var isClosed = false
  }

  private let place: TerminalPlace
  private let socket: LocalSocket
  private let state = Mutex(State())
  private let answer: @Sendable (LocalSocket) async -> Void

  /// Opens the door of a home that this process has; `answer` gets every connection.
  init(_ place: TerminalPlace, answer: @escaping @Sendable (LocalSocket) async -> Void) throws {
    self.place = place
    self.answer = answer
    socket = try place.open().socket
    let thread = Thread { [self] in listen() }
    thread.start()
  }

  /// Takes no more connections, and removes the socket; those at hand go on.
  func close() {
    let wasOpen = state.withLock { state in
      defer { state.isClosed = true }
      return !state.isClosed
    }
    guard wasOpen else { return }
    place.clear()
    socket.hangUp()
  }

  /// Waits for the connections at hand, then hangs up.
  func end(within time: Duration) async {
    let end = ContinuousClock.now + time
    while hasVisits, ContinuousClock.now < end { try? await Task.sleep(for: .milliseconds(20)) }
    state.withLock { state in for visit in state.visits.values { visit.hangUp() } }
  }

  private var hasVisits: Bool { state.withLock { !$0.visits.isEmpty } }

  private func listen() {
    while !state.withLock({ $0.isClosed }) {
      do {
        if let visit = try socket.accept(within: .milliseconds(500)) { admit(visit) }
      } catch {
        // Such as too many open files: it may pass.
        Thread.sleep(forTimeInterval: 0.1)
      }
    }
  }

  private func admit(_ visit: LocalSocket) {
    let number = state.withLock { state -> Int? in
      guard !state.isClosed, state.visits.count < Self.mostVisits else { return nil }
      state.count += 1
      state.visits[state.count] = visit
      return state.count
    }
    guard let number else { return refuse(visit) }
    Task { [self] in
      await answer(visit)
      visit.hangUp()
      state.withLock { $0.visits[number] = nil }
    }
  }

  private func refuse(_ visit: LocalSocket) {
    let error = HoneError(
      "expected at most \(Self.mostVisits) commands beside the server, found more", remedy: "end some, and ask again",
      kind: .busy)
    let lines = jsonLine(TerminalHello()) + jsonLine(TerminalReply.refused(error))
    try? visit.send([UInt8](lines), within: .zero)
  }
}
