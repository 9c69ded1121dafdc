/// The whole answer to a chat.
package typealias ChatCompletionReply = Answer<ChatAnswer>

package enum ChatAnswer: AnswerKind {
  package static let object = "chat.completion"

  package struct Choice: Codable, Equatable, Sendable {
    package var index: Int
    package var message: Message
    @Nullable package var logprobs: ChatLogprobs?
    package var finishReason: FinishReason

    package init(index: Int, content: String, logprobs: ChatLogprobs? = nil, finishReason: FinishReason) {
      self.index = index
      message = Message(content: content)
      self.logprobs = logprobs
      self.finishReason = finishReason
    }

    private enum CodingKeys: String, CodingKey {
      case index, message, logprobs
      case finishReason = "finish_reason"
    }
  }

  /// What the assistant says.
  package struct Message: Codable, Equatable, Sendable {
    package let role: String
    package var content: String
    @Nullable package var refusal: String?

    package init(content: String) {
      role = "assistant"
      self.content = content
      refusal = nil
    }
  }
}

/// One entry per token of an answer.
package struct ChatLogprobs: Codable, Equatable, Sendable {
  /// A token that might have come.
  package struct Candidate: Codable, Equatable, Sendable {
    package var token: String
    /// The bytes of the token, which need not be whole characters.
    @Nullable package var bytes: [UInt8]?
    package var logprob: Float

    package init(token: String, bytes: [UInt8]?, logprob: Float) {
      self.token = token
      self.bytes = bytes
      self.logprob = logprob
    }
  }

  /// The token that came.
  package struct Entry: Codable, Equatable, Sendable {
    package var token: String
    @Nullable package var bytes: [UInt8]?
    package var logprob: Float
    package var topLogprobs: [Candidate]

    package init(_ chosen: Candidate, top: [Candidate]) {
      token = chosen.token
      bytes = chosen.bytes
      logprob = chosen.logprob
      topLogprobs = top
    }

    private enum CodingKeys: String, CodingKey {
      case token, bytes, logprob
      case topLogprobs = "top_logprobs"
    }
  }

  package var content: [Entry]

  package init(content: [Entry]) { self.content = content }
}
