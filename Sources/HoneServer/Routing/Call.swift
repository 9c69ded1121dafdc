package import HoneAPI

/// One request, as a handler sees it.
package struct Call: Sendable {
  /// What log lines and clients call the request: the header `x-request-id` of the reply.
  package let requestID: String
  package let surface: Surface
  package let identity: Identity
  package let query: [(name: String, value: String)]
  package let headers: PlainHeaders
  /// The whole body of a route with `body: .json`; empty where the client sent none.
  package let body: [UInt8]
  let parameters: [String: String]
  let stream: IncomingBody
  let formLimits: MultipartReader.Limits
  let limiter: RateLimiter

  /// The words in which states are said.
  package var vocabulary: Vocabulary { surface.vocabulary }

  /// What stands at a place of the path, decoded: `{id}`. It may be any text, and is never a path on disk.
  package subscript(parameter: String) -> String { parameters[parameter] ?? "" }

  /// The last value of a name in the query.
  package func queryValue(_ name: String) -> String? { query.last { $0.name == name }?.value }

  /// The id of the last event that a client saw before it lost the stream.
  package var lastEventID: String? { headers["last-event-id"].flatMap { $0.isEmpty ? nil : $0 } }

  /// Takes tokens from what the key has left in this minute. Throws: `Refusal`, 429.
  package func spend(tokens: Int) throws(Refusal) { try limiter.take(tokens: tokens, of: identity) }

  /// The parts of a route with `body: .multipart`, to be read once. Throws: 415 for a body that is no form.
  package func form() throws(Refusal) -> MultipartReader {
    guard let type = headers["content-type"].map(ParameterisedValue.init),
      equalIgnoringCase(type.word, "multipart/form-data")
    else { throw .mediaType("header Content-Type: expected multipart/form-data; send the file as a form") }
    guard let boundary = type["boundary"], (1...200).contains(boundary.utf8.count) else {
      throw .invalid(nil, "header Content-Type: expected a boundary of 1 to 200 bytes; add one", code: nil)
    }
    return MultipartReader(boundary: boundary, body: stream, limits: formLimits)
  }
}
