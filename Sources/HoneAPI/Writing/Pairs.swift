/// The caller's own names and values, which are written in the order of the names.
package struct Pairs: Equatable, Sendable {
  package var values: [String: String]

  package init(_ values: [String: String]) { self.values = values }
}

extension Pairs: Codable {
  package init(from decoder: any Decoder) throws {
    values = try decoder.singleValueContainer().decode([String: String].self)
  }

  package func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: WireKey.self)
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      try object.encode(value, forKey: WireKey(stringValue: name))
    }
  }
}
