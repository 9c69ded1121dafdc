internal import Dispatch

/// The one thread that all models compute on, away from the threads that tasks share.
///
/// What is asked of it runs in the order of asking, one piece at a time; a piece spreads its own work over all cores.
final class ComputeExecutor: SerialExecutor {
  static let shared = ComputeExecutor()

  private let queue = DispatchQueue(label: "hone.compute")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
}

/// Threads for work that takes long and computes little at a time, such as reading files and encoding text.
enum SideWork {
  private static let queue = DispatchQueue(label: "hone.side", attributes: .concurrent)

  /// Runs `body` away from the threads that tasks share.
  static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Result(catching: body)) }
    }
  }
}
