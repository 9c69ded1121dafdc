/// Why a request cannot be read: facts, of which `description` makes the sentence.
///
/// Nothing of the caller's text is in it, but for short words that stand where a word or a number belongs.
package enum RequestError: Error, Equatable, Sendable {
  case notUTF8
  /// The body is not JSON from this byte on.
  case notJSON(offset: Int, expected: String)
  case tooDeep(limit: Int)
  /// A number beyond what a number here can hold, at this byte.
  case numberTooLarge(offset: Int)
  case missing(parameter: String, expected: String)
  /// A value of the wrong kind, or out of those that may stand there; no parameter means the whole body.
  case wrong(parameter: String?, expected: String, found: String)
  /// A field of the API that asks for something Hone does not do.
  case unserved(parameter: String, expected: String)
}

extension RequestError {
  /// The field that is wrong, in the API's words: `n`, `messages[0].content`.
  package var parameter: String? {
    switch self {
    case .notUTF8, .notJSON, .tooDeep, .numberTooLarge: nil
    case .missing(let parameter, _), .unserved(let parameter, _): parameter
    case .wrong(let parameter, _, _): parameter
    }
  }

  /// The word for programs.
  package var code: String? {
    switch self {
    case .notUTF8, .notJSON, .tooDeep, .numberTooLarge: nil
    case .missing: "missing_required_parameter"
    case .wrong: "invalid_value"
    case .unserved: "unsupported_value"
    }
  }
}

extension RequestError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notUTF8:
      "body: expected text in UTF-8, found other bytes; send JSON encoded as UTF-8"
    case .notJSON(let offset, let expected):
      "body: expected JSON, found something else at byte \(offset), where \(expected) should stand; mend the JSON"
    case .tooDeep(let limit):
      "body: expected at most \(limit) levels of nesting, found more; send a flatter body"
    case .numberTooLarge(let offset):
      "body: expected numbers that fit 64 bits, found a larger one at byte \(offset); send a smaller number"
    case .missing(let parameter, let expected):
      "\(parameter): expected \(expected), found nothing; add \(parameter)"
    case .wrong(let parameter, let expected, let found):
      "\(parameter ?? "body"): expected \(expected), found \(found); change \(parameter ?? "the body")"
    case .unserved(let parameter, let expected):
      "\(parameter): expected \(expected), for Hone does not do what it asks for; leave \(parameter) out"
    }
  }
}
