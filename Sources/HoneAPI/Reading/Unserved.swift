/// A field that Hone knows and does not serve, and the values with which it asks for nothing.
struct Unserved: Sendable {
  let name: String
  /// As it fits behind "expected".
  let expected: String
  let asksForNothing: @Sendable (Found) -> Bool

  /// Any value may stand there; it changes nothing.
  static func ignored(_ name: String) -> Unserved { Unserved(name: name, expected: "anything") { _ in true } }

  static func nothing(_ name: String) -> Unserved { Unserved(name: name, expected: "null") { _ in false } }

  static func emptyList(_ name: String) -> Unserved {
    Unserved(name: name, expected: "null or an empty list") { if case .array(0, _) = $0 { true } else { false } }
  }

  static func word(_ name: String, _ words: String...) -> Unserved {
    let expected = (["null"] + words.map { "\"\($0)\"" }).joined(separator: " or ")
    return Unserved(name: name, expected: expected) {
      if case .string(let word) = $0 { words.contains(word) } else { false }
    }
  }

  /// A list of one word.
  static func only(_ name: String, _ word: String) -> Unserved {
    Unserved(name: name, expected: "null or [\"\(word)\"]") {
      if case .array(1, word) = $0 { true } else { false }
    }
  }

  /// An object of one type.
  static func typed(_ name: String, _ type: String) -> Unserved {
    Unserved(name: name, expected: "null or {\"type\": \"\(type)\"}") {
      if case .object(type) = $0 { true } else { false }
    }
  }
}

extension Fields {
  /// Checks the fields that are known but not served, and returns the names of those that nobody knows, in order.
  ///
  /// Throws: `unserved` if one asks for something.
  func unknown(besides unserved: [Unserved] = []) throws(RequestError) -> [String] {
    for field in unserved {
      guard let value: WireAny = try optional(named: field.name) else { continue }
      guard field.asksForNothing(value.found) else {
        throw .unserved(parameter: parameter(field.name), expected: field.expected)
      }
    }
    let known = Set(Key.allCases.map(\.stringValue) + unserved.map(\.name))
    return container.allKeys.map(\.stringValue).filter { !known.contains($0) }.sorted().map(parameter)
  }
}
