internal import Hone
internal import HoneAPI

/// What every frame of one answer repeats.
struct Opening: Sendable {
  let id: String
  let created: Int
  let model: String
}

/// Makes the frames of one streamed answer from its events.
protocol AnswerFrames: Sendable {
  associatedtype Frame: Reply

  /// The frames that an event of one choice is told by; none while something is held back.
  mutating func frames(for event: CompletionEvent) -> [Frame]

  /// The last frame, where the caller asked for the tokens used.
  func usage(_ usage: Usage) -> Frame?
}

extension API {
  /// Streams an answer. What is wrong with the request is thrown before anything is sent, for the first event comes
  /// before the head of the reply.
  func stream(
    _ events: AsyncThrowingStream<CompletionEvent, any Error>, _ frames: some AnswerFrames, for key: String
  ) async throws -> Response {
    var first = events.makeAsyncIterator()
    guard case .started(let promptTokens, let warnings)? = try await first.next() else { throw CancellationError() }
    var response = Response.events { writer in
      var (frames, completionTokens) = (frames, 0)
      defer { count(promptTokens, completionTokens, for: key) }
      for try await event in events {
        switch event {
        case .finished(_, let choice): completionTokens += choice.tokens.count
        case .ended(let tokens): completionTokens = tokens
        default: break
        }
        for frame in frames.frames(for: event) { try await writer.send(frame) }
      }
      if let frame = frames.usage(Usage(promptTokens: promptTokens, completionTokens: completionTokens)) {
        try await writer.send(frame)
      }
      try await writer.done()
    }
    for (name, value) in Sampling.headers(warnings) { response.headers.append(name, value) }
    return response
  }
}
