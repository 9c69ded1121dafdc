/// Writes a reply as JSON, its fields in the order in which they are encoded, so that equal replies have equal bytes.
struct JSONWriter: Encoder {
  let node: JSONNode
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  /// Throws: `EncodingError` for a number that is not finite, which JSON cannot hold.
  static func bytes(_ value: some Encodable) throws -> [UInt8] {
    let node = JSONNode()
    try value.encode(to: JSONWriter(node: node, codingPath: []))
    var bytes: [UInt8] = []
    node.write(to: &bytes)
    return bytes
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    node.becomeObject()
    return KeyedEncodingContainer(JSONObjectWriter(node: node, codingPath: codingPath))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    node.becomeArray()
    return JSONArrayWriter(node: node, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { self }
}

extension JSONWriter: SingleValueEncodingContainer {
  func encodeNil() { node.set(.null) }
  func encode(_ value: Bool) { node.set(.literal(value ? "true" : "false")) }
  func encode(_ value: String) { node.set(.text(value)) }
  func encode(_ value: Double) throws { try write(value, value.isFinite) }
  func encode(_ value: Float) throws { try write(value, value.isFinite) }
  func encode(_ value: Int) { node.set(.literal(String(value))) }
  func encode(_ value: Int8) { node.set(.literal(String(value))) }
  func encode(_ value: Int16) { node.set(.literal(String(value))) }
  func encode(_ value: Int32) { node.set(.literal(String(value))) }
  func encode(_ value: Int64) { node.set(.literal(String(value))) }
  func encode(_ value: UInt) { node.set(.literal(String(value))) }
  func encode(_ value: UInt8) { node.set(.literal(String(value))) }
  func encode(_ value: UInt16) { node.set(.literal(String(value))) }
  func encode(_ value: UInt32) { node.set(.literal(String(value))) }
  func encode(_ value: UInt64) { node.set(.literal(String(value))) }
  func encode(_ value: some Encodable) throws { try value.encode(to: self) }

  private func write(_ value: some CustomStringConvertible, _ isFinite: Bool) throws {
    guard isFinite else {
      throw EncodingError.invalidValue(value, .init(codingPath: codingPath, debugDescription: "not a finite number"))
    }
    node.set(.literal(value.description))
  }
}
