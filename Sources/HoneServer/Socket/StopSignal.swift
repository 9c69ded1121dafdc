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

  init() { (stream, continuation) = AsyncStream.makeStream(of: Void.self) }

  func stop() { continuation.finish() }

  func wait() async { for await _ in stream {} }

  /// Stops at SIGTERM and SIGINT, instead of ending the process; the same signal again ends it.
  func obeySignals() {
    for number in [SIGTERM, SIGINT] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      let continuation = continuation
      // The handler keeps its source until it has run.
      source.setEventHandler {
        continuation.finish()
        signal(number, SIG_DFL)
        source.cancel()
      }
      source.activate()
    }
  }
}
