/// How often a job's worker died, and whether it got further in between.
package struct CrashCount: Sendable, Hashable, Codable {
  /// Deaths in a row at `step`.
  package internal(set) var atThisStep = 0
  /// Where the last one died; nil: before its first step.
  package internal(set) var step: Int?
  /// Deaths since the run last got further than ever before.
  package internal(set) var withoutGain = 0
  /// How far the run had got at the last death.
  package internal(set) var furthest = 0

  package init() {}

  /// Counts a death at `step` of a run whose furthest step so far is `furthest`.
  package mutating func count(at step: Int?, furthest: Int) {
    let isSameStep = withoutGain > 0 && step == self.step
    let hasGained = furthest > self.furthest
    atThisStep = isSameStep && !hasGained ? atThisStep + 1 : 1
    withoutGain = hasGained ? 1 : withoutGain + 1
    self.step = step
    self.furthest = furthest
  }
}

/// When a job whose worker keeps dying is given up, and how long it waits in between. Times are in seconds.
package struct CrashPolicy: Sendable, Hashable {
  /// So many deaths in a row at one step fail the job.
  package let crashesAtOneStep: Int
  /// So many deaths fail it when it never gets further, wherever they happen.
  package let crashesWithoutGain: Int
  package let firstDelay: Int
  package let longestDelay: Int

  /// Every limit is at least one, every delay at least zero and at most 2^48; values beyond are taken as those.
  package init(crashesAtOneStep: Int = 5, crashesWithoutGain: Int = 20, firstDelay: Int = 1, longestDelay: Int = 300) {
    self.crashesAtOneStep = max(1, crashesAtOneStep)
    self.crashesWithoutGain = max(1, crashesWithoutGain)
    self.firstDelay = max(0, min(firstDelay, JobState.largestCount))
    self.longestDelay = max(self.firstDelay, min(longestDelay, JobState.largestCount))
  }

  /// Whether this is the death too many.
  package func givesUp(_ crashes: CrashCount) -> Bool {
    crashes.atThisStep >= crashesAtOneStep || crashes.withoutGain >= crashesWithoutGain
  }

  /// Seconds to wait: `firstDelay · 2^(withoutGain - 1)`, at most `longestDelay`.
  package func delay(after crashes: CrashCount) -> Int {
    var delay = firstDelay
    for _ in 1..<max(1, min(crashes.withoutGain, 62)) where delay < longestDelay {
      delay = delay > longestDelay / 2 ? longestDelay : delay * 2
    }
    return min(delay, longestDelay)
  }
}
