/// The MT19937 generator, so that a draw equals the one that Python tools make from the same seed.
///
/// Source: Matsumoto and Nishimura, "Mersenne Twister", ACM TOMACS 8(1), 1998; 2002 initialisation.
package struct MersenneTwister: RandomNumberGenerator, Sendable {
  private static let size = 624
  private static let shift = 397
  private var state: [UInt32]
  private var position = MersenneTwister.size

  /// A generator seeded by the plain integer rule.
  package init(seed: UInt32) {
    var state = [UInt32](repeating: seed, count: Self.size)
    for i in 1..<Self.size {
      let previous = state[i - 1]
      state[i] = 1_812_433_253 &* (previous ^ (previous >> 30)) &+ UInt32(i)
    }
    self.state = state
  }

  /// The next 32 random bits.
  package mutating func next32() -> UInt32 {
    if position == Self.size { refill() }
    var word = state[position]
    position += 1
    word ^= word >> 11
    word ^= (word << 7) & 0x9d2c_5680
    word ^= (word << 15) & 0xefc6_0000
    return word ^ (word >> 18)
  }

  package mutating func next() -> UInt64 {
    let high = UInt64(next32())
    return high << 32 | UInt64(next32())
  }

  private mutating func refill() {
    for i in 0..<Self.size {
      let word = (state[i] & 0x8000_0000) | (state[(i + 1) % Self.size] & 0x7fff_ffff)
      let mixed = state[(i + Self.shift) % Self.size] ^ (word >> 1)
      state[i] = word & 1 == 0 ? mixed : mixed ^ 0x9908_b0df
    }
    position = 0
  }

  /// A random whole number from 0 through `limit`: outputs masked to the next all-ones value, those above
  /// the limit thrown away.
  package mutating func draw(upTo limit: UInt32) -> UInt32 {
    guard limit > 0 else { return 0 }
    let mask = UInt32.max >> UInt32(limit.leadingZeroBitCount)
    while true {
      let value = next32() & mask
      if value <= limit { return value }
    }
  }

  /// The numbers 0..<count in random order.
  package mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for i in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(i, Int(draw(upTo: UInt32(truncatingIfNeeded: i))))
    }
    return order
  }
}
