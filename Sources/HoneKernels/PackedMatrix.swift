/// How the numbers of a packed matrix are kept.
///
/// `int8`: a whole number from -127 to 127 times one scale per output; activations are rounded the same way,
/// with one scale per row, when they meet it.
package enum PackedPrecision: String, Sendable, Codable {
  case float32, bfloat16, int8
}

/// A weight laid out once, when a model is loaded, for the fastest product with few rows or many.
package struct PackedMatrix: Sendable {
  /// Numbers a row brings.
  package let inputs: Int
  /// Numbers a row leaves with.
  package let outputs: Int
  /// How the numbers are kept.
  package let precision: PackedPrecision
  private let values: [Float]

  /// Packs a flat row-major weight: (inputs, outputs), or (outputs, inputs) when `transposed`.
  package init(_ weight: [Float], inputs: Int, outputs: Int, transposed: Bool, precision: PackedPrecision) {
    requireCount(weight.count, exactly: inputs, outputs, "weight")
    self.inputs = inputs
    self.outputs = outputs
    self.precision = precision
    if !transposed {
      values = weight
    } else {
      var values = [Float](repeating: 0, count: weight.count)
      for output in 0..<outputs {
        for input in 0..<inputs { values[input * outputs + output] = weight[output * inputs + input] }
      }
      self.values = values
    }
  }

  /// Gives every row its linear image through this matrix.
  func multiply(_ out: inout [Float], _ x: [Float], _ bias: [Float], rows: Int) {
    linear(&out, x, values, bias, rows: rows, inputs: inputs, outputs: outputs)
  }
}

/// Gives every row its linear image: `out = x · weight + bias`.
///
/// Shapes: out (rows, outputs), overwritten; x (rows, inputs); bias (outputs) or empty.
package func linear(_ out: inout [Float], _ x: [Float], _ weight: PackedMatrix, _ bias: [Float], rows: Int) {
  weight.multiply(&out, x, bias, rows: rows)
}
