/// The fields of one JSON object of a request: null is as good as absent, and what is wrong names itself.
struct Fields<Key: CodingKey & CaseIterable> {
  private let decoder: any Decoder
  let container: KeyedDecodingContainer<WireKey>

  /// Throws: `wrong` if the decoder stands at something other than an object.
  init(_ decoder: any Decoder, _ keys: Key.Type = Key.self) throws(RequestError) {
    guard let container = try? decoder.container(keyedBy: WireKey.self) else { throw decoder.wrong("an object") }
    self.decoder = decoder
    self.container = container
  }

  /// The name of a field as errors give it.
  func parameter(_ name: String) -> String {
    (decoder.codingPath + [WireKey(stringValue: name)]).parameter ?? name
  }

  /// A field that may be absent or null.
  func optional<Value: WireValue>(_ key: Key, as kind: Value.Type = Value.self) throws(RequestError) -> Value? {
    try optional(named: key.stringValue)
  }

  /// A field that must be there.
  func required<Value: WireValue>(_ key: Key, as kind: Value.Type = Value.self) throws(RequestError) -> Value {
    guard let value = try optional(key, as: kind) else {
      throw .missing(parameter: parameter(key.stringValue), expected: Value.expectation)
    }
    return value
  }

  func optional<Value: WireValue>(named name: String) throws(RequestError) -> Value? {
    let key = WireKey(stringValue: name)
    do {
      guard container.contains(key), try !container.decodeNil(forKey: key) else { return nil }
      return try container.decode(Value.self, forKey: key)
    } catch let error as RequestError {
      throw error
    } catch {
      throw wrong(name, Value.expectation)
    }
  }

  /// The value of a field as a wrong one.
  func wrong(_ name: String, _ expected: String) -> RequestError {
    let found = (try? container.decode(Found.self, forKey: WireKey(stringValue: name))) ?? .null
    return .wrong(parameter: parameter(name), expected: expected, found: found.description)
  }
}
