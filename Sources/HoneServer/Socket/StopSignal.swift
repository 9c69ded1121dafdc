internal import Dispatch

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#endif

/// Told once, by anyone, that it is time to stop.
final class StopSignal: Sendable {
  private let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation
  private let stopped = Locked(false)

  init() { (stream, continuation) = AsyncStream.makeStream(of: Void.self) }

  var isStopped: Bool { stopped.withLock { $0 } }

  func stop() {
    stopped.withLock { $0 = true }
    continuation.finish()
  }

  func wait() async { for await _ in stream {} }

  /// Stops at SIGTERM and SIGINT, instead of ending the process; the same signal again ends it.
  func obeySignals() {
    for number in [SIGTERM, SIGINT] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      // The handler keeps its source until it has run.
      source.setEventHandler {
        self.stop()
        signal(number, SIG_DFL)
        source.cancel()
      }
      source.activate()
    }
  }
}

/// Acts at each SIGHUP, instead of ending the process, as long as it is held.
final class HangUpSignal {
  private let source: any DispatchSourceSignal

  init(_ body: @escaping @Sendable () -> Void) {
    signal(SIGHUP, SIG_IGN)
    source = DispatchSource.makeSignalSource(signal: SIGHUP, queue: .global())
    source.setEventHandler(handler: body)
    source.activate()
  }

  func stop() {
    source.cancel()
    signal(SIGHUP, SIG_DFL)
  }
}
