/// A body that Hone sends: exactly its fields, in the order of its coding keys.
package protocol Reply: Encodable, Sendable {}

extension Reply {
  /// The body on one line of JSON, without a line end.
  ///
  /// Throws: `EncodingError` for a number that is not finite, which JSON cannot hold.
  package func body() throws -> [UInt8] { try JSONWriter.bytes(self) }
}
