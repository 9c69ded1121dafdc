/// HoneAnalysis: numbers about vectors and labels. It knows matrices; it knows no text, no model and no file.

internal import HoneKernels

// rows: vectors    inputs: numbers of a vector    outputs: components that are kept

/// The directions in which vectors differ most.
package struct PrincipalComponents: Sendable {
  package let inputs: Int
  package let outputs: Int
  package let mean: [Float]  // (inputs)
  /// Shapes: (inputs, outputs), orthonormal columns, the most telling first.
  package let directions: [Float]
  /// The share of the whole variance that each component has. Shapes: (outputs).
  package let shares: [Double]

  /// Shapes: x (rows, inputs). Complexity: O(rows · inputs² + inputs³).
  package init(_ x: [Float], inputs: Int, outputs: Int) {
    precondition(inputs > 0 && x.count % inputs == 0 && x.count > 0, "\(x.count) values in rows of \(inputs)")
    precondition(outputs >= 1 && outputs <= inputs, "\(outputs) components of \(inputs)")
    let rows = x.count / inputs
    var mean = [Double](repeating: 0, count: inputs)
    for row in 0..<rows {
      for i in 0..<inputs { mean[i] += Double(x[row * inputs + i]) }
    }
    for i in 0..<inputs { mean[i] /= Double(rows) }
    let eigen = SymmetricEigen(Self.covariance(x, mean, rows: rows, inputs: inputs), n: inputs)
    let all = eigen.values.reduce(0) { $0 + max(0, $1) }
    var directions = [Float](repeating: 0, count: inputs * outputs)
    for component in 0..<outputs {
      let vector = eigen.vectors[component * inputs..<(component + 1) * inputs]
      // The sign is free: the largest number is positive, so that equal data has equal bits.
      let largest = vector.max { abs($0) < abs($1) } ?? 1
      for (i, value) in vector.enumerated() {
        directions[i * outputs + component] = Float(largest < 0 ? -value : value)
      }
    }
    self.inputs = inputs
    self.outputs = outputs
    self.mean = mean.map(Float.init)
    self.directions = directions
    shares = eigen.values.prefix(outputs).map { all > 0 ? max(0, $0) / all : 0 }
  }

  /// Sums are Float64, row after row.
  private static func covariance(_ x: [Float], _ mean: [Double], rows: Int, inputs: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: inputs * inputs)
    var centred = [Double](repeating: 0, count: inputs)
    var out = sums.mutableSpan
    for row in 0..<rows {
      for i in 0..<inputs { centred[i] = Double(x[row * inputs + i]) - mean[i] }
      for i in 0..<inputs {
        let value = centred[i]
        for j in 0...i { out[i * inputs + j] += value * centred[j] }
      }
    }
    let scale = 1 / Double(max(1, rows - 1))
    return sums.map { $0 * scale }
  }

  /// Rows in the new coordinates. Shapes: x (rows, inputs); result (rows, outputs).
  package func project(_ x: [Float], centred: Bool = true) -> [Float] {
    let rows = x.count / inputs
    var result = [Float](repeating: 0, count: rows * outputs)
    var out = result.mutableSpan
    for row in 0..<rows {
      for i in 0..<inputs {
        let value = x[row * inputs + i] - (centred ? mean[i] : 0)
        for component in 0..<outputs { out[row * outputs + component] += value * directions[i * outputs + component] }
      }
    }
    return result
  }
}
