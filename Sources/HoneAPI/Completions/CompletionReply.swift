/// The answer to a completion, whole or, with a piece of text in each choice, one frame of its stream.
package typealias CompletionReply = Answer<TextAnswer>

package enum TextAnswer: AnswerKind {
  package static let object = "text_completion"

  /// One continuation.
  package struct Choice: Codable, Equatable, Sendable {
    package var text: String
    package var index: Int
    @Nullable package var logprobs: Logprobs?
    /// null in a frame after which more follows.
    @Nullable package var finishReason: FinishReason?

    package init(text: String, index: Int, logprobs: Logprobs? = nil, finishReason: FinishReason? = nil) {
      self.text = text
      self.index = index
      self.logprobs = logprobs
      self.finishReason = finishReason
    }

    private enum CodingKeys: String, CodingKey {
      case text, index, logprobs
      case finishReason = "finish_reason"
    }
  }

  /// Four lists of equal length, one entry per returned token.
  package struct Logprobs: Codable, Equatable, Sendable {
    package var tokens: [String]
    /// null for the first token of an echoed prompt.
    package var tokenLogprobs: [Float?]
    @Nullable package var topLogprobs: [TopLogprobs?]?
    /// Characters from the start of the prompt.
    package var textOffset: [Int]

    package init(tokens: [String], tokenLogprobs: [Float?], topLogprobs: [TopLogprobs?]?, textOffset: [Int]) {
      self.tokens = tokens
      self.tokenLogprobs = tokenLogprobs
      self.topLogprobs = topLogprobs
      self.textOffset = textOffset
    }

    private enum CodingKeys: String, CodingKey {
      case tokens
      case tokenLogprobs = "token_logprobs"
      case topLogprobs = "top_logprobs"
      case textOffset = "text_offset"
    }
  }
}

/// Why an answer ended.
package enum FinishReason: String, Codable, Sendable {
  case stop, length
  case contentFilter = "content_filter"
}

/// What an answer cost.
package struct Usage: Codable, Equatable, Sendable {
  package var promptTokens: Int
  package var completionTokens: Int
  package var totalTokens: Int

  package init(promptTokens: Int, completionTokens: Int) {
    self.promptTokens = promptTokens
    self.completionTokens = completionTokens
    totalTokens = promptTokens + completionTokens
  }

  private enum CodingKeys: String, CodingKey {
    case promptTokens = "prompt_tokens"
    case completionTokens = "completion_tokens"
    case totalTokens = "total_tokens"
  }
}

/// The most probable tokens at one place: an object from text to log-probability, in the order given.
package struct TopLogprobs: Equatable, Sendable {
  package struct Entry: Equatable, Sendable {
    package var token: String
    package var logprob: Float

    package init(token: String, logprob: Float) {
      self.token = token
      self.logprob = logprob
    }
  }

  package var entries: [Entry]

  package init(_ entries: [Entry]) { self.entries = entries }
}

extension TopLogprobs: Codable {
  /// The most probable first, for a reader need not keep the order of an object.
  package init(from decoder: any Decoder) throws {
    let object = try decoder.container(keyedBy: WireKey.self)
    let entries = try object.allKeys.map { key in
      Entry(token: key.stringValue, logprob: try object.decode(Float.self, forKey: key))
    }
    self.entries = entries.sorted { ($1.logprob, $0.token) < ($0.logprob, $1.token) }
  }

  package func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: WireKey.self)
    for entry in entries { try object.encode(entry.logprob, forKey: WireKey(stringValue: entry.token)) }
  }
}
