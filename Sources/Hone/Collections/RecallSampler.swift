internal import Dispatch
internal import Foundation
internal import HoneFiles
internal import HoneKernels
internal import Synchronization

/// Compares a few of the searches that really happen with all rows, away from those who search.
///
/// One of 64 searches is taken, never two at a time, and after each comparison there is a pause of twenty times as long:
/// at most a twentieth of one thread is spent. What was found is kept beside the index, for other processes to tell.
final class RecallSampler: Sendable {
  /// What comparing came to, since the index was trained.
  struct Known: Sendable, Codable, Equatable {
    /// Searches that were compared.
    var searches = 0
    /// Of the nearest ten of each, or of as many as there are, those that were found.
    var hits = 0
    var wanted = 0

    var recall: Double { wanted > 0 ? Double(hits) / Double(wanted) : 1 }
  }

  private struct State {
    var known = Known()
    var seen = 0
    var isBusy = false
    var restsUntil = ContinuousClock.now
  }

  /// How many of the nearest are compared.
  static let topK = 10
  private static let queue = DispatchQueue(label: "hone.recall", qos: .background)
  private let file: URL
  /// Of so many searches one is taken.
  private let every: Int
  private let state = Mutex(State())

  init(file: URL, every: Int = 64) { (self.file, self.every) = (file, every) }

  /// What is known, of this process or of another before it; nil: nothing was compared.
  var known: Known? {
    let own = state.withLock { $0.known }
    if own.searches > 0 { return own }
    guard let data = try? Data(contentsOf: file), let known = try? JSONDecoder().decode(Known.self, from: data),
      known.searches > 0, known.wanted > 0, (0...known.wanted).contains(known.hits)
    else { return nil }
    return known
  }

  /// What this process compared itself.
  var own: Known? { state.withLock { $0.known.searches > 0 ? $0.known : nil } }

  /// Offers a search. `compare`: makes it again, and looks at all rows, on one thread: the nearest ten of both.
  func offer(_ compare: @escaping @Sendable () throws -> (found: [UInt32], wanted: [UInt32])) {
    let isTaken = state.withLock { state in
      state.seen += 1
      guard state.seen % every == 0, !state.isBusy, ContinuousClock.now >= state.restsUntil else { return false }
      state.isBusy = true
      return true
    }
    guard isTaken else { return }
    Self.queue.async { [self] in
      let start = ContinuousClock.now
      var result: (found: [UInt32], wanted: [UInt32])?
      parallelUnits(1) { _ in result = try? compare() }
      let end = ContinuousClock.now
      let known = state.withLock { state in
        (state.isBusy, state.restsUntil) = (false, end + (end - start) * 20)
        guard let result, !result.wanted.isEmpty else { return state.known }
        state.known.searches += 1
        state.known.wanted += result.wanted.count
        state.known.hits += Set(result.found).intersection(result.wanted).count
        return state.known
      }
      if known.searches < 8 || known.searches % 8 == 0 { keep(known) }
    }
  }

  /// Losing it costs nothing: no need to wait until it is on disk.
  private func keep(_ known: Known) {
    guard known.searches > 0, let data = try? JSONEncoder().encode(known) else { return }
    try? data.write(to: file, options: .atomic)
  }

  /// Begins anew, as with another index.
  func forget() {
    state.withLock { $0.known = Known() }
    try? FileManager.default.removeItem(at: file)
  }
}
