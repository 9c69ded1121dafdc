/// HoneTestSupport: what the tests of several rooms share. It knows no room, and no product has it.

internal import Foundation

/// Whether the heavy checks run in full.
package let runsEverything = ProcessInfo.processInfo.environment["HONE_TEST_ALL"] == "1"

/// Chosen numbers, the same for the same seed on every machine, so that the seed in a failure gives it again.
///
/// Source: Vigna's SplitMix64.
package struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  package init(_ seed: some BinaryInteger) { state = UInt64(truncatingIfNeeded: seed) }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  package mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  package mutating func flag() -> Bool { next() & 1 == 0 }

  /// Whether a chance of `part` in `whole` was met.
  package mutating func chance(_ part: Int, of whole: Int) -> Bool { number(0...(whole - 1)) < part }

  /// One of a list that is not empty.
  package mutating func pick<T>(_ values: [T]) -> T { values[number(0...(values.count - 1))] }

  package mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }

  /// Numbers from -1 to 1.
  package mutating func values(_ count: Int) -> [Float] {
    (0..<count).map { _ in Float(Int64(bitPattern: next()) >> 40) * 0x1p-23 }
  }
}
