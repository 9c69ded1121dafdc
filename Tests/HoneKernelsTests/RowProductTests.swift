import HoneKernels
import HoneTestSupport
import Testing

// shape: rows, dimensions

private let shapes = [[1, 1], [3, 7], [5, 16], [9, 33], [2, 64], [7, 100], [4, 129], [3, 384]]

/// What is stored of a number, as Float64.
private func stored(_ x: [Float], _ layout: RowLayout) -> (values: [UInt8], scales: [Float], numbers: [Double]) {
  let (values, scales) = encodedRows(x, layout)
  let floats = unsafe decodedRows(values.span.bytes, scales: scales, layout, rows: 0..<x.count / layout.dimensions)
  return (values, scales, floats.map(Double.init))
}

private func compareLoop(_ encoding: RowEncoding, _ comparison: RowComparison) -> Loop {
  Loop(name: "compareRows \(encoding) \(comparison)", shapes: shapes, large: [999, 65]) { shape, seed in
    let (rows, dimensions) = (shape[0], shape[1])
    var random = Seeded(seed)
    let layout = RowLayout(dimensions: dimensions, encoding: encoding)
    let (values, scales, numbers) = stored(random.values(rows * dimensions), layout)
    let query = random.values(dimensions)
    var out = [Float](repeating: .nan, count: rows)
    unsafe compareRows(&out, query, values.span.bytes, scales: scales, layout, rows: 0..<rows, by: comparison)
    let places = (0..<rows).reversed().map { UInt32($0) }
    let some = unsafe compareRows(
      query, values.span.bytes, scales: scales, layout, places: places, by: comparison)
    let wanted = { (row: Int) in
      (0..<dimensions).reduce(0.0) { sum, i in
        let (a, b) = (Double(query[i]), numbers[row * dimensions + i])
        return sum + (comparison == .product ? a * b : (a - b) * (a - b))
      }
    }
    // Terms up to 4, each rounded, in at most dimensions / 4 + 4 steps.
    let bound = Float(dimensions + 16) * 0x1p-22
    return [
      LoopOutput("rows", out, within: bound) { (0..<rows).map(wanted) },
      LoopOutput("places", some, within: bound) { (0..<rows).reversed().map(wanted) },
    ]
  }
}

/// The loops of comparing rows with the shapes that they are tried on.
let rowProductLoops: [Loop] =
  RowEncoding.allCases.flatMap { [compareLoop($0, .product), compareLoop($0, .squaredDistance)] } + [
    Loop(name: "multiplyByteRows", shapes: shapes, large: [999, 65]) { shape, seed in
      let (rows, dimensions) = (shape[0], shape[1])
      var random = Seeded(seed)
      let values = random.bytes(rows * dimensions)
      let (numbers, _) = wholeNumbers(random.values(dimensions))
      var out = [Int32](repeating: -1, count: rows)
      unsafe multiplyByteRows(&out, numbers, values.span.bytes, rows: 0..<rows)
      let wanted = (0..<rows).map { row in
        (0..<dimensions).reduce(0) { $0 + Int(numbers[$1]) * Int(Int8(bitPattern: values[row * dimensions + $1])) }
      }
      return [LoopOutput("wrong sums", [zip(out, wanted).contains { Int($0) != $1 } ? 1 : 0], within: 0) { [0] }]
    },
    Loop(name: "largestColumns", shapes: shapes, large: [999, 65]) { shape, seed in
      let (rows, columns) = (shape[0], shape[1])
      var random = Seeded(seed)
      let x = (0..<rows * columns).map { _ in Float(random.number(-9...9)) }
      let bias = (0..<columns).map { _ in Float(random.number(-9...9)) }
      let found = largestColumns(x, bias: bias, rows: rows, columns: columns).map { Float($0) }
      return [
        LoopOutput("columns", found, within: 0) {
          (0..<rows).map { row in
            let sums = (0..<columns).map { x[row * columns + $0] + bias[$0] }
            return Double(sums.firstIndex(of: sums.max() ?? 0) ?? 0)
          }
        }
      ]
    },
    Loop(name: "crc32c", shapes: [[0], [1], [7], [8], [9], [100], [4_096]], large: [70_000]) { shape, seed in
      var random = Seeded(seed)
      let bytes = random.bytes(shape[0])
      let found = unsafe crc32c(bytes.span.bytes)
      let wanted = bytes.reduce(~UInt32(0)) { sum, byte in
        (0..<8).reduce(sum ^ UInt32(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
      }
      return [LoopOutput("differs", [found == ~wanted ? 0 : 1], within: 0) { [0] }]
    },
  ]

@Test func checksumsAreThoseOfTheStandard() {
  // RFC 3720, B.4: 32 bytes of zeros, 32 of ones, 0 … 31.
  #expect(unsafe crc32c([UInt8](repeating: 0, count: 32).span.bytes) == 0x8A91_36AA)
  #expect(unsafe crc32c([UInt8](repeating: 255, count: 32).span.bytes) == 0x62A8_AB43)
  #expect(unsafe crc32c([UInt8](0..<32).span.bytes) == 0x46DD_794E)
}

@Test(arguments: RowEncoding.allCases)
func storedRowsAreNearTheirNumbers(encoding: RowEncoding) {
  var random = Seeded(3)
  let x = random.values(50 * 31)
  let numbers = stored(x, RowLayout(dimensions: 31, encoding: encoding)).numbers
  // Half a unit of 8 binary digits, and of 127 steps, of numbers up to 1.
  let bound: Float = encoding == .float32 ? 0 : encoding == .bfloat16 ? 0x1p-9 : 0.5 / 127 + 1e-6
  #expect(largestProductDifference(x, numbers) <= bound)
}

@Test func zerosAndTheLargestNumbersAreStored() {
  for encoding in RowEncoding.allCases {
    let x: [Float] = [0, -0.0, 0, 0, 1e15, -1e15, .leastNonzeroMagnitude, 0]
    let numbers = stored(x, RowLayout(dimensions: 4, encoding: encoding)).numbers
    #expect(numbers.allSatisfy { $0.isFinite } && numbers[0] == 0 && abs(numbers[4] / 1e15 - 1) < 0.01)
  }
}
