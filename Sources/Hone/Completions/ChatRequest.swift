internal import HoneData
internal import HoneModels
internal import HoneTokenizers

/// A conversation to go on with, and how; the fields and ranges of the chat API.
public struct ChatRequest: Sendable {
  /// One turn. `role`: system, developer, user, assistant, tool or function.
  public struct Message: Sendable, Equatable {
    public var role: String
    public var text: String

    public init(role: String, text: String) {
      self.role = role
      self.text = text
    }
  }

  public var messages: [Message]
  /// nil: as many as the context has room for.
  public var maxTokens: Int?
  public var temperature: Float = 1
  public var topP: Float = 1
  public var count = 1  // n
  /// How many of the most probable tokens to report at each place, up to 20. nil: report nothing.
  public var topLogprobs: Int?
  public var stop: [String] = []
  public var presencePenalty: Float = 0
  public var frequencyPenalty: Float = 0
  public var logitBias: [Int32: Float] = [:]
  public var seed: UInt64?

  public init(messages: [Message]) { self.messages = messages }
}

extension CompletionModel {
  /// The completion that answers a conversation, in the plain form that chat training files take too:
  ///
  /// ```
  /// System: You are brief.⏎⏎User: Hello⏎⏎Assistant:
  /// ```
  /// The answer ends with the end-of-text token; where the tokenizer has none, with two line breaks. It ends too where
  /// the model goes on with the user's turn itself. The space that follows `Assistant:` is not part of its text.
  ///
  /// - Throws: `HoneError` for unknown roles, empty conversations and assistant turns, and what leaves no room to answer.
  public func completionRequest(_ chat: ChatRequest) throws -> CompletionRequest {
    let tokens = try promptTokens(chat.messages)
    let room = model.config.contextLength - tokens.count
    guard room > 0 else {
      throw HoneError(
        "this model's context is \(model.config.contextLength) tokens, the messages have \(tokens.count)",
        remedy: "leave out the oldest messages", parameter: "messages", code: "context_length_exceeded")
    }
    var request = CompletionRequest(prompts: [.tokens(tokens)])
    request.maxTokens = chat.maxTokens ?? room
    request.temperature = chat.temperature
    request.topP = chat.topP
    request.count = chat.count
    request.logprobs = chat.topLogprobs
    request.stop = chat.stop
    request.presencePenalty = chat.presencePenalty
    request.frequencyPenalty = chat.frequencyPenalty
    request.logitBias = chat.logitBias
    request.seed = chat.seed
    request.mostLogprobs = 20
    request.endsOfTurn = tokenizer.endOfText == nil ? ["\n\n"] : ["\n\nUser:"]
    request.dropsFirstSpace = true
    request.checksSeparator = false
    return request
  }

  private func promptTokens(_ messages: [ChatRequest.Message]) throws -> [Int32] {
    let pieces: [PromptPiece]
    do {
      pieces = try ChatTemplate.prompt(messages.map { ChatMessage(role: $0.role, content: $0.text) })
    } catch {
      throw HoneError(
        "messages: \(error)", remedy: "change the messages", parameter: "messages", code: "invalid_value")
    }
    var tokens: [Int32] = []
    for (number, piece) in pieces.enumerated() {
      switch piece {
      case .text(let text):
        let ends = tokenizer.endOfText == nil && number + 1 < pieces.count && pieces[number + 1] == .endOfText
        tokens += tokenizer.encode(ends ? text + "\n\n" : text)
      case .endOfText: if let end = tokenizer.endOfText { tokens.append(end) }
      }
    }
    return tokens
  }
}
