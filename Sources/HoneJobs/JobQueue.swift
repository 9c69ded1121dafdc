/// Which job starts next: a value without a clock or a process.
///
/// A job that lost its worker goes on before others begin. Among the rest the owner with the fewest places in use comes
/// first, then the one whose last start is longest ago, then the oldest job. Paused jobs and jobs that wait out a crash
/// are passed over.
package struct JobQueue: Sendable {
  /// No queue takes more jobs.
  package static let largestCapacity = 1000

  /// Processes at once.
  package let limit: Int
  /// Jobs that have not ended, at most; beyond that a request is answered with 429.
  package let capacity: Int
  private var entries: [String: Entry] = [:]
  /// When each owner's last job started, on a clock that gives no time twice.
  private var turns: [String: Int] = [:]
  private var arrivals = 0

  private struct Entry {
    let owner: String
    let arrival: Int
    var lease: Int
    var waits: Bool
    var isInterrupted: Bool
    var notBefore: Int
    var holdsPlace: Bool
    var hasEnded: Bool
  }

  package init(limit: Int = 1, capacity: Int = JobQueue.largestCapacity) {
    self.limit = max(1, limit)
    self.capacity = max(1, min(capacity, Self.largestCapacity))
  }

  /// Takes note of a job's new state; to be called after every change. The first call gives the job its age, so after a
  /// restart jobs are given in the order of their creation.
  package mutating func update(_ state: JobState) {
    let id = state.identity.id
    let known = entries[id]
    countTurn(state, known: known)
    if state.status.hasEnded, state.worker == .none {
      entries[id] = nil
      return
    }
    if known == nil { arrivals += 1 }
    entries[id] = Entry(
      owner: state.identity.owner, arrival: known?.arrival ?? arrivals, lease: state.lease, waits: state.waitsForTurn,
      isInterrupted: state.isInterrupted, notBefore: state.notBefore, holdsPlace: state.worker != .none,
      hasEnded: state.status.hasEnded)
  }

  private mutating func countTurn(_ state: JobState, known: Entry?) {
    guard let start = state.lastStartAt, state.lease != known?.lease else { return }
    let owner = state.identity.owner
    let latest = turns.values.max() ?? 0
    turns[owner] = known == nil ? max(turns[owner] ?? 0, start) : max(latest + 1, start)
  }

  /// Whether no further job can be taken.
  package var isFull: Bool { entries.values.count { !$0.hasEnded } >= capacity }

  /// Places that no process holds.
  package var freePlaces: Int { max(0, limit - entries.values.count { $0.holdsPlace }) }

  /// The job that may start at `now`, in seconds since 1970; nil where none may.
  package func next(at now: Int) -> String? {
    guard freePlaces > 0 else { return nil }
    return order { $0.notBefore <= now }.first
  }

  /// The next second at which a job that waits out a crash may start, so that somebody looks again then.
  package func nextWake(after now: Int) -> Int? {
    entries.values.lazy.filter { $0.waits && $0.notBefore > now }.map(\.notBefore).min()
  }

  /// How many waiting jobs would start before this one, were it waiting; nil for a job the queue does not know.
  package func queueNumber(of id: String) -> Int? {
    guard entries[id] != nil else { return nil }
    var copy = self
    copy.entries[id]?.waits = true
    return copy.order { _ in true }.firstIndex(of: id)
  }

  /// The waiting jobs in the order in which they would start.
  package var waiting: [String] { order { _ in true } }

  /// The jobs of one owner that wait, the oldest last, so that the next is taken off the end.
  private struct Line {
    var placesInUse: Int
    var turn: Int
    var jobs: [(arrival: Int, id: String)]
  }

  private func order(where isEligible: (Entry) -> Bool) -> [String] {
    let eligible = entries.filter { $0.value.waits && isEligible($0.value) }
    let interrupted = eligible.filter(\.value.isInterrupted).sorted { $0.value.arrival < $1.value.arrival }
    var lines = lines(of: eligible.filter { !$0.value.isInterrupted })
    for (_, entry) in interrupted { lines[entry.owner]?.placesInUse += 1 }
    return interrupted.map(\.key) + takeTurns(Array(lines.values))
  }

  private func lines(of jobs: [String: Entry]) -> [String: Line] {
    var lines: [String: Line] = [:]
    for (id, entry) in jobs {
      lines[entry.owner, default: Line(placesInUse: 0, turn: turns[entry.owner] ?? 0, jobs: [])]
        .jobs.append((entry.arrival, id))
    }
    for entry in entries.values where entry.holdsPlace { lines[entry.owner]?.placesInUse += 1 }
    return lines.mapValues { line in
      var line = line
      line.jobs.sort { $0.arrival > $1.arrival }
      return line
    }
  }

  /// Complexity: jobs times owners.
  private func takeTurns(_ lines: [Line]) -> [String] {
    var lines = lines
    var turn = turns.values.max() ?? 0
    var result: [String] = []
    while let next = lines.indices.min(by: { comesBefore(lines[$0], lines[$1]) }),
      let job = lines[next].jobs.popLast()
    {
      result.append(job.id)
      turn += 1
      lines[next].turn = turn
      lines[next].placesInUse += 1
      if lines[next].jobs.isEmpty { lines.remove(at: next) }
    }
    return result
  }

  private func comesBefore(_ one: Line, _ other: Line) -> Bool {
    (one.placesInUse, one.turn, one.jobs.last?.arrival ?? 0)
      < (other.placesInUse, other.turn, other.jobs.last?.arrival ?? 0)
  }
}
