internal import HoneFiles

/// `tokenizer.json` as the Hugging Face library writes it: what all its models have in common.
///
/// Whatever would lead to other ids is refused by name.
struct TokenizerDocument {
  static let file = "tokenizer.json"

  let root: JSONValue
  let model: JSONValue

  init(_ bytes: [UInt8]) throws(TokenizerError) {
    do {
      root = try JSONValue(parsing: bytes)
    } catch {
      throw .notJSON(file: Self.file, offset: error.offset, expected: error.expected)
    }
    guard let model = root["model"], case .object = model else { throw Self.fail("model", "an object", root["model"]) }
    self.model = model
  }

  static func fail(_ field: String, _ expected: String, _ found: JSONValue?) -> TokenizerError {
    .badField(file: file, field: field, expected: expected, found: found.map(Self.shown) ?? "nothing")
  }

  /// The beginning of a value; a long one is not written out for it.
  private static func shown(_ value: JSONValue) -> String {
    switch value {
    case .array(let values) where values.count > 8: "a list of \(values.count)"
    case .object(let members) where members.count > 16: "an object of \(members.count)"
    case .string(let text) where text.utf8.count > 60: String(text.prefix(60))
    default: String(value.text.prefix(60))
    }
  }

  /// A field that is true, false, or left out.
  static func flag(_ value: JSONValue, _ name: String, in field: String, _ fallback: Bool) throws(TokenizerError)
    -> Bool
  {
    switch value[name] {
    case nil, .null: return fallback
    case .bool(let flag): return flag
    case let other: throw fail("\(field).\(name)", "true or false", other)
    }
  }

  /// The stages of a field: those of a `Sequence`, nested ones in their place, or the one that stands there.
  static func stages(
    _ value: JSONValue?, of list: String, in field: String
  ) throws(TokenizerError) -> [(type: String, value: JSONValue)] {
    guard let value, value != .null else { return [] }
    guard let type = value["type"]?.string else { throw fail(field, "an object with a type", value) }
    guard type == "Sequence" else { return [(type, value)] }
    guard let parts = value[list]?.array else { throw fail("\(field).\(list)", "a list", value[list]) }
    var result: [(type: String, value: JSONValue)] = []
    for part in parts { result += try stages(part, of: list, in: field) }
    return result
  }
}

/// A token of the list `added_tokens`.
struct AddedTokenRecord: Equatable {
  let text: [UInt8]
  let id: Int32
  let takesLeft, takesRight, standsAlone, isNormalized, isSpecial: Bool

  /// The token for the text that it is found by.
  func token(_ text: [UInt8]) -> AddedTokens.Token {
    AddedTokens.Token(text: text, id: id, takesLeft: takesLeft, takesRight: takesRight, standsAlone: standsAlone)
  }
}

extension TokenizerDocument {
  /// The list `added_tokens`, special ones first.
  ///
  /// Ids must be those that the reference gives: that of the model's vocabulary, or the next one behind it.
  func addedTokens(modelCount: Int, modelID: ([UInt8]) -> Int32?) throws(TokenizerError) -> [AddedTokenRecord] {
    var known: [[UInt8]: AddedTokenRecord] = [:]
    var result: [AddedTokenRecord] = []
    var next = modelCount
    guard let list = root["added_tokens"], list != .null else { return [] }
    guard let values = list.array else { throw Self.fail("added_tokens", "a list", list) }
    for value in values {
      guard let name = value["content"]?.string, let id = value["id"]?.integer, id >= 0, id <= Int(Int32.max) else {
        throw Self.fail("added_tokens", "objects with content and a small id", value)
      }
      let text = Array(name.utf8)
      if text.isEmpty { continue }
      let isSpecial = try Self.flag(value, "special", in: "added_tokens", false)
      let record = AddedTokenRecord(
        text: text, id: Int32(id), takesLeft: try Self.flag(value, "lstrip", in: "added_tokens", false),
        takesRight: try Self.flag(value, "rstrip", in: "added_tokens", false),
        standsAlone: try Self.flag(value, "single_word", in: "added_tokens", false),
        isNormalized: try Self.flag(value, "normalized", in: "added_tokens", !isSpecial), isSpecial: isSpecial)
      if let other = known[text] {
        guard other == record else { throw Self.fail("added_tokens", "each token once", value) }
        continue
      }
      let expected = modelID(text).map(Int.init) ?? next
      guard id == expected else { throw Self.fail("added_tokens", "'\(name.prefix(40))' with id \(expected)", value) }
      if expected == next, modelID(text) == nil { next += 1 }
      known[text] = record
      result.append(record)
    }
    return result.filter(\.isSpecial) + result.filter { !$0.isSpecial }
  }
}

extension TokenizerDocument {
  /// The ids before and behind a text, each below `count`.
  func template(below count: Int) throws(TokenizerError) -> (prefix: [Int32], suffix: [Int32]) {
    var result: (prefix: [Int32], suffix: [Int32])?
    for (type, value) in try Self.stages(root["post_processor"], of: "processors", in: "post_processor") {
      let found: (prefix: [Int32], suffix: [Int32])
      switch type {
      case "ByteLevel": continue
      case "BertProcessing", "RobertaProcessing":
        found = ([try Self.pair(value, "cls", below: count)], [try Self.pair(value, "sep", below: count)])
      case "TemplateProcessing": found = try Self.pieces(of: value, below: count)
      default:
        throw Self.fail("post_processor", "TemplateProcessing, BertProcessing or RobertaProcessing", value)
      }
      guard result == nil else { throw Self.fail("post_processor", "one that adds tokens", root["post_processor"]) }
      result = found
    }
    return result ?? ([], [])
  }

  private static func pair(_ value: JSONValue, _ field: String, below count: Int) throws(TokenizerError) -> Int32 {
    guard let pair = value[field]?.array, pair.count == 2, let id = pair[1].integer, id >= 0, id < count else {
      throw fail("post_processor.\(field)", "a token and its id", value[field])
    }
    return Int32(id)
  }

  private static func pieces(
    of value: JSONValue, below count: Int
  ) throws(TokenizerError) -> (prefix: [Int32], suffix: [Int32]) {
    guard let pieces = value["single"]?.array else { throw fail("post_processor.single", "a list", value["single"]) }
    var sides: [[Int32]] = [[]]
    for piece in pieces {
      if piece["Sequence"] != nil {
        sides.append([])
        continue
      }
      guard let name = piece["SpecialToken"]?["id"]?.string,
        let found = value["special_tokens"]?[name]?["ids"]?.array
      else { throw fail("post_processor.single", "special tokens with ids, and one sequence", piece) }
      for id in found {
        guard let number = id.integer, number >= 0, number < count else {
          throw fail("post_processor.special_tokens", "ids of the vocabulary", id)
        }
        sides[sides.count - 1].append(Int32(number))
      }
    }
    guard sides.count == 2 else { throw fail("post_processor.single", "one sequence", value["single"]) }
    return (sides[0], sides[1])
  }
}
