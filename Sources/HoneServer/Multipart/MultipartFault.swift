package import HoneAPI

/// Why a form cannot be read.
package enum MultipartFault: Error, Equatable, Sendable {
  /// Something between a boundary and the end of its line.
  case strayBytes
  case headTooLarge(limit: Int)
  /// A header line of a part that is not text, or without a colon.
  case brokenHead
  /// A part that does not say its name.
  case nameless
  /// The body ended before the form did.
  case cutShort
  case tooManyParts(limit: Int)
  case fieldTooLarge(name: String, limit: Int)
  /// A field that is not text.
  case notText(name: String)
  case fileTooLarge(limit: Int)
}

extension MultipartFault: Refusable {
  package var refusal: Refusal {
    switch self {
    case .fileTooLarge(let limit):
      .tooLarge("file: expected at most \(limit) bytes, found more; divide the file")
    case .notText(let name):
      .invalid(name, "\(name): expected text in UTF-8, found other bytes; send it as UTF-8")
    case .fieldTooLarge(let name, let limit):
      .invalid(name, "\(name): expected at most \(limit) bytes, found more; shorten it")
    default:
      Refusal(400, .invalidRequest, "body: expected a whole form, found \(found); send multipart/form-data")
    }
  }

  private var found: String {
    switch self {
    case .strayBytes: "bytes behind a boundary"
    case .headTooLarge(let limit): "a part with more than \(limit) bytes of headers"
    case .brokenHead: "a part whose headers cannot be read"
    case .nameless: "a part without a name"
    case .tooManyParts(let limit): "more than \(limit) parts"
    default: "an early end"
    }
  }
}
