internal import Hone
internal import HoneAPI

/// The frames of a streamed completion: each with the shape of the whole reply and a piece of its text.
struct CompletionFrames: AnswerFrames {
  private let opening: Opening
  private let sendsUsage: Bool
  /// Scores that go out with the next text of their choice.
  private var scores: [Int: TokenLogprobs] = [:]

  init(_ opening: Opening, sendsUsage: Bool) {
    self.opening = opening
    self.sendsUsage = sendsUsage
  }

  mutating func frames(for event: CompletionEvent) -> [CompletionReply] {
    switch event {
    case .started, .ended: return []
    case .logprobs(let index, let more):
      scores[index, default: TokenLogprobs()].append(more)
      return []
    case .text(let index, let text): return [frame(.init(text: text, index: index, logprobs: taken(index)))]
    case .finished(let index, let choice):
      let reason = FinishReason(choice.finishReason)
      return [frame(.init(text: "", index: index, logprobs: taken(index), finishReason: reason))]
    }
  }

  func usage(_ usage: Usage) -> CompletionReply? { sendsUsage ? frame(nil, usage) : nil }

  private mutating func taken(_ index: Int) -> TextAnswer.Logprobs? {
    scores.removeValue(forKey: index).map(TextAnswer.Logprobs.init)
  }

  private func frame(_ choice: CompletionReply.Choice?, _ usage: Usage? = nil) -> CompletionReply {
    CompletionReply(
      id: opening.id, created: opening.created, model: opening.model, choices: choice.map { [$0] } ?? [],
      usage: usage)
  }
}
