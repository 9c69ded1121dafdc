/// One line of a job's event list, as both generations of the API show it.
///
/// The list is numbered 1, 2, 3, … without a gap. The number is the event's identity: a store that is given the same
/// number again already has that event, and keeps it.
package struct JobEvent: Sendable, Hashable, Codable {
  package enum Level: String, Sendable, Hashable, Codable {
    case info, warn, error
  }

  package let job: String
  /// The place in the list, counted from 1.
  package let number: Int
  /// Seconds since 1970; never less than that of the event before.
  package let createdAt: Int
  package let level: Level
  package let message: String
  /// Set for events of type `metrics`, nil for those of type `message`.
  package let metrics: StepMetrics?
  /// Steps of the whole run, beside `metrics`.
  package let totalSteps: Int?

  /// `ftevent-…`: made from job and number, so that every writing of the event gives the same.
  package var id: String { "ftevent-\(shortName(job))-\(padded(number))" }

  /// `message` or `metrics`.
  package var type: String { metrics == nil ? "message" : "metrics" }
}

/// Weights that can be served while the job goes on, as the API lists them.
package struct JobCheckpoint: Sendable, Hashable, Codable {
  package let job: String
  /// The name that completions use for these weights.
  package let model: String
  /// Seconds since 1970.
  package let createdAt: Int
  package let metrics: StepMetrics

  /// The step is the checkpoint's identity within its job.
  package var step: Int { metrics.step }

  /// `ftckpt_…`: made from job and step, so that every writing of the checkpoint gives the same.
  package var id: String { "ftckpt_\(shortName(job))-\(padded(step))" }
}

/// The part of a job's id behind its first `-`, which is what differs between jobs.
private func shortName(_ job: String) -> Substring {
  guard let dash = job.firstIndex(of: "-") else { return job[...] }
  return job[job.index(after: dash)...]
}

/// Six digits or more, so that ids sort as their numbers do.
private func padded(_ number: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
}
