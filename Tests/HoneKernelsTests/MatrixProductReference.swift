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
