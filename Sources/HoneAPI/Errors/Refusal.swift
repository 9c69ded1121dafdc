/// An answer other than success: the status, the error object, and the headers that clients act upon.
package struct Refusal: Error, Equatable, Sendable {
  /// The words of the field `type`.
  package enum Kind: String, Sendable, CaseIterable {
    case invalidRequest = "invalid_request_error"
    case rateLimit = "rate_limit_error"
    case server = "server_error"
  }

  package var status: Int
  package var reply: ErrorReply
  /// Seconds after which to try again: the header `retry-after`.
  package var retryAfter: Int?
  /// Whether to try again at all: the header `x-should-retry`; nil leaves it to the client.
  package var shouldRetry: Bool?
  /// The methods that the path knows: the header `Allow`.
  package var allow: [String] = []

  package init(_ status: Int, _ kind: Kind, _ message: String, parameter: String? = nil, code: String? = nil) {
    self.status = status
    reply = ErrorReply(.init(message: message, type: kind.rawValue, param: parameter, code: code))
  }

  /// A request that cannot be read.
  package init(_ error: RequestError) {
    self.init(400, .invalidRequest, error.description, parameter: error.parameter, code: error.code)
  }

  /// The headers besides those of every reply.
  package var headers: [(name: String, value: String)] {
    var headers: [(name: String, value: String)] = []
    if let retryAfter { headers.append(("retry-after", String(retryAfter))) }
    if let shouldRetry { headers.append(("x-should-retry", shouldRetry ? "true" : "false")) }
    if !allow.isEmpty { headers.append(("allow", allow.joined(separator: ", "))) }
    return headers
  }
}

extension Refusal {
  /// A field with a value that may not stand there.
  package static func invalid(_ parameter: String?, _ message: String, code: String? = "invalid_value") -> Refusal {
    Refusal(400, .invalidRequest, message, parameter: parameter, code: code)
  }

  /// A prompt, or a prompt and the answer asked for, beyond what the model can hold.
  package static func contextLength(_ parameter: String, _ message: String) -> Refusal {
    .invalid(parameter, message, code: "context_length_exceeded")
  }

  /// No key, or one that nobody knows. The message must not repeat it.
  package static func key(_ message: String) -> Refusal {
    Refusal(401, .invalidRequest, message, code: "invalid_api_key")
  }

  /// A thing that this key, or no key, may touch.
  package static func forbidden(_ message: String, parameter: String? = nil) -> Refusal {
    Refusal(403, .invalidRequest, message, parameter: parameter)
  }

  /// An unknown id of anything that has no case of its own.
  package static func notFound(_ message: String, parameter: String? = nil, code: String? = nil) -> Refusal {
    Refusal(404, .invalidRequest, message, parameter: parameter, code: code)
  }

  package static func unknownModel(_ message: String) -> Refusal {
    .notFound(message, parameter: "model", code: "model_not_found")
  }

  package static func unknownDeployment(_ message: String) -> Refusal {
    .notFound(message, code: "DeploymentNotFound")
  }

  package static func unknownFile(_ message: String, parameter: String? = nil) -> Refusal {
    .notFound(message, parameter: parameter, code: "file_not_found")
  }

  /// The sentence is part of the older API.
  package static func unknownFineTune(_ id: String) -> Refusal {
    .notFound("No fine-tune job: \(id)", parameter: "fine_tune_id")
  }

  /// A path that answers to other methods.
  package static func method(_ message: String, allow: [String]) -> Refusal {
    var refusal = Refusal(405, .invalidRequest, message)
    refusal.allow = allow
    return refusal
  }

  /// A state that forbids what is asked; never on completions, where the oldest clients would repeat it for ever.
  package static func conflict(_ message: String) -> Refusal { Refusal(409, .invalidRequest, message) }

  package static func tooLarge(_ message: String) -> Refusal { Refusal(413, .invalidRequest, message) }

  package static func mediaType(_ message: String) -> Refusal { Refusal(415, .invalidRequest, message) }

  /// No place in a queue, or too many requests.
  package static func busy(_ message: String, retryAfter: Int) -> Refusal {
    var refusal = Refusal(429, .rateLimit, message, code: "rate_limit_exceeded")
    refusal.retryAfter = retryAfter
    return refusal
  }

  /// A fault of Hone.
  package static func server(_ message: String) -> Refusal { Refusal(500, .server, message) }

  /// An endpoint of the API that Hone does not serve.
  package static func unserved(_ message: String) -> Refusal {
    var refusal = Refusal(501, .invalidRequest, message, code: "not_implemented")
    refusal.shouldRetry = false
    return refusal
  }

  /// Not yet, or not any more.
  package static func notReady(_ message: String, retryAfter: Int) -> Refusal {
    var refusal = Refusal(503, .server, message)
    refusal.retryAfter = retryAfter
    return refusal
  }
}
