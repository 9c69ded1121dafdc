/// How the learning rate changes from step to step.
package enum LearningRateSchedule: Sendable, Equatable, Codable {
  case constant(warmupSteps: Int)
  /// Falls to zero in a straight line.
  case linear(warmupSteps: Int)
  /// Falls to zero along half a cosine.
  case cosine(warmupSteps: Int)
  /// base · rate^(step / decaySteps). Source: `ExponentialDecay` of Keras.
  case exponential(warmupSteps: Int, decaySteps: Int, rate: Float)

  private var warmupSteps: Int {
    switch self {
    case .constant(let steps), .linear(let steps), .cosine(let steps), .exponential(let steps, _, _): steps
    }
  }

  /// The rate of a step, counted from 0. During warm-up it grows in a straight line from base / warmupSteps.
  package func rate(step: Int, totalSteps: Int, base: Float) -> Float {
    let warmup = warmupSteps
    if step < warmup { return base * Float(step + 1) / Float(warmup) }
    let rest = max(1, totalSteps - warmup)
    let progress = min(1, Double(step - warmup) / Double(rest))
    switch self {
    case .constant: return base
    case .linear: return base * Float(1 - progress)
    case .cosine: return base * Float(0.5 * (1 + cosDouble(Double.pi * progress)))
    case .exponential(_, let steps, let rate):
      return base * Float(powDouble(Double(rate), Double(step - warmup) / Double(max(1, steps))))
    }
  }
}
