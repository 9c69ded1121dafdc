import HoneTraining
import Testing

@Suite struct PromptVariationTests {
  /// A prompt of the ids 100, 101, …, the separator 7 8, the answer 9.
  private func example(_ length: Int) -> TrainingExample {
    let prompt = (0..<Int32(length)).map { 100 + $0 }
    return TrainingExample(tokens: prompt + [7, 8, 9], completions: [(length + 2)..<(length + 3)])
  }

  private func variation(
    dropout: Float = 0, crops: Bool = false, maxLength: Int = 1000, seed: UInt64 = 1
  ) -> PromptVariation {
    PromptVariation(dropout: dropout, crops: crops, maxLength: maxLength, tail: 2, seed: seed)
  }

  @Test func theSeparatorAndTheAnswerStay() {
    let variation = variation(dropout: 0.9, crops: true, maxLength: 20)
    for index in 0..<200 {
      let varied = variation.varied(example(index), epoch: index % 5, index: index)
      #expect(varied.tokens.suffix(3) == [7, 8, 9])
      #expect(varied.completions == [(varied.tokens.count - 1)..<varied.tokens.count])
      #expect(varied.tokens.count <= 20)
    }
  }

  @Test func aCropIsAPartInOrderThatFillsTheRoom() {
    let variation = variation(crops: true, maxLength: 43)
    var starts = Set<Int32>()
    for index in 0..<200 {
      let body = variation.varied(example(100), epoch: 0, index: index).tokens.dropLast(3)
      #expect(body.count == 40)
      #expect(zip(body, body.dropFirst()).allSatisfy { $1 == $0 + 1 })
      starts.insert(body[0])
    }
    #expect(starts.count > 40 && starts.min() == 100)
    #expect(starts.contains { $0 > 150 })
  }

  @Test func dropoutLeavesOutItsShare() {
    let variation = variation(dropout: 0.25)
    let kept = (0..<50).map { variation.varied(example(200), epoch: 0, index: $0).tokens.count - 3 }
    let share = Double(kept.reduce(0, +)) / 10_000
    #expect(abs(share - 0.75) < 0.02)
  }

  @Test func aLongPromptFillsTheRoomWhateverWasLeftOut() {
    for crops in [false, true] {
      let varied = variation(dropout: 0.2, crops: crops, maxLength: 43).varied(example(100), epoch: 0, index: 0)
      #expect(varied.tokens.count == 43)
    }
    let body = variation(dropout: 0.2, maxLength: 43).varied(example(100), epoch: 0, index: 0).tokens.dropLast(3)
    #expect((body.first ?? 0) > 120)
  }

  @Test func everyEpochIsAnotherAndTheSameSeedTheSame() {
    let variation = variation(dropout: 0.2, crops: true, maxLength: 50)
    let first = variation.varied(example(100), epoch: 0, index: 3)
    #expect(first == variation.varied(example(100), epoch: 0, index: 3))
    #expect(first != variation.varied(example(100), epoch: 1, index: 3))
    #expect(first != variation.varied(example(100), epoch: 0, index: 4))
    let other = self.variation(dropout: 0.2, crops: true, maxLength: 50, seed: 2)
    #expect(first != other.varied(example(100), epoch: 0, index: 3))
  }

  @Test func whatDoesNotFitLosesItsFront() {
    let long = TrainingExample(tokens: Array(0..<10), completions: [2..<10])
    let varied = variation(crops: true, maxLength: 6).varied(long, epoch: 0, index: 0)
    #expect(varied.tokens == [4, 5, 6, 7, 8, 9])
    #expect(varied.completions == [0..<6])
  }

  @Test func severalAnswersStayAsTheyAre() {
    let chat = TrainingExample(tokens: Array(0..<10), completions: [2..<4, 8..<10])
    #expect(variation(dropout: 0.5, crops: true).varied(chat, epoch: 0, index: 0) == chat)
  }

  @Test func theCommonTailIsFoundInIds() {
    #expect(PromptVariation.commonTail([example(5), example(9)]) == 2)
    #expect(PromptVariation.commonTail([example(5)]) == 7)
    #expect(PromptVariation.commonTail([]) == 0)
    let other = TrainingExample(tokens: [1, 2, 3], completions: [2..<3])
    #expect(PromptVariation.commonTail([example(5), other]) == 0)
  }
}
