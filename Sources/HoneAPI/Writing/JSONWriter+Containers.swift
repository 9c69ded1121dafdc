/// Writes the members of an object.
struct JSONObjectWriter<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let node: JSONNode
  let codingPath: [any CodingKey]

  private func writer(_ key: any CodingKey) -> JSONWriter {
    JSONWriter(node: node.member(key.stringValue), codingPath: codingPath + [key])
  }

  func encodeNil(forKey key: Key) { writer(key).encodeNil() }
  func encode(_ value: Bool, forKey key: Key) { writer(key).encode(value) }
  func encode(_ value: String, forKey key: Key) { writer(key).encode(value) }
  func encode(_ value: Double, forKey key: Key) throws { try writer(key).encode(value) }
  func encode(_ value: Float, forKey key: Key) throws { try writer(key).encode(value) }
  func encode(_ value: Int, forKey key: Key) { writer(key).encode(value) }
  func encode(_ value: Int8, forKey key: Key) { writer(key).encode(value) }
  func encode(_ value: Int16, forKey key: Key) { writer(key).encode(value) }
  func encode(_ value: Int32, forKey key: Key) { writer(key).encode(value) }
  func encode(_ value: Int64, forKey key: Key) { writer(key).encode(value) }
  func encode(_ value: UInt, forKey key: Key) { writer(key).encode(value) }
  func encode(_ value: UInt8, forKey key: Key) { writer(key).encode(value) }
  func encode(_ value: UInt16, forKey key: Key) { writer(key).encode(value) }
  func encode(_ value: UInt32, forKey key: Key) { writer(key).encode(value) }
  func encode(_ value: UInt64, forKey key: Key) { writer(key).encode(value) }
  func encode(_ value: some Encodable, forKey key: Key) throws { try value.encode(to: writer(key)) }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type, forKey key: Key
  ) -> KeyedEncodingContainer<NestedKey> { writer(key).container(keyedBy: type) }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { writer(key).unkeyedContainer() }
  func superEncoder() -> any Encoder { writer(WireKey(stringValue: "super")) }
  func superEncoder(forKey key: Key) -> any Encoder { writer(key) }
}

/// Writes the elements of an array.
struct JSONArrayWriter: UnkeyedEncodingContainer {
  let node: JSONNode
  let codingPath: [any CodingKey]
  var count: Int { node.count }

  private func writer() -> JSONWriter { JSONWriter(node: node.element(), codingPath: codingPath) }

  func encodeNil() { writer().encodeNil() }
  func encode(_ value: Bool) { writer().encode(value) }
  func encode(_ value: String) { writer().encode(value) }
  func encode(_ value: Double) throws { try writer().encode(value) }
  func encode(_ value: Float) throws { try writer().encode(value) }
  func encode(_ value: Int) { writer().encode(value) }
  func encode(_ value: Int8) { writer().encode(value) }
  func encode(_ value: Int16) { writer().encode(value) }
  func encode(_ value: Int32) { writer().encode(value) }
  func encode(_ value: Int64) { writer().encode(value) }
  func encode(_ value: UInt) { writer().encode(value) }
  func encode(_ value: UInt8) { writer().encode(value) }
  func encode(_ value: UInt16) { writer().encode(value) }
  func encode(_ value: UInt32) { writer().encode(value) }
  func encode(_ value: UInt64) { writer().encode(value) }
  func encode(_ value: some Encodable) throws { try value.encode(to: writer()) }

  func nestedContainer<NestedKey: CodingKey>(keyedBy type: NestedKey.Type) -> KeyedEncodingContainer<NestedKey> {
    writer().container(keyedBy: type)
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { writer().unkeyedContainer() }
  func superEncoder() -> any Encoder { writer() }
}
