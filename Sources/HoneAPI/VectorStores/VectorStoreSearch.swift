/// The body of POST `/vector_stores/{id}/search`.
package struct VectorStoreSearch: RequestBody {
  /// One question, or several.
  struct Query: WireValue {
    static var expectation: String { "a string or a list of strings" }

    let texts: [String]

    init(from decoder: any Decoder) throws {
      if let text = try? decoder.singleValueContainer().decode(String.self) {
        texts = [text]
      } else {
        texts = try WireList<String>(from: decoder).elements
      }
    }
  }

  /// How hits are ordered.
  package struct Ranking: Codable, Equatable, Sendable, WireValue {
    static var expectation: String { "an object" }

    package var ranker: String?
    package var scoreThreshold: Double?

    private enum CodingKeys: String, CodingKey, CaseIterable {
      case ranker
      case scoreThreshold = "score_threshold"
    }

    package init(from decoder: any Decoder) throws {
      let fields = try Fields<CodingKeys>(decoder)
      ranker = try fields.optional(.ranker)
      scoreThreshold = try fields.optional(.scoreThreshold)
      if let scoreThreshold, !(0...1).contains(scoreThreshold) {
        throw RequestError.wrong(
          parameter: fields.parameter("score_threshold"), expected: "0 to 1", found: "the number \(scoreThreshold)")
      }
      _ = try fields.unknown(besides: [.ignored("hybrid_search")])
    }
  }

  package var query: [String]
  package var maxNumResults: Int
  package var ranking: Ranking?
  /// Taken and passed over: questions are searched as they are.
  package var rewriteQuery: Bool?
  package private(set) var unknownFields: [String] = []

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case query
    case maxNumResults = "max_num_results"
    case ranking = "ranking_options"
    case rewriteQuery = "rewrite_query"
  }

  package init(from decoder: any Decoder) throws {
    let fields = try Fields<CodingKeys>(decoder)
    query = try fields.required(.query, as: Query.self).texts
    guard (1...20).contains(query.count), !query.contains("") else {
      throw RequestError.wrong(
        parameter: "query", expected: "1 to 20 texts that are not empty", found: "\(query.count), or an empty one")
    }
    maxNumResults = try fields.optional(.maxNumResults) ?? 10
    guard (1...50).contains(maxNumResults) else {
      throw RequestError.wrong(
        parameter: "max_num_results", expected: "1 to 50", found: "the number \(maxNumResults)")
    }
    ranking = try fields.optional(.ranking)
    rewriteQuery = try fields.optional(.rewriteQuery)
    // What may stand in a filter, the room of searching knows.
    unknownFields = try fields.unknown(besides: [.ignored("filters")])
  }
}
