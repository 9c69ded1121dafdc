/// One message of a conversation.
package struct ChatMessage: Sendable, Equatable {
  package var role: String
  package var content: String

  package init(role: String, content: String) {
    self.role = role
    self.content = content
  }
}

/// The fixed text form of a conversation, for models that know no chat format of their own.
///
/// ```
/// System: You are brief.⏎⏎User: Hello⏎⏎Assistant: Hi.<end of text>⏎⏎User: Bye⏎⏎Assistant: Bye.<end of text>
///                                              ^^^^^^^^^^^^^^^^^^                            ^^^^^^^^^^^^^^^^^^^
///                                              learned                                      learned
/// ```
/// A request ends with `Assistant:`, and the model's answer, a space first, ends with the end-of-text token.
/// Where a tokenizer has none, two line breaks end the answer.
package enum ChatTemplate {
  /// The pieces of a conversation in order, and whether each is learned; a learned one ends the answer.
  ///
  /// Throws: the fault, when a role is unknown, nothing is said, or an assistant turn is empty.
  static func pieces(_ messages: [ChatMessage]) throws(ConversationFault) -> [(text: String, learned: Bool)] {
    guard !messages.isEmpty else { throw .noMessages }
    var pieces: [(text: String, learned: Bool)] = []
    var pending = ""
    for (turn, message) in messages.enumerated() {
      let name = try name(of: message.role)
      guard message.role == "assistant" else {
        pending += "\(name): \(message.content)\n\n"
        continue
      }
      guard !message.content.isEmpty else { throw .emptyAssistantTurn(turn: turn + 1) }
      pieces.append((pending + "\(name):", false))
      pieces.append((" " + message.content, true))
      pending = "\n\n"
    }
    if pending != "\n\n" { pieces.append((pending, false)) }
    return pieces
  }

  /// What to complete for a request: all messages, then the opening of the assistant's turn.
  ///
  /// Each text is to be encoded as one; where a tokenizer has no end-of-text token, two line breaks stand for it.
  package static func prompt(_ messages: [ChatMessage]) throws(ConversationFault) -> [PromptPiece] {
    var prompt: [PromptPiece] = []
    var text = ""
    for piece in try pieces(messages) {
      guard piece.learned else {
        text += piece.text
        continue
      }
      prompt += [.text(text), .text(piece.text), .endOfText]
      text = ""
    }
    if prompt.last == .endOfText && text.isEmpty { text = "\n\n" }
    return prompt + [.text(text + "Assistant:")]
  }

  private static func name(of role: String) throws(ConversationFault) -> String {
    switch role {
    case "system", "developer": "System"
    case "user": "User"
    case "assistant": "Assistant"
    case "tool": "Tool"
    case "function": "Function"
    default: throw .unknownRole(role)
    }
  }
}

/// A part of a chat prompt: text to encode, or the token that ends an answer.
package enum PromptPiece: Sendable, Equatable {
  case text(String)
  case endOfText
}

/// Conversations as training sequences; only the assistant's turns are learned.
///
/// A conversation longer than the context loses tokens at the front.
/// Throws: `badConversation`, `completionTooLong` when the last turn alone exceeds the context.
package func tokenize(
  conversations: [[ChatMessage]], lines: [Int]? = nil, contextLength: Int, endOfText: Int32?, encode: Encode
) throws(DataError) -> TokenizedRows {
  guard contextLength >= 2 else { throw .contextTooShort(contextLength: contextLength) }
  var rows = TokenizedRows()
  for (index, messages) in conversations.enumerated() {
    let line = lines.map { index < $0.count ? $0[index] : index + 1 } ?? index + 1
    let sequence = try chatSequence(messages, line: line, endOfText: endOfText, encode: encode)
    rows.add(try fitted(sequence, contextLength: contextLength))
  }
  return rows
}

private func chatSequence(
  _ messages: [ChatMessage], line: Int, endOfText: Int32?, encode: Encode
) throws(DataError) -> TokenizedExample {
  if let last = messages.last, last.role != "assistant" {
    throw .badConversation(line: line, reason: .lastTurnIsNotAssistant(role: last.role))
  }
  let pieces: [(text: String, learned: Bool)]
  do { pieces = try ChatTemplate.pieces(messages) } catch { throw .badConversation(line: line, reason: error) }
  let closing = endOfText == nil ? "\n\n" : ""
  let encoded = encodeInPieces(pieces.map { $0.learned ? $0.text + closing : $0.text }, encode)
  var example = TokenizedExample(tokens: [], learned: [], line: line, cutTokens: 0)
  for (piece, tokens) in zip(pieces, encoded) {
    let start = example.tokens.count
    example.tokens += tokens
    guard piece.learned else { continue }
    if let endOfText { example.tokens.append(endOfText) }
    example.learned.append(start..<example.tokens.count)
  }
  return example
}

/// The sequence without the tokens at the front that do not fit.
private func fitted(_ example: TokenizedExample, contextLength: Int) throws(DataError) -> TokenizedExample {
  let lastTurn = example.learned.last?.count ?? 0
  guard lastTurn <= contextLength else {
    throw .completionTooLong(line: example.line, tokens: lastTurn, contextLength: contextLength)
  }
  let cut = max(0, example.tokens.count - contextLength)
  guard cut > 0 else { return example }
  let learned = example.learned.compactMap { range -> Range<Int>? in
    range.upperBound > cut ? max(0, range.lowerBound - cut)..<(range.upperBound - cut) : nil
  }
  return TokenizedExample(
    tokens: Array(example.tokens.dropFirst(cut)), learned: learned, line: example.line, cutTokens: cut)
}
