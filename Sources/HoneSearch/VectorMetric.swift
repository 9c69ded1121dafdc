/// How near two vectors are to each other.
package enum VectorMetric: String, Sendable, CaseIterable {
  /// The cosine of the angle between them; the lengths say nothing.
  case cosine
  /// The inner product.
  case dot
  /// Minus the squared Euclidean distance.
  case l2

  /// What one vector scores for another: larger is nearer.
  ///
  /// The reference that every faster way is checked against; sums in double precision.
  /// Shapes: a, b (dimensions). A vector of length 0 has cosine 0 to every other.
  package func score(_ a: [Float], _ b: [Float]) -> Double {
    precondition(a.count == b.count, "\(a.count) numbers and \(b.count)")
    func sum(_ term: (Double, Double) -> Double) -> Double {
      zip(a, b).reduce(0) { $0 + term(Double($1.0), Double($1.1)) }
    }
    switch self {
    case .dot: return sum { $0 * $1 }
    case .l2: return -sum { ($0 - $1) * ($0 - $1) }
    case .cosine:
      let lengths = (sum { a, _ in a * a } * sum { _, b in b * b }).squareRoot()
      return lengths > 0 ? sum { $0 * $1 } / lengths : 0
    }
  }
}
