import HoneKernels
import HoneTestSupport
import Testing

@Test func theEngineSaysWhatItComputesWith() {
  let engine = Engine.current
  #expect(["portable", "neon", "avx2", "avx512", "avx512vnni"].contains(engine.kernels))
  #expect((1...256).contains(engine.threads))
  #expect(!engine.matrixLibrary.isEmpty && !engine.processor.isEmpty)
  #expect(engine.kernels != "portable" || engine.matrixLibrary == "portable")
}

@Test func withoutALibraryThePrecisionIsFloat32() {
  #expect(Engine.current.matrixLibrary != "portable" || Engine.current.precision == .float32)
}

@Test func aProductIsTheSameBitsEveryTime() {
  let (rows, inputs, outputs) = (500, 300, 200)
  var random = Seeded(7)
  let x = random.values(rows * inputs)
  let weight = random.values(inputs * outputs)
  let dOut = random.values(rows * outputs)
  var seen: [[Float]] = []
  for _ in 0..<5 {
    var out = [Float](repeating: 0, count: rows * outputs)
    linear(&out, x, weight, [], rows: rows, inputs: inputs, outputs: outputs)
    var (dx, dWeight) = ([Float](repeating: 0, count: x.count), [Float](repeating: 0, count: weight.count))
    var dBias = [Float](repeating: 0, count: outputs)
    linearBackward(&dx, &dWeight, &dBias, dOut, x, weight, rows: rows, inputs: inputs, outputs: outputs)
    seen.append(out + dx + dWeight + dBias)
  }
  #expect(seen.allSatisfy { $0 == seen[0] })
}

#if os(Linux) || os(macOS)
  @Test func sizesThatDoNotFitAreRefused() async {
    await #expect(processExitsWith: .failure) {
      var out: [Float] = [0]
      linear(&out, [1, 2], [1, 2], [], rows: 1, inputs: 2, outputs: 2)
    }
    await #expect(processExitsWith: .failure) {
      var out: [Float] = []
      linear(&out, [], [], [], rows: .max, inputs: .max, outputs: 1)
    }
    await #expect(processExitsWith: .failure) {
      var logits: [Float] = [0]
      projectOnTable(&logits, [1], [1], firstRow: -1, rows: 1, hidden: 1, vocab: 1)
    }
    await #expect(processExitsWith: .failure) {
      _ = PackedMatrix([], inputs: 0, outputs: 1, transposed: false, precision: .float32)
    }
  }
#endif
