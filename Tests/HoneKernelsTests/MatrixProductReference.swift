/// A small generator with a seed, so that a failure can be repeated.
struct ProductNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Numbers from -1 to 1.
  mutating func values(_ count: Int) -> [Float] {
    (0..<count).map { _ in Float(Int64(bitPattern: next()) >> 40) * 0x1p-23 }
  }
}

/// Each value (row, column) is the Float64 sum of `term(row, column, k)` over k.
func productReference(_ rows: Int, _ columns: Int, _ depth: Int, _ term: (Int, Int, Int) -> Double) -> [Double] {
  (0..<rows * columns).map { place in
    var sum = 0.0
    for k in 0..<depth { sum += term(place / columns, place % columns, k) }
    return sum
  }
}

/// The largest distance between values of the same place; NaN counts as infinitely far.
func largestProductDifference(_ found: [Float], _ expected: [Double]) -> Float {
  precondition(found.count == expected.count, "comparing \(found.count) values with \(expected.count)")
  return zip(found, expected).map { pair in
    let distance = Float(abs(Double(pair.0) - pair.1))
    return distance.isNaN ? .infinity : distance
  }.max() ?? 0
}
