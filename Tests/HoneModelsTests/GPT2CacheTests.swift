import HoneKernels
import HoneModels
import Testing

private let tokens: [Int32] = [3, 9, 1, 22, 7, 7, 4, 0, 15, 2, 2, 19]

private func model(_ precision: PackedPrecision) throws -> GPT2Model {
  let config = try GPT2Config(vocabSize: 23, contextLength: 16, hiddenSize: 24, layerCount: 3, headCount: 4)
  return GPT2Model(GPT2Weights(random: config, seed: 11, deviation: 0.25), config: config, precision: precision)
}

@Test(arguments: [PackedPrecision.float32, .bfloat16, .int8])
func generatingWithCacheEqualsFullForward(precision: PackedPrecision) throws {
  let model = try model(precision)
  var whole = GPT2Cache(config: model.config, slots: 1, slotRows: 16)
  let expected = model.extend(&whole, [GPT2Segment(slot: 0, tokens: tokens, logits: .all)])
  for pieces in [[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], [5, 7], [11, 1], [3, 3, 6]] {
    var cache = GPT2Cache(config: model.config, slots: 3, slotRows: 13)
    var found: [Float] = []
    var first = 0
    for count in pieces {
      let piece = Array(tokens[first..<first + count])
      found += model.extend(&cache, [GPT2Segment(slot: 2, tokens: piece, logits: .all)])
      first += count
    }
    #expect(largestDifference(found, expected) < 1e-4)
  }
}

@Test func sequencesInOneBatchAnswerAsTheyDoAlone() throws {
  let model = try model(.float32)
  var cache = GPT2Cache(config: model.config, slots: 3, slotRows: 16)
  let lengths = [4, 12, 1]
  let together = model.extend(
    &cache, lengths.enumerated().map { GPT2Segment(slot: $0, tokens: Array(tokens.prefix($1)), logits: .last) })
  for (index, length) in lengths.enumerated() {
    var alone = GPT2Cache(config: model.config, slots: 1, slotRows: 16)
    let expected = model.extend(&alone, [GPT2Segment(slot: 0, tokens: Array(tokens.prefix(length)), logits: .last)])
    #expect(largestDifference(Array(together[index * 23..<(index + 1) * 23]), expected) < 1e-5)
  }
}

@Test func aCopiedSlotContinuesLikeItsSource() throws {
  let model = try model(.float32)
  var cache = GPT2Cache(config: model.config, slots: 2, slotRows: 16)
  _ = model.extend(&cache, [GPT2Segment(slot: 0, tokens: Array(tokens.prefix(6)), logits: .none)])
  cache.copy(slot: 0, to: 1)
  let both = model.extend(
    &cache, [GPT2Segment(slot: 0, tokens: [8], logits: .last), GPT2Segment(slot: 1, tokens: [8], logits: .last)])
  #expect(Array(both[..<23]) == Array(both[23...]))
}
