/// An answer of a model, whole or one frame of its stream: what those to completions and to chats have in common.
package struct Answer<Kind: AnswerKind>: Reply, Codable, Equatable {
  package typealias Choice = Kind.Choice

  package let id: String
  package let object: String
  package var created: Int
  /// The name that was asked for.
  package var model: String
  package var choices: [Choice]
  /// In a whole answer, and in the last frame of a stream that asked for it, which has no choices.
  package var usage: Usage?

  package init(id: String, created: Int, model: String, choices: [Choice], usage: Usage? = nil) {
    self.id = id
    object = Kind.object
    self.created = created
    self.model = model
    self.choices = choices
    self.usage = usage
  }
}

/// What one kind of answer has of its own.
package protocol AnswerKind {
  associatedtype Choice: Codable, Equatable, Sendable

  /// The word of the field `object`.
  static var object: String { get }
}
