/// Wakes those who wait for something to happen to a job.
struct Bells {
  private var waiting: [String: [Int: AsyncStream<Void>.Continuation]] = [:]
  private var count = 0
  private var hasEnded = false

  /// A bell that rings after each change of a job, once for all changes since it was last heard.
  mutating func bell(for job: String) -> (number: Int, rings: AsyncStream<Void>) {
    count += 1
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    if hasEnded { continuation.finish() } else { waiting[job, default: [:]][count] = continuation }
    return (count, stream)
  }

  mutating func drop(_ number: Int, for job: String) {
    waiting[job]?[number] = nil
    if waiting[job]?.isEmpty == true { waiting[job] = nil }
  }

  /// Rings for those who wait, and forgets those who went without a word.
  mutating func ring(_ job: String) {
    for (number, continuation) in waiting[job, default: [:]] {
      if case .terminated = continuation.yield() { drop(number, for: job) }
    }
  }

  mutating func end() {
    hasEnded = true
    for continuations in waiting.values { for continuation in continuations.values { continuation.finish() } }
    waiting = [:]
  }
}
