/// What to complete: one text, several, ids, or several lists of ids.
package enum Prompt: Equatable, Sendable {
  case text(String)
  case texts([String])
  case tokens([Int32])
  case tokenLists([[Int32]])
}

extension Prompt: Codable, WireValue {
  static var expectation: String { "a string, a list of strings, a list of token ids or a list of such lists" }

  package init(from decoder: any Decoder) throws {
    if let text = try? decoder.singleValueContainer().decode(String.self) {
      self = .text(text)
      return
    }
    guard var list = try? decoder.unkeyedContainer() else { throw decoder.wrong(Self.expectation) }
    // The first element tells the kind of all.
    switch list.isAtEnd ? .string("") : try list.decode(Found.self) {
    case .string: self = .texts(try WireList<String>(from: decoder).elements)
    case .number: self = .tokens(try WireList<Int32>(from: decoder).elements)
    case .array: self = .tokenLists(try WireList<WireList<Int32>>(from: decoder).elements.map(\.elements))
    case let other:
      throw RequestError.wrong(
        parameter: (decoder.codingPath.parameter ?? "prompt") + "[0]",
        expected: "a string, a token id or a list of token ids", found: other.description)
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    switch self {
    case .text(let text): try value.encode(text)
    case .texts(let texts): try value.encode(texts)
    case .tokens(let tokens): try value.encode(tokens)
    case .tokenLists(let lists): try value.encode(lists)
    }
  }
}

/// Texts at which an answer ends: one string on the wire, or a list.
package struct StopTexts: Equatable, Sendable {
  package var texts: [String]

  package init(_ texts: [String]) { self.texts = texts }
}

extension StopTexts: Codable, WireValue {
  static var expectation: String { "a string or a list of strings" }

  package init(from decoder: any Decoder) throws {
    if let text = try? decoder.singleValueContainer().decode(String.self) {
      texts = [text]
    } else if (try? decoder.unkeyedContainer()) != nil {
      texts = try WireList<String>(from: decoder).elements
    } else {
      throw decoder.wrong(Self.expectation)
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    try value.encode(texts)
  }
}

/// What to add to a stream.
package struct StreamOptions: Codable, Equatable, Sendable, WireValue {
  static var expectation: String { "an object" }

  /// A last frame with the tokens used.
  package var includeUsage: Bool?
  package private(set) var unknownFields: [String] = []

  package init(includeUsage: Bool? = nil) { self.includeUsage = includeUsage }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case includeUsage = "include_usage"
  }

  package init(from decoder: any Decoder) throws {
    let fields = try Fields<CodingKeys>(decoder)
    includeUsage = try fields.optional(.includeUsage)
    unknownFields = try fields.unknown(besides: [.ignored("include_obfuscation")])
  }
}
