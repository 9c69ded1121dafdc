import HoneKernels
import HoneTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

#if os(Linux) || os(macOS)
  // The engine chooses once, so each choice runs in a process of its own, which sets the environment first.

  /// Products of each kind, forward and backward, large enough to be divided among threads.
  private struct SampleProducts {
    let rows = 301
    let inputs = 300
    let outputs = 257
    let x, weight, dOut: [Float]
    var out, dx, dWeight: [Float]

    init() {
      var random = Seeded(8)
      x = random.values(rows * inputs)
      weight = random.values(inputs * outputs)
      dOut = random.values(rows * outputs)
      out = [Float](repeating: 0, count: rows * outputs)
      linear(&out, x, weight, [Float](repeating: 1, count: outputs), rows: rows, inputs: inputs, outputs: outputs)
      (dx, dWeight) = ([Float](repeating: 0, count: x.count), [Float](repeating: 1, count: weight.count))
      var dBias: [Float] = []
      linearBackward(&dx, &dWeight, &dBias, dOut, x, weight, rows: rows, inputs: inputs, outputs: outputs)
    }

    /// How far the products are from Float64.
    func farthest() -> Float {
      let (rows, inputs, outputs, x, weight, dOut) = (rows, inputs, outputs, x, weight, dOut)
      let wanted = productReference(rows, outputs, inputs) {
        Double(x[$0 * inputs + $2]) * Double(weight[$2 * outputs + $1])
      }
      let back = productReference(rows, inputs, outputs) {
        Double(dOut[$0 * outputs + $2]) * Double(weight[$1 * outputs + $2])
      }
      let added = productReference(inputs, outputs, rows) {
        Double(x[$2 * inputs + $0]) * Double(dOut[$2 * outputs + $1])
      }
      return max(
        largestProductDifference(out, wanted.map { $0 + 1 }), largestProductDifference(dx, back),
        largestProductDifference(dWeight, added.map { $0 + 1 }))
    }

    /// A number that any change of a bit changes.
    var fingerprint: UInt64 {
      (out + dx + dWeight).reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1.bitPattern)) &* 1_099_511_628_211 }
    }
  }

  @Test func bfloat16RoundsTheInputsAndKeepsFloat32Sums() async {
    await #expect(processExitsWith: .success) {
      unsafe setenv("HONE_PRECISION", "bfloat16", 1)
      let products = SampleProducts()
      // 300 products of numbers up to 1, each rounded twice to 8 binary digits.
      let bound: Float = Engine.current.precision == .bfloat16 ? 0.2 : 1e-4
      exit(products.farthest() <= bound ? EXIT_SUCCESS : EXIT_FAILURE)
    }
  }

  @Test(arguments: ["portable", "neon", "avx2", "avx512", "avx512vnni"])
  func everyChoiceOfKernelsGivesTheProduct(choice: String) async {
    await #expect(processExitsWith: .success) { [choice = choice as String] in
      unsafe setenv("HONE_KERNELS", choice, 1)
      unsafe setenv("HONE_PRECISION", "float32", 1)
      exit(SampleProducts().farthest() <= 1e-4 ? EXIT_SUCCESS : EXIT_FAILURE)
    }
  }

  @Test(arguments: ["float32", "bfloat16"])
  func theBitsDoNotDependOnTheThreads(precision: String) async throws {
    var seen: Set<[UInt8]> = []
    for threads in ["1", "2", "3", "4"] {
      let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
        [threads = threads as String, precision = precision as String] in
        unsafe setenv("HONE_THREADS", threads, 1)
        unsafe setenv("HONE_PRECISION", precision, 1)
        print("fingerprint:\(SampleProducts().fingerprint)")
        exit(Engine.current.threads == Int(threads) ? EXIT_SUCCESS : EXIT_FAILURE)
      }
      let output = try #require(result).standardOutputContent
      let mark = Array("fingerprint:".utf8)
      let start = try #require(output.indices.first { output[$0...].starts(with: mark) })
      seen.insert(Array(output[start...].prefix { $0 != UInt8(ascii: "\n") }))
    }
    #expect(seen.count == 1, "\(seen.map { String(decoding: $0, as: UTF8.self) })")
  }
#endif
