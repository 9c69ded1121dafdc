extension ChatCompletionCreate {
  /// One turn of a conversation.
  package struct Message: Codable, Equatable, Sendable, WireValue {
    package enum Role: String, Sendable, Codable, WireWord { case system, developer, user, assistant, tool, function }

    static var expectation: String { "a message" }

    package var role: Role
    /// The text, its parts joined. nil: an answer of the assistant that has none.
    package var content: String?
    /// Who speaks, where several share a role.
    package var name: String?
    /// The call that a tool's answer belongs to.
    package var toolCallID: String?
    package private(set) var unknownFields: [String] = []

    package init(role: Role, content: String?) {
      self.role = role
      self.content = content
    }

    private enum CodingKeys: String, CodingKey, CaseIterable {
      case role, content, name
      case toolCallID = "tool_call_id"
    }

    package init(from decoder: any Decoder) throws {
      let fields = try Fields<CodingKeys>(decoder)
      role = try fields.required(.role)
      let content: MessageContent? =
        role == .assistant ? try fields.optional(.content) : try fields.required(.content)
      self.content = content?.text
      name = try fields.optional(.name)
      toolCallID = try fields.optional(.toolCallID)
      unknownFields = try fields.unknown(
        besides: [.emptyList("tool_calls"), .nothing("function_call"), .nothing("audio"), .ignored("refusal")])
      unknownFields += content?.unknownFields ?? []
    }
  }
}

/// A string, or a list of text parts.
private struct MessageContent: WireValue {
  static var expectation: String { "a string or a list of text parts" }

  let text: String
  var unknownFields: [String] = []

  init(from decoder: any Decoder) throws {
    if let text = try? decoder.singleValueContainer().decode(String.self) {
      self.text = text
    } else if (try? decoder.unkeyedContainer()) != nil {
      let parts = try WireList<TextPart>(from: decoder).elements
      text = parts.map(\.text).joined()
      unknownFields = parts.flatMap(\.unknownFields)
    } else {
      throw decoder.wrong(Self.expectation)
    }
  }
}

private struct TextPart: WireValue {
  /// Pictures, sounds and files are refused, for an answer without them would be another one.
  enum Kind: String, WireWord { case text }

  static var expectation: String { "a part with a type and a text" }

  let text: String
  let unknownFields: [String]

  private enum CodingKeys: String, CodingKey, CaseIterable { case type, text }

  init(from decoder: any Decoder) throws {
    let fields = try Fields<CodingKeys>(decoder)
    _ = try fields.required(.type, as: Kind.self)
    text = try fields.required(.text)
    unknownFields = try fields.unknown()
  }
}
