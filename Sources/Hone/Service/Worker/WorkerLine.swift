internal import Foundation
internal import HoneJobs

/// What a worker writes to standard output, one JSON object a line.
enum WorkerLine: Codable, Sendable, Equatable {
  /// It lives, and works on this step; nil: before its first. `progress` counts what it has finished so far, so that one
  /// that lives and does not go on shows.
  case beat(step: Int?, progress: Int)
  case report(number: Int, JobReport)
  /// Training is done and `tuned/` is whole; it waits to be told to leave.
  case finished(reports: Int)
  /// It cannot go on, and would fail the same way again.
  case failed(reports: Int, JobFailure)
}

/// What a worker reads from standard input, one JSON object a line. Its end means that nobody listens any more: finish
/// the step, save, leave.
enum WorkerWord: Codable, Sendable, Equatable {
  case stop
  case leave
  case report(from: Int)
}

/// Cuts bytes into lines as they come.
struct LineCutter {
  private var rest: [UInt8] = []
  /// No line of ours is longer; a longer one is dropped.
  private let limit = 1 << 20

  mutating func lines(in bytes: some Collection<UInt8>) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var start = bytes.startIndex
    while let end = bytes[start...].firstIndex(of: 0x0A) {
      lines.append(rest + bytes[start..<end])
      rest = []
      start = bytes.index(after: end)
    }
    rest += bytes[start...]
    if rest.count > limit { rest = [] }
    return lines
  }
}

/// One JSON object and the end of its line.
func jsonLine(_ value: some Encodable) -> Data {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return ((try? encoder.encode(value)) ?? Data()) + Data("\n".utf8)
}
