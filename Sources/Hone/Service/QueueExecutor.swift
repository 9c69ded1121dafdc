internal import Dispatch

/// Runs an actor on a queue of its own, so that calls which wait for the disk hold no thread that tasks share.
final class QueueExecutor: SerialExecutor {
  fileprivate let queue: DispatchQueue

  init(label: String) { queue = DispatchQueue(label: label) }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
}

/// Threads for work that reads and writes for long.
enum DiskWork {
  private static let queue = DispatchQueue(label: "hone.disk", attributes: .concurrent)

  static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Result(catching: body)) }
    }
  }
}

extension QueueExecutor {
  /// Runs `body` in the turn of the actor, from a thread that may wait.
  func sync<Value>(_ body: () throws -> Value) rethrows -> Value { try queue.sync(execute: body) }

  /// What `assumeIsolated` asks.
  func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }
}
