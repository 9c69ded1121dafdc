/// Which rows of a list to give: the query of a GET.
package struct PageQuery: Equatable, Sendable {
  package enum Order: String, Sendable, WireWord { case ascending = "asc", descending = "desc" }

  /// How many rows a list gives when nobody says, and at most.
  package struct Bounds: Equatable, Sendable {
    package var usual: Int
    package var most: Int

    package init(usual: Int, most: Int) {
      self.usual = usual
      self.most = most
    }

    package static let files = Bounds(usual: 10_000, most: 10_000)
    package static let jobs = Bounds(usual: 20, most: 1_000)
    package static let events = Bounds(usual: 20, most: 1_000)
    package static let vectorStores = Bounds(usual: 20, most: 100)
    package static let checkpoints = Bounds(usual: 10, most: 1_000)
  }

  /// Rows with these pairs, or rows that have none at all.
  package enum Metadata: Equatable, Sendable {
    case pairs([String: String])
    case none
  }

  package var limit: Int
  /// The id of the last row of the page before.
  package var after: String?
  /// The id of the first row of the page behind.
  package var before: String?
  package var order: Order
  package var purpose: String?
  package var metadata: Metadata?
  /// Whether events come as a stream.
  package var stream: Bool

  /// Reads the query; names and values have their percent signs decoded. Of a name given twice the last counts, other
  /// names are passed over, and an empty value is as good as none.
  ///
  /// Throws: `wrong` for a limit out of bounds or not a number, for another order and for a stream that is neither.
  package init(
    _ items: [(name: String, value: String)], bounds: Bounds, order usual: Order = .descending
  ) throws(RequestError) {
    let values = Dictionary(items.map { ($0.name, $0.value) }) { $1 }.filter { !$0.value.isEmpty }
    limit = bounds.usual
    if let text = values["limit"] {
      guard let number = Int(text), (1...max(1, bounds.most)).contains(number) else {
        throw Self.wrong("limit", "a number from 1 to \(bounds.most)", text)
      }
      limit = number
    }
    after = values["after"]
    before = values["before"]
    order = usual
    if let text = values["order"] {
      guard let word = Order(rawValue: text) else { throw Self.wrong("order", Order.expectation, text) }
      order = word
    }
    purpose = values["purpose"]
    metadata = Self.metadata(items)
    stream = try Self.flag("stream", values["stream"])
  }

  private static func wrong(_ name: String, _ expected: String, _ text: String) -> RequestError {
    .wrong(parameter: name, expected: expected, found: Found.string(text).description)
  }

  /// Python's clients write `True`, others `true` or `1`.
  private static func flag(_ name: String, _ text: String?) throws(RequestError) -> Bool {
    switch text?.lowercased() {
    case nil, "false", "0": false
    case "true", "1": true
    default: throw wrong(name, Bool.expectation, text ?? "")
    }
  }

  /// The items `metadata[key]=value`, or `metadata=null`.
  private static func metadata(_ items: [(name: String, value: String)]) -> Metadata? {
    var pairs: [String: String] = [:]
    for (name, value) in items where name.hasPrefix("metadata[") && name.hasSuffix("]") {
      pairs[String(name.dropFirst("metadata[".count).dropLast())] = value
    }
    if !pairs.isEmpty { return .pairs(pairs) }
    return items.contains { $0.name == "metadata" && $0.value == "null" } ? Metadata.none : nil
  }
}
