/// What went wrong, whose fault it is, and what to do; the text is written for whoever asked.
public struct HoneError: Error, Sendable, Equatable, Codable, CustomStringConvertible {
  /// Who can mend it.
  public enum Fault: String, Sendable, Codable { case caller, hone, machine }

  /// What kind of refusal it is, for those who answer in status codes.
  public enum Kind: String, Sendable, Codable {
    /// Something in the request is wrong: 400.
    case invalid
    /// It is there, and not to be touched: 403.
    case forbidden
    /// There is nothing of that name: 404.
    case notFound
    /// It does not go with what is there: 409.
    case conflict
    /// Too much at once; later it will do: 429.
    case busy
    /// Not at this moment: 503.
    case unavailable
  }

  public let fault: Fault
  public let kind: Kind
  /// What was expected and what was found.
  public let message: String
  /// What to do about it.
  public let remedy: String
  /// The field or flag that is wrong, in the API's words.
  public let parameter: String?
  /// A word for programs, such as `model_not_found`.
  public let code: String?

  public init(
    _ message: String, remedy: String, fault: Fault = .caller, parameter: String? = nil, code: String? = nil,
    kind: Kind = .invalid
  ) {
    self.fault = fault
    self.kind = kind
    self.message = message
    self.remedy = remedy
    self.parameter = parameter
    self.code = code
  }

  public var description: String { "\(message); \(remedy)" }
}
