/// A hyperparameter: a value, or the word `auto`, which leaves the choice to the trainer.
package enum Setting<Value: Codable & Equatable & Sendable>: Equatable, Sendable {
  case auto
  case value(Value)

  /// nil for `auto`.
  package var value: Value? {
    if case .value(let value) = self { value } else { nil }
  }
}

extension Setting: Decodable where Value: Decodable {
  package init(from decoder: any Decoder) throws {
    let single = try decoder.singleValueContainer()
    self = (try? single.decode(String.self)) == "auto" ? .auto : .value(try single.decode(Value.self))
  }
}

extension Setting: Encodable where Value: Encodable {
  package func encode(to encoder: any Encoder) throws {
    var single = encoder.singleValueContainer()
    switch self {
    case .auto: try single.encode("auto")
    case .value(let value): try single.encode(value)
    }
  }
}

extension Setting: WireValue where Value: WireValue {
  static var expectation: String { "\(Value.expectation) or \"auto\"" }
}
