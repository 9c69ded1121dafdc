import Foundation
import Hone
import HoneFiles

/// `relevance COLLECTION QUERIES`: QUERIES is a JSON Lines file of `text` and the `key` of the row that it should find.
///
/// Prints for words, vectors and both fused the share of queries whose row is the first, among ten, and the mean
/// reciprocal rank among ten.
func relevance(_ arguments: [String]) throws {
  guard arguments.count == 2 else { throw UsageError(text: "relevance COLLECTION QUERIES") }
  let home = Home()
  let collection = try home.collection(arguments[0])
  let embedder = try home.embedder(collection.model)
  let lines = try [UInt8](Data(contentsOf: URL(fileURLWithPath: arguments[1]))).split(separator: 0x0A)
  let queries = try lines.map { line in
    let object = try JSONValue(parsing: Array(line))
    return (text: object["text"]?.string ?? "", key: object["key"]?.string ?? "")
  }
  for legs in [SearchOptions.Legs.words, .vectors, .both] {
    var options = SearchOptions()
    (options.topK, options.legs) = (10, legs)
    var (first, ten, reciprocal): (Int, Int, Double) = (0, 0, 0)
    let start = ContinuousClock.now
    for query in queries {
      let keys = try collection.search(query.text, embedder, options).map(\.key)
      guard let place = keys.firstIndex(of: query.key) else { continue }
      first += place == 0 ? 1 : 0
      ten += 1
      reciprocal += 1 / Double(place + 1)
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let count = Double(queries.count)
    try printLine([
      "legs": legs.rawValue, "queries": queries.count, "recall@1": Double(first) / count,
      "recall@10": Double(ten) / count,
      "mrr@10": reciprocal / count, "milliseconds": 1000 * seconds / count,
    ])
  }
}
