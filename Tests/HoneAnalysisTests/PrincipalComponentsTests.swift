import HoneAnalysis
import HoneKernels
import HoneTestSupport
import Testing

/// n: one, two, odd and even; a matrix with equal eigenvalues, one of zeros, one that is diagonal already.
@Test(arguments: [1, 2, 3, 8, 33, 70])
func eigenvectorsGiveTheMatrixBack(n: Int) {
  var random = Seeded(n)
  var matrix = [Double](repeating: 0, count: n * n)
  for i in 0..<n {
    for j in 0...i {
      let value = Double(random.values(1)[0])
      (matrix[i * n + j], matrix[j * n + i]) = (value, value)
    }
  }
  check(SymmetricEigen(matrix, n: n), matrix, n)
}

@Test func equalEigenvaluesAndZerosAreNoTrouble() {
  let n = 5
  check(SymmetricEigen([Double](repeating: 0, count: n * n), n: n), [Double](repeating: 0, count: n * n), n)
  let ones = [Double](repeating: 1, count: n * n)
  let eigen = SymmetricEigen(ones, n: n)
  check(eigen, ones, n)
  #expect(abs(eigen.values[0] - 5) < 1e-12)
  var diagonal = [Double](repeating: 0, count: n * n)
  for i in 0..<n { diagonal[i * n + i] = Double(i % 2) }
  check(SymmetricEigen(diagonal, n: n), diagonal, n)
}

private func check(_ eigen: SymmetricEigen, _ matrix: [Double], _ n: Int) {
  #expect(zip(eigen.values, eigen.values.dropFirst()).allSatisfy { $0 >= $1 })
  for i in 0..<n {
    for j in 0..<n {
      var (product, dot) = (0.0, 0.0)
      for k in 0..<n {
        product += eigen.values[k] * eigen.vectors[k * n + i] * eigen.vectors[k * n + j]
        dot += eigen.vectors[i * n + k] * eigen.vectors[j * n + k]
      }
      #expect(abs(product - matrix[i * n + j]) < 1e-11 * Double(n))
      #expect(abs(dot - (i == j ? 1 : 0)) < 1e-12 * Double(n))
    }
  }
}

@Test func componentsFollowTheDirectionsOfLargestVariance() {
  // Points along (3, 4) / 5 with a little noise across it, around (10, -2).
  var random = Seeded(4)
  var x: [Float] = []
  for _ in 0..<500 {
    let (along, across) = (random.values(1)[0] * 5, random.values(1)[0] * 0.1)
    x += [10 + 0.6 * along - 0.8 * across, -2 + 0.8 * along + 0.6 * across]
  }
  let components = PrincipalComponents(x, inputs: 2, outputs: 1)
  #expect(abs(components.directions[0] - 0.6) < 0.01 && abs(components.directions[1] - 0.8) < 0.01)
  #expect(components.shares[0] > 0.99)
  let projected = components.project(x)
  #expect(projected.count == 500)
  #expect(abs(projected.reduce(0, +) / 500) < 1e-3)
}
