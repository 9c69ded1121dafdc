import Foundation
import Hone
import HoneServer
import HoneTestSupport
import Testing

@Test func searchesOfAVectorStoreCountAsUsedTokens() async throws {
  let bench = try await ServedBench()
  let made = await bench.ask("POST", "/v1/vector_stores", #"{"name":"notes"}"#)
  let object = try #require(try JSONSerialization.jsonObject(with: Data(made.text.utf8)) as? [String: Any])
  let store = try #require(object["id"] as? String, "\(made.text)")
  func used() async throws -> Int { try await bench.service.usage().reduce(0) { $0 + $1.promptTokens } }
  let before = try await used()
  let reply = await bench.ask(
    "POST", "/v1/vector_stores/\(store)/search", #"{"query":["where do children play","dogs"]}"#)
  #expect(reply.status == 200, "\(reply.text)")
  #expect(try await used() >= before + 5)
}

@Test func theMetricsTellHowWellSearchesFind() async throws {
  let bench = try await ServedBench()
  let metrics = Metrics()
  metrics.watch(bench.service, bench.shelf, bench.stores)
  let collection = try Home(bench.folder).makeCollection("many", model: "hone-static")
  var random = Seeded(4)
  let items = (0..<2_500).map { CollectionItem(key: "\($0)", text: "row \($0)") }
  _ = try collection.add(items, vectors: random.values(2_500 * 256))
  #expect(try collection.buildIndex())
  #expect(await !metrics.text().contains("hone_search_recall"))
  let end = ContinuousClock.now + .seconds(30)
  var text = ""
  while !text.contains("hone_search_recall{"), ContinuousClock.now < end {
    for number in 0..<32 {
      _ = await bench.ask("POST", "/v1/vector_stores/\(collection.id)/search", #"{"query":"question \#(number)"}"#)
    }
    text = await metrics.text()
  }
  #expect(text.contains("# TYPE hone_search_recall gauge\n"))
  let own = #"{collection="\#(collection.id)"} "#
  for name in ["hone_search_recall", "hone_search_recall_samples"] {
    let line = text.split(separator: "\n").first { $0.hasPrefix(name + own) }
    let value = try #require(line?.split(separator: " ").last.flatMap { Double($0) }, "\(name) in\n\(text)")
    #expect(value > 0 && (name.hasSuffix("samples") || value <= 1))
  }
}
