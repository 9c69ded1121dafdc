internal import Foundation
internal import HoneJobs
internal import Synchronization

/// The worker's side of the pipes to the service: reports out, words in.
///
/// Reports are kept, so that those which did not arrive can be made again. Any thread may call.
final class WorkerChannel: Sendable {
  private struct State {
    var reports: [JobReport] = []
    /// Reports up to this number are known on the other side.
    var known: Int
    var step: Int?
    /// Pieces of work that are done.
    var progress = 0
    var isAskedToStop = false
    var isAlone = false
    var hasEnded = false
  }

  private let state: Mutex<State>
  private let output: FileHandle

  init(afterReport: Int, output: FileHandle = .standardOutput) {
    state = Mutex(State(known: afterReport))
    self.output = output
  }

  /// Whether training is to stop at the end of this step.
  var isAskedToStop: Bool { state.withLock { $0.isAskedToStop || $0.isAlone } }

  /// A piece of work is done.
  func progress() { state.withLock { $0.progress += 1 } }

  func report(_ report: JobReport) {
    state.withLock { state in
      state.progress += 1
      state.reports.append(report)
      if case .step(let metrics) = report { state.step = metrics.step + 1 }
      guard state.reports.count > state.known else { return }
      state.known = state.reports.count
      write(.report(number: state.known, report), &state)
    }
  }

  func beat() {
    state.withLock { state in write(.beat(step: state.step, progress: state.progress), &state) }
  }

  func finish() {
    state.withLock { state in write(.finished(reports: state.reports.count), &state) }
  }

  func fail(_ failure: JobFailure) {
    state.withLock { state in write(.failed(reports: state.reports.count, failure), &state) }
  }

  /// Nothing is left to do. Gives whether somebody is there to say when to leave.
  func end() -> Bool {
    state.withLock { state in
      state.hasEnded = true
      return !state.isAlone && !state.isAskedToStop
    }
  }

  /// Obeys a word. Gives whether the process is to leave at once.
  func hear(_ word: WorkerWord) -> Bool {
    state.withLock { state in
      switch word {
      case .leave: return true
      case .stop:
        state.isAskedToStop = true
        return state.hasEnded
      case .report(let first):
        for number in max(1, first)..<max(1, first, state.reports.count + 1) {
          write(.report(number: number, state.reports[number - 1]), &state)
        }
        // What was said before may have come too early to be heard.
        if state.hasEnded { write(.finished(reports: state.reports.count), &state) }
        return false
      }
    }
  }

  /// Nobody is on the other side any more. Gives whether the process is to leave at once.
  func hearNobody() -> Bool {
    state.withLock { state in
      state.isAlone = true
      return state.hasEnded
    }
  }

  private func write(_ line: WorkerLine, _ state: inout State) {
    do { try output.write(contentsOf: jsonLine(line)) } catch { state.isAlone = true }
  }
}
