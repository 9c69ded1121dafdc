internal import HoneKernels

/// Shows the prompt of an example a little differently in every epoch, so that few examples are not learned by heart:
/// without a random share of its tokens, and of what is still too long a random part. Answers, and the `tail` tokens
/// before them that all prompts share (the separator), stay as they are.
///
/// A prompt longer than what fits fills the room all the same: positions are learned, and an answer that training
/// shows at the 160th place alone is not found at the 200th.
///
/// Source: leaving out words at random is the word dropout of Iyyer et al. 2015.
package struct PromptVariation: Sendable, Equatable {
  /// Share of a prompt's tokens that is left out.
  package let dropout: Float
  /// What fits is taken from a random place; otherwise from the end.
  package let crops: Bool
  /// Tokens of an example, at most.
  package let maxLength: Int
  /// Tokens at the end of every prompt that always stay.
  package let tail: Int
  package let seed: UInt64

  package init(dropout: Float, crops: Bool, maxLength: Int, tail: Int, seed: UInt64) {
    self.dropout = dropout
    self.crops = crops
    self.maxLength = maxLength
    self.tail = tail
    self.seed = seed
  }

  /// The example as epoch `epoch`, counted from 0, sees it. What has several answers, or one that does not come last,
  /// is not changed. The result depends on the seed, the epoch and the index alone.
  package func varied(_ example: TrainingExample, epoch: Int, index: Int) -> TrainingExample {
    guard example.completions.count == 1, let answer = example.completions.first,
      answer.upperBound == example.tokens.count, answer.lowerBound > tail
    else { return fitted(example) }
    var generator = RandomGenerator(
      seed: seed &+ UInt64(epoch) &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(index) &* 0xD1B5_4A32_D192_ED03)
    let body = example.tokens[..<(answer.lowerBound - tail)]
    let room = max(1, maxLength - tail - answer.count)
    var left = body
    if dropout > 0 { left = ArraySlice(body.filter { _ in generator.uniform() >= dropout }) }
    let kept = Array(part(of: left.isEmpty ? body : left, room: room, using: &generator))
    let end = example.tokens[(answer.lowerBound - tail)...]
    var varied = example
    varied.tokens = kept + end
    varied.completions = [(kept.count + tail)..<(kept.count + end.count)]
    return fitted(varied)
  }

  /// Without the tokens at the front that do not fit.
  private func fitted(_ example: TrainingExample) -> TrainingExample {
    let cut = example.tokens.count - maxLength
    guard cut > 0 else { return example }
    var example = example
    example.tokens.removeFirst(cut)
    example.completions = example.completions.compactMap { range in
      range.upperBound > cut ? max(0, range.lowerBound - cut)..<(range.upperBound - cut) : nil
    }
    return example
  }

  private func part(
    of body: ArraySlice<Int32>, room: Int, using generator: inout RandomGenerator
  ) -> ArraySlice<Int32> {
    guard crops, body.count > room else { return body.suffix(room) }
    let first = body.startIndex + Int.random(in: 0...(body.count - room), using: &generator)
    return body[first..<(first + room)]
  }

  /// How many tokens before the answer all examples have in common, at most 16; what has not one answer counts not.
  package static func commonTail(_ examples: [TrainingExample]) -> Int {
    var common: ArraySlice<Int32>?
    for example in examples {
      guard example.completions.count == 1, let start = example.completions.first?.lowerBound else { continue }
      let ending = example.tokens[..<start].suffix(16)
      guard let known = common else {
        common = ending
        continue
      }
      let shared = zip(known.reversed(), ending.reversed()).prefix { $0 == $1 }.count
      common = known.suffix(shared)
    }
    return common?.count ?? 0
  }
}
