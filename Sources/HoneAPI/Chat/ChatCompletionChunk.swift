/// One frame of a streamed answer to a chat.
package typealias ChatCompletionChunk = Answer<ChatPiece>

package enum ChatPiece: AnswerKind {
  package static let object = "chat.completion.chunk"

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
