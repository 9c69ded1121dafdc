/// One frame of a streamed answer to a chat.
package struct ChatCompletionChunk: Reply, Codable, Equatable {
  package let id: String
  package let object: String
  package var created: Int
  /// The name that was asked for.
  package var model: String
  package var choices: [Choice]
  /// In the last frame of a stream that asked for it, which has no choices.
  package var usage: Usage?

  package init(id: String, created: Int, model: String, choices: [Choice], usage: Usage? = nil) {
    self.id = id
    object = "chat.completion.chunk"
    self.created = created
    self.model = model
    self.choices = choices
    self.usage = usage
  }
}

extension ChatCompletionChunk {
  package struct Choice: Codable, Equatable, Sendable {
    package var index: Int
    package var delta: Delta
    @Nullable package var logprobs: ChatLogprobs?
    @Nullable package var finishReason: FinishReason?

    package init(index: Int, delta: Delta, logprobs: ChatLogprobs? = nil, finishReason: FinishReason? = nil) {
      self.index = index
      self.delta = delta
      self.logprobs = logprobs
      self.finishReason = finishReason
    }

    private enum CodingKeys: String, CodingKey {
      case index, delta, logprobs
      case finishReason = "finish_reason"
    }
  }

  /// What a frame adds to the message.
  package struct Delta: Codable, Equatable, Sendable {
    package var role: String?
    package var content: String?

    /// The first frame of a choice.
    package static let start = Delta(role: "assistant", content: "")
    /// The last frame of a choice.
    package static let end = Delta(role: nil, content: nil)

    /// A frame with text.
    package static func piece(_ text: String) -> Delta { Delta(role: nil, content: text) }

    private init(role: String?, content: String?) {
      self.role = role
      self.content = content
    }
  }
}
