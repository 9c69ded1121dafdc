import HoneKernels
import HoneTestSupport
import Testing

/// inputs, outputs: one, odd sizes, sizes no panel divides, more than one block of the depth.
private let shapes = [[1, 1], [3, 2], [7, 33], [64, 96], [257, 131], [1537, 70]]
private let precisions: [PackedPrecision] = [.float32, .bfloat16, .int8, .int16]

/// Weights and activations are at most 1. Units of rounding: float32 keeps 24 binary digits and adds one error per
/// term; bfloat16 weights keep 8; int8 weights and activations are each off by at most half of 1/127.
private func tolerance(_ precision: PackedPrecision, inputs: Int) -> Float {
  let terms = Float(inputs)
  switch precision {
  case .float32: return terms * 0x1p-23 * (1 + terms.squareRoot() / 4)
  case .bfloat16: return 2 * terms.squareRoot() * 0x1p-8 + terms * 0x1p-20
  case .int8: return 4 * terms.squareRoot() / 127 + 0x1p-16
  case .int16: return 4 * terms.squareRoot() / (0x1p31 / terms).squareRoot() + 0x1p-16
  }
}

@Test(arguments: shapes, precisions)
func aPackedMatrixMultipliesLikeAPlainOne(shape: [Int], precision: PackedPrecision) {
  let (inputs, outputs) = (shape[0], shape[1])
  var random = Seeded(4)
  let weight = random.values(inputs * outputs)
  let bias = random.values(outputs)
  for transposed in [false, true] {
    let packed = PackedMatrix(weight, inputs: inputs, outputs: outputs, transposed: transposed, precision: precision)
    for rows in [1, 2, 3, 11, 12, 13, 125] {
      let x = random.values(rows * inputs)
      let plain = productReference(rows, outputs, inputs) {
        Double(x[$0 * inputs + $2]) * Double(weight[transposed ? $1 * inputs + $2 : $2 * outputs + $1])
      }
      for bias in [bias, []] {
        var out = [Float](repeating: .nan, count: rows * outputs)
        linear(&out, x, packed, bias, rows: rows)
        let expected = plain.indices.map { plain[$0] + (bias.isEmpty ? 0 : Double(bias[$0 % outputs])) }
        #expect(largestProductDifference(out, expected) <= tolerance(precision, inputs: inputs), "rows \(rows)")
      }
    }
  }
}

@Test(arguments: precisions)
func aRowIsTheSameInAnyBatch(precision: PackedPrecision) {
  let (inputs, outputs, most) = (1540, 101, 130)
  var random = Seeded(5)
  let weight = random.values(inputs * outputs)
  let bias = random.values(outputs)
  let x = random.values(most * inputs)
  let packed = PackedMatrix(weight, inputs: inputs, outputs: outputs, transposed: false, precision: precision)
  var whole = [Float](repeating: 0, count: most * outputs)
  linear(&whole, x, packed, bias, rows: most)
  for (start, rows) in [(0, 1), (1, 1), (129, 1), (3, 5), (100, 12), (7, 16), (5, 121), (0, 129)] {
    var part = [Float](repeating: 0, count: rows * outputs)
    linear(&part, Array(x[start * inputs..<(start + rows) * inputs]), packed, bias, rows: rows)
    let alone = Array(whole[start * outputs..<(start + rows) * outputs])
    let label: Comment = "rows \(start) ..< \(start + rows)"
    if precision == .bfloat16 && Engine.current.precision == .bfloat16 {
      // Few rows and many rows take the same rounded numbers, but the matrix library adds them in its own order.
      #expect(largestProductDifference(part, alone.map(Double.init)) <= 1e-4, label)
    } else {
      #expect(part == alone, label)
    }
  }
}

@Test func int8IsExactOnNumbersItCanHold() {
  let (rows, inputs, outputs) = (5, 130, 40)
  var random = Seeded(6)
  var weight = random.values(inputs * outputs).map { ($0 * 127).rounded() }
  var x = random.values(rows * inputs).map { ($0 * 127).rounded() }
  for output in 0..<outputs { weight[output] = 127 }
  for row in 0..<rows { x[row * inputs] = -127 }
  let packed = PackedMatrix(weight, inputs: inputs, outputs: outputs, transposed: false, precision: .int8)
  var out = [Float](repeating: 0, count: rows * outputs)
  linear(&out, x, packed, [], rows: rows)
  let exact = productReference(rows, outputs, inputs) {
    Double(x[$0 * inputs + $2]) * Double(weight[$2 * outputs + $1])
  }
  #expect(largestProductDifference(out, exact) == 0)
}

@Test func int8KeepsZerosAndReportsWhatIsNotFinite() {
  let packed = PackedMatrix([0, 1, 0, 2], inputs: 2, outputs: 2, transposed: false, precision: .int8)
  var out = [Float](repeating: 9, count: 8)
  linear(&out, [3, 4, 0, 0, .infinity, 1, 1e-37, 1e-37], packed, [5, 0], rows: 4)
  #expect(out[0] == 5 && abs(out[1] - 11) < 0.1)
  #expect(out[2] == 5 && out[3] == 0)
  #expect(out[4].isNaN && out[5].isNaN)
  #expect(out[6] == 5 && out[7] == 0)
}

@Test(arguments: [(PackedPrecision.float32, 4), (.bfloat16, 2), (.int8, 1), (.int16, 2)])
func packedNumbersTakeTheirOwnSizeAlone(precision: PackedPrecision, bytes: Int) {
  let weight = [Float](repeating: 1, count: 64 * 128)
  let packed = PackedMatrix(weight, inputs: 64, outputs: 128, transposed: false, precision: precision)
  #expect(packed.bytes == 64 * 128 * bytes + 128 * (precision == .int8 ? 8 : precision == .int16 ? 4 : 0))
}
