import Testing

/// One output of a loop beside what Float64 gives for the same inputs.
struct LoopOutput {
  /// The name of the array that the loop wrote.
  let name: String
  let found: [Float]
  /// The largest distance that rounding explains, for inputs as large as the run's.
  let bound: Float
  /// Computed only when somebody compares.
  let wanted: () -> [Double]

  init(_ name: String, _ found: [Float], within bound: Float, of wanted: @escaping () -> [Double]) {
    (self.name, self.found, self.bound, self.wanted) = (name, found, bound, wanted)
  }

  /// Nil where the output is right, else a sentence that says how far off it is.
  var complaint: String? {
    let distance = largestProductDifference(found, wanted())
    return distance <= bound ? nil : "\(name) is \(distance) away, \(bound) is allowed"
  }
}

/// A loop of the kernels with the shapes that it is tried on.
struct Loop: Sendable, CustomTestStringConvertible {
  let name: String
  /// Shapes that Float64 follows quickly: one, odd sizes, sizes that no vector divides.
  let shapes: [[Int]]
  /// A shape large enough that every thread gets a piece.
  let large: [Int]
  /// Runs the loop on numbers that the seed fixes.
  let run: @Sendable (_ shape: [Int], _ seed: UInt64) -> [LoopOutput]

  var testDescription: String { name }

  /// What is wrong on any shape, in sentences.
  func complaints(seed: UInt64) -> [String] {
    shapes.flatMap { shape in
      run(shape, seed).compactMap { output in output.complaint.map { "\(name) \(shape), seed \(seed): \($0)" } }
    }
  }

  /// A number that any change of a bit in the outputs of the large shape changes.
  func fingerprint(seed: UInt64) -> UInt64 {
    run(large, seed).reduce(14_695_981_039_346_656_037) { sum, output in
      output.found.reduce(sum) { ($0 ^ UInt64($1.bitPattern)) &* 1_099_511_628_211 }
    }
  }
}

/// Every loop. A loop that is missing here is not tried with other instruction sets and other numbers of threads.
let everyLoop: [Loop] = [
  normLoops, elementwiseLoops, dropoutLoops, adamWLoops, embeddingLoops, crossEntropyLoops, attentionLoops,
  cachedAttentionLoops, rowProductLoops, codeLoops, convolutionLoops,
].flatMap(\.self)

@Test(arguments: everyLoop, [UInt64(1), 2, 3])
func aLoopGivesWhatFloat64Gives(loop: Loop, seed: UInt64) {
  let complaints = loop.complaints(seed: seed)
  #expect(complaints.isEmpty, "\(complaints.joined(separator: "; "))")
}
