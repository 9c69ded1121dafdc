internal import Foundation

/// Ends this process as a power cut would, at an instant of so many microseconds from now, drawn with a seed.
package func killSoon(_ seed: Int, within microseconds: ClosedRange<Int>) {
  var seeded = Seeded(UInt64(seed))
  let instant = Double(seeded.number(microseconds)) / 1e6
  Thread.detachNewThread {
    Thread.sleep(forTimeInterval: instant)
    kill(getpid(), SIGKILL)
  }
}
