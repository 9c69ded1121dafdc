package import HoneFiles

extension RowFilter {
  /// Reads a filter as the vector stores of the API have it.
  ///
  /// `{"type": "eq" | "ne" | "gt" | "gte" | "lt" | "lte" | "in" | "nin", "key": …, "value": …}`, or
  /// `{"type": "and" | "or", "filters": […]}`.
  package init(json: JSONValue) throws(FilterError) { try self.init(json: json, place: "filters", depth: 1) }

  private init(json: JSONValue, place: String, depth: Int) throws(FilterError) {
    guard depth <= Self.deepest else { throw .tooDeep(limit: Self.deepest) }
    guard case .object = json else { throw .json(place: place, expected: "an object", found: json.kindName) }
    guard let type = json["type"]?.string else {
      throw .json(place: "\(place).type", expected: "a text", found: json["type"]?.kindName ?? "none")
    }
    switch type {
    case "and", "or":
      guard let parts = json["filters"]?.array, !parts.isEmpty else {
        throw .json(
          place: "\(place).filters", expected: "a list of one filter or more",
          found: json["filters"].map { $0.array == nil ? $0.kindName : "an empty list" } ?? "none")
      }
      var filters: [RowFilter] = []
      for (index, part) in parts.enumerated() {
        filters.append(try RowFilter(json: part, place: "\(place).filters[\(index)]", depth: depth + 1))
      }
      self = type == "and" ? .all(filters) : .some(filters)
    default: self = try Self.test(type, json, place)
    }
  }

  private static let comparisons: [String: Comparison] = [
    "eq": .equal, "ne": .notEqual, "gt": .greater, "gte": .greaterOrEqual, "lt": .less, "lte": .lessOrEqual,
  ]

  private static func test(_ type: String, _ json: JSONValue, _ place: String) throws(FilterError) -> RowFilter {
    guard let key = json["key"]?.string else {
      throw .json(place: "\(place).key", expected: "a text", found: json["key"]?.kindName ?? "none")
    }
    let found = json["value"]
    if let comparison = comparisons[type] {
      guard let value = found?.scalar else {
        throw .json(
          place: "\(place).value", expected: "a text, a number or a truth value", found: found?.kindName ?? "none")
      }
      return .compare(field: key, comparison, value)
    }
    guard type == "in" || type == "nin" else {
      throw .json(
        place: "\(place).type", expected: "eq, ne, gt, gte, lt, lte, in, nin, and, or", found: "'\(type.prefix(40))'")
    }
    guard let list = found?.array, case let values = list.compactMap(\.scalar), values.count == list.count else {
      throw .json(
        place: "\(place).value", expected: "a list of texts, numbers and truth values",
        found: found.map { $0.array == nil ? $0.kindName : "something else in it" } ?? "none")
    }
    return type == "in" ? .among(field: key, values) : .not(.among(field: key, values))
  }
}

extension JSONValue {
  fileprivate var scalar: FilterValue? {
    switch self {
    case .string(let text): .text(text)
    case .bool(let value): .bool(value)
    case .number(let digits): Double(digits).flatMap { $0.isFinite ? .number($0) : nil }
    default: nil
    }
  }

  fileprivate var kindName: String {
    switch self {
    case .null: "null"
    case .bool: "a truth value"
    case .number: "a number"
    case .string: "a text"
    case .array: "a list"
    case .object: "an object"
    }
  }
}
