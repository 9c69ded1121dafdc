// n: rows and columns of a symmetric matrix

/// Eigenvalues, the largest first, and the unit vectors that belong to them.
package struct SymmetricEigen: Sendable {
  package let values: [Double]  // (n)
  /// Shapes: (n, n), one vector a row.
  package let vectors: [Double]

  /// Decomposes a symmetric matrix, of which the lower half is read.
  ///
  /// Reflections bring it to three diagonals, then implicitly shifted QL steps to one.
  /// Shapes: matrix (n, n). Complexity: O(n³).
  /// Source: Golub and Van Loan, Matrix Computations, sections 8.3.1 and 8.3.3.
  package init(_ matrix: [Double], n: Int) {
    precondition(matrix.count == n * n && n > 0, "a matrix of \(matrix.count) values, expected \(n) · \(n)")
    var work = Tridiagonal(matrix, n: n)
    work.diagonalize()
    let order = (0..<n).sorted { work.diagonal[$0] > work.diagonal[$1] }
    values = order.map { work.diagonal[$0] }
    vectors = order.flatMap { index in work.basis[index * n..<(index + 1) * n] }
  }
}

/// A matrix on its way to its eigenvalues: basisᵀ · (diagonal, beside) · basis is the one that came in.
private struct Tridiagonal {
  let n: Int
  var diagonal: [Double]
  var beside: [Double]  // beside[i] stands between i and i + 1; the last is unused
  var basis: [Double]  // (n, n) one vector a row

  /// Householder's reflections, one for each column.
  init(_ matrix: [Double], n: Int) {
    self.n = n
    var a = matrix
    for row in 0..<n {
      for column in row + 1..<max(n, row + 1) { a[row * n + column] = a[column * n + row] }
    }
    var basis = [Double](repeating: 0, count: n * n)
    for i in 0..<n { basis[i * n + i] = 1 }
    beside = [Double](repeating: 0, count: n)
    var v = [Double](repeating: 0, count: n)
    var p = [Double](repeating: 0, count: n)
    for k in 0..<max(0, n - 2) {
      var norm = 0.0
      for i in k + 1..<n { norm += a[i * n + k] * a[i * n + k] }
      norm = norm.squareRoot()
      let first = a[(k + 1) * n + k]
      beside[k] = first > 0 ? -norm : norm
      guard norm > 0 else { continue }
      for i in k + 1..<n { v[i] = a[i * n + k] }
      v[k + 1] -= beside[k]
      var square = 0.0
      for i in k + 1..<n { square += v[i] * v[i] }
      guard square > 0 else { continue }
      let factor = 2 / square
      Self.reflect(&a, v: v, p: &p, factor: factor, from: k + 1, n: n)
      // basis ← (1 − factor · v · vᵀ) · basis, on the rows from k + 1 on
      for column in 0..<n { p[column] = 0 }
      for i in k + 1..<n {
        let weight = v[i] * factor
        for column in 0..<n { p[column] += weight * basis[i * n + column] }
      }
      for i in k + 1..<n {
        let weight = v[i]
        for column in 0..<n { basis[i * n + column] -= weight * p[column] }
      }
    }
    if n > 1 { beside[n - 2] = a[(n - 1) * n + n - 2] }
    diagonal = (0..<n).map { a[$0 * n + $0] }
    self.basis = basis
  }

  /// a ← H · a · H with H = 1 − factor · v · vᵀ, on the rows and columns from `first` on.
  private static func reflect(
    _ a: inout [Double], v: [Double], p: inout [Double], factor: Double, from first: Int, n: Int
  ) {
    var dot = 0.0
    for i in first..<n {
      var sum = 0.0
      for j in first..<n { sum += a[i * n + j] * v[j] }
      p[i] = sum * factor
      dot += p[i] * v[i]
    }
    let half = dot * factor / 2
    for i in first..<n { p[i] -= half * v[i] }
    for i in first..<n {
      let (vi, pi) = (v[i], p[i])
      for j in first..<n { a[i * n + j] -= vi * p[j] + pi * v[j] }
    }
  }

  /// Implicitly shifted QL steps until nothing stands beside the diagonal.
  mutating func diagonalize() {
    for l in 0..<n {
      var tries = 0
      while true {
        var m = l
        while m < n - 1 {
          let size = abs(diagonal[m]) + abs(diagonal[m + 1])
          if abs(beside[m]) <= Double.ulpOfOne * size { break }
          m += 1
        }
        guard m > l, tries < 60 else { break }
        tries += 1
        step(l, m)
      }
    }
  }

  private mutating func step(_ l: Int, _ m: Int) {
    var g = (diagonal[l + 1] - diagonal[l]) / (2 * beside[l])
    let root = (g * g + 1).squareRoot()
    g = diagonal[m] - diagonal[l] + beside[l] / (g + (g >= 0 ? root : -root))
    var (sine, cosine, p) = (1.0, 1.0, 0.0)
    for i in stride(from: m - 1, through: l, by: -1) {
      let f = sine * beside[i]
      let b = cosine * beside[i]
      let r = (f * f + g * g).squareRoot()
      beside[i + 1] = r
      if r == 0 {
        diagonal[i + 1] -= p
        beside[m] = 0
        return
      }
      sine = f / r
      cosine = g / r
      g = diagonal[i + 1] - p
      let t = (diagonal[i] - g) * sine + 2 * cosine * b
      p = sine * t
      diagonal[i + 1] = g + p
      g = cosine * t - b
      rotate(i, sine, cosine)
    }
    diagonal[l] -= p
    beside[l] = g
    beside[m] = 0
  }

  private mutating func rotate(_ i: Int, _ sine: Double, _ cosine: Double) {
    let (n, upper, lower) = (n, i * n, (i + 1) * n)
    var rows = basis.mutableSpan
    for column in 0..<n {
      let f = rows[lower + column]
      let b = rows[upper + column]
      rows[lower + column] = sine * b + cosine * f
      rows[upper + column] = cosine * b - sine * f
    }
  }
}
