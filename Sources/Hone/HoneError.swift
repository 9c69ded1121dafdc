/// What went wrong, whose fault it is, and what to do; the text is written for whoever asked.
public struct HoneError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Who can mend it.
  public enum Fault: Sendable { case caller, hone, machine }

  public let fault: Fault
  /// What was expected and what was found.
  public let message: String
  /// What to do about it.
  public let remedy: String
  /// The field or flag that is wrong, in the API's words.
  public let parameter: String?
  /// A word for programs, such as `model_not_found`.
  public let code: String?

  public init(
    _ message: String, remedy: String, fault: Fault = .caller, parameter: String? = nil, code: String? = nil
  ) {
    self.fault = fault
    self.message = message
    self.remedy = remedy
    self.parameter = parameter
    self.code = code
  }

  public var description: String { "\(message); \(remedy)" }
}
