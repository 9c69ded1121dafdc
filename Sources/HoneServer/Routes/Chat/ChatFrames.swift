internal import Hone
internal import HoneAPI

/// The frames of a streamed chat: for each choice its role, pieces of its text, and its end.
struct ChatFrames: AnswerFrames {
  private let opening: Opening
  private let top: Int
  private let sendsUsage: Bool
  /// Choices whose role was not told yet.
  private var silent: Set<Int>
  /// Scores that go out with the next text of their choice.
  private var scores: [Int: TokenLogprobs] = [:]

  init(_ opening: Opening, choices: Int, top: Int, sendsUsage: Bool) {
    self.opening = opening
    self.top = top
    self.sendsUsage = sendsUsage
    silent = Set(0..<max(0, choices))
  }

  mutating func frames(for event: CompletionEvent) -> [ChatCompletionChunk] {
    switch event {
    case .started, .ended: return []
    case .logprobs(let index, let more):
      scores[index, default: TokenLogprobs()].append(more)
      return []
    case .text(let index, let text):
      return start(index) + [frame(.init(index: index, delta: .piece(text), logprobs: taken(index)))]
    case .finished(let index, let choice):
      let reason = FinishReason(choice.finishReason)
      return start(index) + [frame(.init(index: index, delta: .end, logprobs: taken(index), finishReason: reason))]
    }
  }

  func usage(_ usage: Usage) -> ChatCompletionChunk? { sendsUsage ? frame(nil, usage) : nil }

  /// The frame that opens a choice, once.
  private mutating func start(_ index: Int) -> [ChatCompletionChunk] {
    silent.remove(index) == nil ? [] : [frame(.init(index: index, delta: .start))]
  }

  private mutating func taken(_ index: Int) -> ChatLogprobs? {
    scores.removeValue(forKey: index).map { ChatLogprobs($0, top: top) }
  }

  private func frame(_ choice: ChatCompletionChunk.Choice?, _ usage: Usage? = nil) -> ChatCompletionChunk {
    ChatCompletionChunk(
      id: opening.id, created: opening.created, model: opening.model, choices: choice.map { [$0] } ?? [],
      usage: usage)
  }
}
