import HoneKernels
import HoneTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// √(2/π) · (x + 0.044715·x³), the argument of GELU's tanh.
private func geluArgument(_ x: Double) -> Double { (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x) }

private func referenceGELU(_ x: Double) -> Double { x / 2 * (1 + tanh(geluArgument(x))) }

private func referenceGELUSlope(_ x: Double) -> Double {
  let t = tanh(geluArgument(x))
  return (1 + t) / 2 + x / 2 * (1 - t * t) * (2 / Double.pi).squareRoot() * (1 + 3 * 0.044715 * x * x)
}

/// count, size of the numbers: GELU bends between -4 and 4, and the exponential inside it ends at 88.
private let shapes = [
  [1, 1], [2, 1], [15, 3], [16, 3], [17, 4], [31, 5], [63, 8], [65, 12], [1000, 4], [333, 100],
]
/// Not a multiple of the piece of 32,768 elements, nor of a vector.
private let large = [300_001, 4]

private func values(_ shape: [Int], _ random: inout Seeded) -> [Float] {
  random.values(shape[0]).map { $0 * Float(shape[1]) }
}

let elementwiseLoops = [
  Loop(name: "gelu", shapes: shapes, large: large) { shape, seed in
    var random = Seeded(seed)
    let x = values(shape, &random)
    var out = [Float](repeating: .nan, count: x.count)
    gelu(&out, x, count: x.count)
    // Half a unit in the last place of the largest number is 2⁻²⁵ times it; three such steps.
    return [LoopOutput("out", out, within: Float(shape[1]) * 0x1p-23) { x.map { referenceGELU(Double($0)) } }]
  },
  Loop(name: "geluBackward", shapes: shapes, large: large) { shape, seed in
    var random = Seeded(seed)
    let (x, dOut) = (values(shape, &random), random.values(shape[0]))
    var dx = dOut
    geluBackward(&dx, x, count: x.count)
    return [
      LoopOutput("dx", dx, within: 2e-6) {
        zip(x, dOut).map { referenceGELUSlope(Double($0)) * Double($1) }
      }
    ]
  },
  Loop(name: "addRows", shapes: shapes, large: large) { shape, seed in
    var random = Seeded(seed)
    let (x, y) = (values(shape, &random), values(shape, &random))
    var (sum, out) = (x, [Float](repeating: .nan, count: x.count))
    addRows(&sum, y, count: x.count)
    addRows(&out, x, y, count: x.count)
    // One rounding is all that may happen, so the distance from the rounded sum is zero.
    let wanted = { zip(x, y).map { Double(Float(Double($0) + Double($1))) } }
    return [LoopOutput("x", sum, within: 0, of: wanted), LoopOutput("out", out, within: 0, of: wanted)]
  },
  Loop(name: "sumOfSquares", shapes: shapes + [[65_536, 1], [65_537, 1], [200_003, 1]], large: large) { shape, seed in
    var random = Seeded(seed)
    let x = values(shape, &random)
    let found = sumOfSquares(x)
    // A Float64 as two Float32, so that its low half is compared, and fingerprinted, too.
    let halves = { (sum: Double) in [Float(sum), Float(sum - Double(Float(sum)))] }
    return [
      LoopOutput("sum", halves(found), within: 1e-7) {
        halves(x.reduce(0) { $0 + Double($1) * Double($1) }).map(Double.init)
      }
    ]
  },
]

@Test func geluOfTheLargestAndSmallestNumbersIsFinite() {
  let x: [Float] = [0, -0.0, 1e4, -1e4, 1e12, -1e12, 1e-30, -1e-30, .greatestFiniteMagnitude]
  var out = [Float](repeating: .nan, count: x.count)
  gelu(&out, x, count: x.count)
  #expect(out == [0, 0, 1e4, 0, 1e12, 0, 5e-31, -5e-31, .greatestFiniteMagnitude])
  let steep = x + [-.greatestFiniteMagnitude, 2e19, -2e19]
  var dx = [Float](repeating: 3, count: steep.count)
  geluBackward(&dx, steep, count: steep.count)
  #expect(dx == [1.5, 1.5, 3, 0, 3, 0, 1.5, 1.5, 3, 0, 3, 0])
}

@Test func whatIsNotANumberStaysSo() {
  var out = [Float](repeating: 0, count: 40)
  gelu(&out, [Float](repeating: .nan, count: 40), count: 40)
  #expect(out.allSatisfy { $0.isNaN })
  #expect(sumOfSquares([1, .nan, 2]).isNaN && sumOfSquares([1, .infinity]) == .infinity)
}

@Test func onlyTheGivenElementsAreWritten() {
  var (out, x) = ([Float](repeating: 9, count: 70), [Float](repeating: 1, count: 70))
  gelu(&out, x, count: 33)
  #expect(out[33...].allSatisfy { $0 == 9 } && out[32] != 9)
  addRows(&out, x, x, count: 65)
  #expect(out[..<65].allSatisfy { $0 == 2 } && out[65...].allSatisfy { $0 == 9 })
  addRows(&x, out, count: 1)
  #expect(x[0] == 3 && x[1...].allSatisfy { $0 == 1 })
  #expect(sumOfSquares([]) == 0)
}
