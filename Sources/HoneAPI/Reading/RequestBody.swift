internal import Foundation

/// What clients of OpenAI and Azure send and what they get back, as values with the names of the wire.
///
/// The room knows names and kinds of fields. It does not know what they mean: ranges that depend on a model, defaults,
/// and everything behind a request belong to those who serve it.
package protocol RequestBody: Codable, Equatable, Sendable {
  /// The names of fields that nobody knows, nested ones with their place (`stream_options.x`), sorted.
  var unknownFields: [String] { get }
}

extension RequestBody {
  /// Reads a request from the body of a POST.
  ///
  /// Throws: `RequestError` for a body that is not JSON in UTF-8 or nests too deep, and for a field that is missing or
  /// wrong. Of a name given twice the first counts.
  package init(body: [UInt8]) throws(RequestError) {
    let tooLarge = try JSONCheck.run(body)
    do {
      self = try JSONDecoder().decode(Self.self, from: Data(body))
    } catch let error as RequestError {
      throw error
    } catch {
      throw .wrong(parameter: nil, expected: "a request", found: "a value that cannot be read")
    }
    if let tooLarge { throw .numberTooLarge(offset: tooLarge) }
  }
}
