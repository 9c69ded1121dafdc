#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#endif

/// Random numbers that a seed fixes, and whose state can be saved.
///
/// Source: xoshiro256++ of Blackman and Vigna 2019, its state filled by SplitMix64 from the seed.
package struct RandomGenerator: RandomNumberGenerator, Sendable, Codable, Equatable {
  private var a: UInt64
  private var b: UInt64
  private var c: UInt64
  private var d: UInt64

  package init(seed: UInt64) {
    var state = seed
    func splitMix() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
    (a, b, c, d) = (splitMix(), splitMix(), splitMix(), splitMix())
  }

  package mutating func next() -> UInt64 {
    func rotated(_ x: UInt64, _ k: UInt64) -> UInt64 { (x << k) | (x >> (64 - k)) }
    let result = rotated(a &+ d, 23) &+ a
    let shifted = b << 17
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = rotated(d, 45)
    return result
  }

  /// Evenly from 0 up to, not including, 1, in steps of 2⁻²⁴.
  package mutating func uniform() -> Float { Float(next() >> 40) * 0x1p-24 }

  /// From the normal distribution of mean 0 and deviation 1, by Box and Muller.
  package mutating func normal() -> Float {
    let radius = (-2 * log(Double(next() >> 11) * 0x1p-53 + 0x1p-54)).squareRoot()
    return Float(radius * cos(2 * Double.pi * (Double(next() >> 11) * 0x1p-53)))
  }
}
