internal import Foundation

/// When the next checkpoint is due, and how fast the run is.
final class RunTimer {
  private let started = ContinuousClock.now
  private var lastSave = ContinuousClock.now
  private var saveCost = Duration.zero
  private var firstTokens: Int?
  private var tokens = 0
  private var counted = Duration.zero
  private var lastCount = ContinuousClock.now

  /// Takes the tokens seen since the run began, resumed or not.
  func count(_ elapsedTokens: Int) {
    let now = ContinuousClock.now
    if let firstTokens { tokens = elapsedTokens - firstTokens } else { firstTokens = elapsedTokens }
    counted = now - started
    lastCount = now
  }

  /// At most a twentieth of the time goes into checkpoints, and at least ten seconds lie between two.
  func saveIsDue() -> Bool { ContinuousClock.now - lastSave > max(.seconds(10), saveCost * 20) }

  func saved() {
    let now = ContinuousClock.now
    saveCost = now - lastCount
    lastSave = now
  }

  var tokensPerSecond: Double {
    let seconds = Double(counted.components.seconds) + Double(counted.components.attoseconds) * 1e-18
    return seconds > 0 ? Double(tokens) / seconds : 0
  }
}

/// The most memory this process has held, in bytes.
package func peakMemoryBytes() -> Int {
  var usage = rusage()
  guard unsafe getrusage(ownProcess, &usage) == 0 else { return 0 }
  return Int(usage.ru_maxrss) * peakMemoryUnit
}

#if canImport(Darwin)
  private let ownProcess = RUSAGE_SELF
  private let peakMemoryUnit = 1
#else
  private let ownProcess = __rusage_who_t(RUSAGE_SELF.rawValue)
  private let peakMemoryUnit = 1024
#endif
