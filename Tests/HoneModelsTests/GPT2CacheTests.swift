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

/// Bit for bit: how a prompt is cut, and who else is in the step, leaves no trace.
@Test(arguments: [PackedPrecision.float32, .int8])
func aRowIsTheSameBitsInAnyCompanyAndCut(precision: PackedPrecision) throws {
  let model = try model(precision)
  var whole = GPT2Cache(config: model.config, slots: 1, slotRows: 16)
  let expected = model.extend(&whole, [GPT2Segment(slot: 0, tokens: tokens, logits: .all)])
  var generator = RandomGenerator(seed: 3)
  for _ in 0..<20 {
    var cache = GPT2Cache(config: model.config, rows: 64)
    let (first16, first13) = (cache.open(rows: 16), cache.open(rows: 13))
    let (other, slot) = (try #require(first16), try #require(first13))
    var (found, logits): ([Float], [Float]) = ([], [])
    var first = 0
    while first < tokens.count {
      let count = min(tokens.count - first, Int.random(in: 1...5, using: &generator))
      let company = Array(tokens.prefix(Int.random(in: 0...4, using: &generator)))
      cache.truncate(slot: other, to: Int.random(in: 0...9, using: &generator))
      let rows = model.extend(
        &cache,
        [
          GPT2Segment(slot: other, tokens: company, logits: .none),
          GPT2Segment(slot: slot, tokens: Array(tokens[first..<first + count]), logits: .all),
        ], logits: &logits)
      #expect(rows == count)
      found += logits.prefix(rows * 23)
      first += count
    }
    #expect(found == expected)
  }
}

@Test func placesOfTheCacheFollowEachOtherAndComeBack() throws {
  let config = try model(.float32).config
  var cache = GPT2Cache(config: config, rows: 64)
  let places = (0..<3).compactMap { _ in cache.open(rows: 16) }
  #expect(places == [0, 1, 2])
  let tooLong = cache.open(rows: 17)
  #expect(tooLong == nil)
  let bytes = cache.bytes
  cache.close(slot: places[1])
  let (again, last, none) = (cache.open(rows: 10), cache.open(rows: 16), cache.open(rows: 1))
  #expect(again == 1 && last == 3 && none == nil && cache.length(of: 1) == 0)
  #expect(bytes <= cache.bytes && cache.bytes <= 64 * GPT2Cache.bytesPerRow(config) * 4 / 3)
}
