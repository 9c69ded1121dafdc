import HoneFiles
import HoneKernels
import HoneModels
import Testing

private let models = ["gpt2-small", "gpt2-odd"]

/// The references round nothing.
private let isExact = ConditionTrait.enabled(
  if: Engine.current.precision == .float32, "training rounds to bfloat16 here; HONE_PRECISION=float32 runs it")

@Test(arguments: models)
func logitsEqualThoseOfTransformers(name: String) throws {
  let golden = try GoldenModel(name)
  let model = GPT2Model(golden.weights, config: golden.config, precision: .float32)
  for (index, sequence) in golden.expected.sequences.enumerated() {
    var cache = GPT2Cache(config: golden.config, slots: 1, slotRows: golden.config.contextLength)
    let logits = model.extend(&cache, [GPT2Segment(slot: 0, tokens: sequence.tokens, logits: .all)])
    let difference = largestDifference(logits, try golden.tensors.floats("logits.\(index)"))
    #expect(try difference < golden.tolerance("logits"), "sequence \(index)")
    try expectTop(sequence.next, logits, row: sequence.tokens.count - 1, golden)
  }
}

@Test(isExact, arguments: models)
func lossesEqualThoseOfTransformers(name: String) throws {
  let golden = try GoldenModel(name)
  for (index, sequence) in golden.expected.sequences.enumerated() where sequence.tokens.count > 1 {
    var batch = PackedBatch()
    batch.append(sequence.tokens, weights: sequence.tokens.map { _ in 1 })
    let found = gpt2Evaluate(golden.weights, golden.config, batch).losses.losses
    let difference = largestDifference(found, try golden.tensors.floats("token_losses.\(index)"))
    #expect(try difference < golden.tolerance("token_losses"), "sequence \(index)")
  }
  let batch = golden.batch
  let losses = gpt2Evaluate(golden.weights, golden.config, batch).losses.losses
  let sum = zip(losses, batch.weights).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  #expect(try abs(sum / batch.totalWeight - golden.expected.loss) < Double(golden.tolerance("loss")))
}

@Test(isExact, arguments: models)
func everyGradientEqualsThatOfTransformers(name: String) throws {
  let golden = try GoldenModel(name)
  let batch = golden.batch
  var gradients = GPT2Weights(zeros: golden.config)
  _ = gpt2Gradients(&gradients, golden.weights, golden.config, batch, scale: Float(1 / batch.totalWeight))
  let compared = gradients.values(of: golden.config)
  #expect(compared.count == 4 + 12 * golden.config.layerCount)
  for (tensor, values) in compared {
    let expected = try golden.tensors.floats("gradient.\(tensor.name)")
    let largest = expected.reduce(0) { max($0, abs($1)) }
    let relative = largestDifference(values, expected) / largest
    #expect(try relative < golden.tolerance("gradients_relative_to_largest"), "\(tensor.name)")
  }
}

@Test(arguments: models)
func greedyTextEqualsThatOfTransformers(name: String) throws {
  let golden = try GoldenModel(name)
  let model = GPT2Model(golden.weights, config: golden.config, precision: .float32)
  let vocab = golden.config.vocabSize
  for greedy in golden.expected.greedy {
    var cache = GPT2Cache(config: golden.config, slots: 1, slotRows: golden.config.contextLength)
    var logits = model.extend(&cache, [GPT2Segment(slot: 0, tokens: greedy.prompt, logits: .last)])
    try expectTop(greedy.top, logits, row: 0, golden)
    var found: [Int32] = []
    while found.count < greedy.continuation.count {
      found.append(try #require(topOfRow(logits, row: 0, vocab: logits.count, count: 1).first))
      guard found.count < greedy.continuation.count else { break }
      logits = model.extend(&cache, [GPT2Segment(slot: 0, tokens: found.suffix(1), logits: .last)])
    }
    #expect(found == greedy.continuation)
    #expect(logits.count == vocab)
  }
}

private func expectTop(_ expected: GoldenModel.Top, _ logits: [Float], row: Int, _ golden: GoldenModel) throws {
  let top = RowScores.ofRows(logits, rows: row + 1, vocab: golden.config.vocabSize)[row].top(expected.ids.count)
  #expect(top.map(\.token) == expected.ids)
  #expect(try largestDifference(top.map(\.logprob), expected.logprobs) < golden.tolerance("top_logprobs"))
}
