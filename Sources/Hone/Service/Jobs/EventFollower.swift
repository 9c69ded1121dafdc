internal import HoneStore

/// One reader of a job's events: those so far, then each as it comes, until the job has ended. It reads the list in
/// pieces, as fast as the reader asks.
actor EventFollower {
  private let job: String
  private let store: Store
  private let board: JobBoard
  private var last: Int
  private var ready: [JobEventInfo] = []
  private var place = 0
  private var bell: (number: Int, rings: AsyncStream<Void>.Iterator)?
  private var isAtEnd = false

  init(job: String, after number: Int, store: Store, board: JobBoard) {
    self.job = job
    self.store = store
    self.board = board
    last = min(max(number, 0), 1 << 60)
  }

  /// The next event; nil when the job has ended, the reader was cancelled or the service stops.
  func next() async -> JobEventInfo? {
    while !Task.isCancelled {
      if place < ready.count {
        place += 1
        last = ready[place - 1].number
        return ready[place - 1]
      }
      if isAtEnd { break }
      await read()
      if ready.isEmpty, !isAtEnd { await wait() }
    }
    await leave()
    return nil
  }

  private func read() async {
    if bell == nil {
      // Before the reading: what comes after it rings.
      let (number, rings) = await board.bell(for: job)
      bell = (number, rings.makeAsyncIterator())
    }
    let (job, first) = (job, last + 1)
    let found = try? await store.background { store throws(StoreError) in
      // The status first: what is in the list of a job that had ended by then is all there will be.
      let status = try store.job(job)?.status
      return (status: status, events: try store.events(ofJob: job, from: first, limit: 200))
    }
    ready = found?.events.map(JobEventInfo.init) ?? []
    place = 0
    guard ready.isEmpty else { return }
    isAtEnd = found.map { $0.status.map(hasEnded) ?? true } ?? true
  }

  private func wait() async {
    guard var rings = bell?.rings else { return }
    if await rings.next(isolation: self) == nil { isAtEnd = true }
    if !isAtEnd { bell?.rings = rings }
  }

  private func leave() async {
    guard let number = bell?.number else { return }
    bell = nil
    isAtEnd = true
    await board.drop(number, for: job)
  }
}
