internal import Dispatch
internal import Foundation
internal import HoneKernels
internal import Synchronization

/// Runs `body` on a thread of its own that lets others compute before it, and on no other; waits for the result.
///
/// Who waits keeps its priority: what comes after, under locks that others wait for, is not held up.
func givingWay<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) throws -> Value {
  let outcome = Outcome<Value>()
  Thread.detachNewThread {
    giveWayOnThisThread()
    parallelUnits(1) { _ in outcome.set(Result(catching: body)) }
  }
  return try outcome.wait()
}

/// A result that one thread makes and another waits for.
private final class Outcome<Value: Sendable>: Sendable {
  private let result = Mutex<Result<Value, any Error>?>(nil)
  private let done = DispatchSemaphore(value: 0)

  func set(_ value: Result<Value, any Error>) {
    result.withLock { $0 = value }
    done.signal()
  }

  func wait() throws -> Value {
    done.wait()
    guard let result = result.withLock(\.self) else { preconditionFailure("the thread set nothing") }
    return try result.get()
  }
}
