/// The body of every reply that is not a success, and of a frame that ends a stream early.
package struct ErrorReply: Reply, Codable, Equatable {
  /// What went wrong.
  package struct Fault: Codable, Equatable, Sendable {
    package var message: String
    package var type: String
    @Nullable package var param: String?
    @Nullable package var code: String?

    package init(message: String, type: String, param: String? = nil, code: String? = nil) {
      self.message = message
      self.type = type
      self.param = param
      self.code = code
    }
  }

  package var error: Fault

  package init(_ error: Fault) { self.error = error }
}
