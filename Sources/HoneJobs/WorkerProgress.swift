/// How long a worker may go without getting anywhere before it is taken for one that hangs.
///
/// A worker counts whatever it finishes: a piece of a batch, a step, a piece of the validation, a file. What took longest
/// so far says what is slow for this job on this machine; a hang is `factor` times that, and never less than `shortest`,
/// which also covers what comes before the first step.
package struct HangPolicy: Sendable, Hashable {
  package let shortest: Duration
  package let factor: Int

  /// The factor is at least two; a smaller one is taken as that.
  package init(shortest: Duration = .seconds(600), factor: Int = 20) {
    self.shortest = max(.zero, shortest)
    self.factor = max(2, factor)
  }
}

/// How a worker gets on: whether it hangs, and how long it will take. A value without a clock: times are counted from any
/// moment, by a clock that stands still while the machine sleeps.
package struct WorkerProgress: Sendable, Hashable {
  private struct Mark: Sendable, Hashable {
    var count: Int
    var time: Duration
  }

  private let policy: HangPolicy
  /// What was finished, and when that was first heard.
  private var last: Mark
  /// The longest time between two counts, the first not among them: loading is no measure of training.
  package private(set) var slowest = Duration.zero
  private var firstStep: Mark?
  private var lastStep: Mark?

  /// A worker that was started now.
  package init(at now: Duration, policy: HangPolicy = HangPolicy()) {
    self.policy = policy
    last = Mark(count: 0, time: now)
  }

  /// The worker said how much it has finished.
  package mutating func hear(count: Int, at now: Duration) {
    guard count != last.count else { return }
    if last.count > 0 { slowest = max(slowest, now - last.time) }
    last = Mark(count: count, time: now)
  }

  /// The worker said that this step is done.
  package mutating func hear(step: Int, at now: Duration) {
    let mark = Mark(count: step, time: now)
    if firstStep == nil { firstStep = mark }
    lastStep = mark
  }

  /// How long it may go without getting anywhere.
  package var patience: Duration { max(policy.shortest, slowest * policy.factor) }

  /// How long it has not got anywhere.
  package func standstill(at now: Duration) -> Duration { max(.zero, now - last.time) }

  package func isStuck(at now: Duration) -> Bool { standstill(at: now) > patience }

  /// How long it will take to the end, by the steps measured so far; nil before there are two.
  package func timeLeft(of totalSteps: Int, at now: Duration) -> Duration? {
    guard let firstStep, let lastStep, lastStep.count > firstStep.count else { return nil }
    let perStep = (lastStep.time - firstStep.time) / (lastStep.count - firstStep.count)
    return max(.zero, perStep * max(0, totalSteps - lastStep.count) - (now - lastStep.time))
  }
}
