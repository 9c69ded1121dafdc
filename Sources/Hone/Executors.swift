internal import Dispatch

/// Runs an actor on a queue of its own, so that calls which compute, or wait for the disk, hold no thread that tasks
/// share. What is asked of it runs in the order of asking, one piece at a time.
final class QueueExecutor: SerialExecutor {
  /// The one queue that all models compute on; a piece spreads its own work over all cores.
  static let compute = QueueExecutor(label: "hone.compute")

  private let queue: DispatchQueue

  init(label: String) { queue = DispatchQueue(label: label) }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }

  /// Runs `body` in the turn of the actor, from a thread that may wait.
  func sync<Value>(_ body: () throws -> Value) rethrows -> Value { try queue.sync(execute: body) }

  /// What `assumeIsolated` asks.
  func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }
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
