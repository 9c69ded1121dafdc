import Foundation
import Hone
import HoneStore
import HoneTestSupport
import Testing

private typealias Metric = VectorSettings.Metric

private let dimensions = 256

/// Rows around forty middles, of lengths from a half to two.
private func vectors(_ count: Int, seed: UInt64) -> [Float] {
  var random = Seeded(seed)
  let middles = (0..<40).map { _ in random.values(dimensions) }
  return (0..<count).flatMap { row -> [Float] in
    let noise = random.values(dimensions)
    let length = 0.5 + 1.5 * Float(row % 7) / 6
    return zip(middles[row % 40], noise).map { ($0 + 0.7 * $1) * length }
  }
}

/// The reference: every pair, in double precision.
private func score(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>, _ metric: Metric) -> Double {
  let pairs = zip(a, b).map { (Double($0), Double($1)) }
  let product = pairs.reduce(0) { $0 + $1.0 * $1.1 }
  switch metric {
  case .dot: return product
  case .cosine:
    return product / (pairs.reduce(0) { $0 + $1.0 * $1.0 } * pairs.reduce(0) { $0 + $1.1 * $1.1 }).squareRoot()
  case .l2: return -pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }
}

private func nearest(_ x: [Float], _ query: [Float], _ metric: Metric, _ k: Int) -> [(row: Int, score: Double)] {
  let rows = x.count / dimensions
  let scored = (0..<rows).map { row in
    (row: row, score: score(query[...], x[row * dimensions..<(row + 1) * dimensions], metric))
  }
  return Array(scored.sorted { $0.score > $1.score }.prefix(k))
}

private func collection(_ bench: CollectionBench, _ x: [Float], _ settings: VectorSettings) throws -> SearchCollection {
  let collection = try bench.home.makeCollection("own", model: "hone-static", settings: settings)
  let items = (0..<x.count / dimensions).map {
    CollectionItem(key: "\($0)", text: "row \($0)", fields: ["odd": .bool($0 % 2 == 1)])
  }
  _ = try collection.add(items, vectors: x)
  return collection
}

private func options(_ k: Int, _ change: (inout SearchOptions) -> Void = { _ in }) -> SearchOptions {
  var options = SearchOptions()
  (options.topK, options.legs) = (k, .vectors)
  change(&options)
  return options
}

@Test(arguments: VectorSettings.Metric.allCases, VectorSettings.Encoding.allCases)
func everyMetricAndEncodingFindsTheNearest(metric: VectorSettings.Metric, encoding: VectorSettings.Encoding) throws {
  let bench = try CollectionBench()
  defer { bench.remove() }
  let all = vectors(2_420, seed: 5)
  let (x, queries) = (Array(all[..<(2_400 * dimensions)]), Array(all[(2_400 * dimensions)...]))
  let own = try collection(bench, x, VectorSettings(metric: metric, encoding: encoding))
  #expect(try own.buildIndex())
  let again = try bench.home.collection("own")  // out of the index's file
  let info = try again.info()
  #expect(info.metric == metric.rawValue && info.encoding == encoding.rawValue && info.lists > 0 && info.notes.isEmpty)
  var (hits, wanted) = (0, 0)
  for query in (0..<20).map({ Array(queries[$0 * dimensions..<($0 + 1) * dimensions]) }) {
    let truth = nearest(x, query, metric, 10)
    let exact = try again.search(text: nil, vector: query, options(10) { $0.preset = nil })
    // What is told is computed from the rows themselves, whatever the index holds.
    for hit in exact {
      let row = try #require(Int(hit.key))
      let expected = score(query[...], x[row * dimensions..<(row + 1) * dimensions], metric)
      #expect(abs(hit.score - expected) <= 1e-5 * max(1, abs(expected)) && hit.similarity == hit.score)
    }
    if encoding == .float32 { #expect(exact.map(\.key) == truth.map { "\($0.row)" }) }
    let found = Set(try again.search(text: nil, vector: query, options(10) { $0.preset = "precise" }).map(\.key))
    hits += truth.count { found.contains("\($0.row)") }
    wanted += truth.count
    let odd = try again.search(text: nil, vector: query, options(10) { $0.filter = "odd == true" })
    #expect(odd.count == 10 && odd.allSatisfy { $0.fields["odd"] == .bool(true) })
  }
  #expect(Double(hits) / Double(wanted) >= 0.93, "\(hits) of \(wanted)")
}

@Test func anIndexTakesOtherNumbersAndListsWithoutItsRows() throws {
  let bench = try CollectionBench()
  defer { bench.remove() }
  let x = vectors(2_400, seed: 7)
  let own = try collection(bench, x, VectorSettings(metric: .dot, lists: 30))
  #expect(try own.buildIndex())
  let other = try bench.home.collection("own")
  let query = vectors(1, seed: 8)
  let truth = nearest(x, query, .dot, 5).map { "\($0.row)" }
  let wide = try own.info()
  #expect(wide.lists == 30 && wide.encoding == "bfloat16")
  #expect(try other.search(text: nil, vector: query, options(5)).count == 5)
  try own.retrain(VectorSettings(metric: .dot, encoding: .int8, lists: 50, groups: 32))
  let narrow = try own.info()
  #expect(narrow.lists == 50 && narrow.encoding == "int8" && narrow.indexBytes < wide.indexBytes * 2 / 3)
  // Who had it open before finds the same, and trains as was asked for.
  #expect(try Set(other.search(text: nil, vector: query, options(5) { $0.preset = nil }).map(\.key)) == Set(truth))
  #expect(try other.buildIndex(always: true) && other.info().lists == 50)
  #expect(try bench.home.collection("own").info().notes.isEmpty)
  let settings = try bench.home.collection("own").settings
  #expect(settings == VectorSettings(metric: .dot, encoding: .int8, lists: 50, groups: 32))
  // More lists than rows are as many as rows.
  try own.retrain(VectorSettings(metric: .dot, lists: 1_000_000))
  #expect(try own.info().lists == 2_400 && own.check().isWhole)
}

@Test func probesAndRowsComparedAgainAreTheCallersToChoose() throws {
  let bench = try CollectionBench()
  defer { bench.remove() }
  let all = vectors(2_430, seed: 9)
  let (x, queries) = (Array(all[..<(2_400 * dimensions)]), Array(all[(2_400 * dimensions)...]))
  let own = try collection(bench, x, VectorSettings(encoding: .float32, lists: 60))
  #expect(try own.buildIndex())
  var found: [Int: Int] = [:]
  for query in (0..<30).map({ Array(queries[$0 * dimensions..<($0 + 1) * dimensions]) }) {
    let truth = Set(nearest(x, query, .cosine, 10).map { "\($0.row)" })
    for probes in [1, 8, 60] {
      let hits = try own.search(
        text: nil, vector: query, options(10) { ($0.probes, $0.rerank) = (probes, probes * 40) })
      #expect(hits.count == 10)
      found[probes, default: 0] += hits.count { truth.contains($0.key) }
    }
  }
  // All lists and every row are the truth; one list is not.
  #expect(found[60] == 300 && found[1, default: 0] < found[8, default: 0] && found[8, default: 0] <= 300)
}

@Test func settingsThatCannotBeSayWhatCan() throws {
  let bench = try CollectionBench()
  defer { bench.remove() }
  func refuses(_ words: [String], _ body: () throws -> Void) {
    do {
      try body()
      Issue.record("\(words) was taken")
    } catch let error as HoneError {
      let text = "\(error)"
      #expect(words.allSatisfy { text.contains($0) }, "\(error)")
    } catch {
      Issue.record("\(error)")
    }
  }
  for lists in [0, -1, 1 << 25] {
    refuses(["lists", "1 to", "\(lists)"]) { _ = try collection(bench, [], VectorSettings(lists: lists)) }
  }
  refuses(["groups", "4 to"]) { _ = try collection(bench, [], VectorSettings(groups: 3)) }
  #expect(bench.home.collectionNames().isEmpty)
  let own = try collection(bench, vectors(2_100, seed: 1), VectorSettings(metric: .l2))
  #expect(try own.buildIndex())
  refuses(["metric", "l2", "cosine"]) { try own.retrain(VectorSettings(metric: .cosine)) }
  refuses(["groups"]) { try own.retrain(VectorSettings(metric: .l2, groups: 1_000)) }
  for wrong in [0, -5, Int.max] {
    refuses(["probes", "\(wrong)"]) {
      _ = try own.search(text: nil, vector: vectors(1, seed: 2), options(3) { $0.probes = wrong })
    }
    refuses(["rerank", "\(wrong)"]) {
      _ = try own.search(text: nil, vector: vectors(1, seed: 2), options(3) { $0.rerank = wrong })
    }
  }
  // A vector that no index can hold does not become a row that every search stumbles over.
  refuses(["row 1", "1e30"]) {
    _ = try own.add(
      [CollectionItem(key: "a", text: "a"), CollectionItem(key: "b", text: "b")],
      vectors: vectors(1, seed: 3) + [Float](repeating: 1e20, count: dimensions))
  }
  #expect(try own.info().rows == 2_100 && own.check().isWhole)
  // What a file says that was changed by hand, or by another program.
  let store = try CollectionStore(
    at: bench.home.url.appendingPathComponent("collections/own/rows.sqlite"), terms: { $0 })
  for (name, value) in [("lists", "-7"), ("groups", "99999"), ("metric", "manhattan"), ("encoding", "int2")] {
    let before = try store.head()[name]
    try store.setHead([name: value])
    refuses(["what the collection is", "backup"]) { _ = try bench.home.collection("own") }
    try store.setHead([name: before])
  }
  #expect(try bench.home.collection("own").info().rows == 2_100)
}

@Test func recommendationsAndDiversityGoByTheMetric() throws {
  let bench = try CollectionBench()
  defer { bench.remove() }
  // Along a line: with l2 the nearest to 10 and 12 are around 11; with dot the farthest out is the best.
  let x = (0..<40).flatMap { row in [Float(row), 1] + [Float](repeating: 0, count: dimensions - 2) }
  for metric in [VectorSettings.Metric.l2, .dot] {
    let own = try collection(bench, x, VectorSettings(metric: metric, encoding: .float32))
    var request = RecommendRequest()
    (request.like, request.options.topK) = (["10", "12"], 3)
    let hits = try own.recommend(request)
    #expect(hits.map(\.key) == (metric == .l2 ? ["11", "9", "13"] : ["39", "38", "37"]))
    #expect(hits.allSatisfy { $0.becauseSimilarity != nil })
    let query = [11, 1] + [Float](repeating: 0, count: dimensions - 2)
    let diverse = try own.search(text: nil, vector: query, options(5) { $0.diversity = 0.3 })
    #expect(diverse.count == 5 && diverse.first?.key == (metric == .l2 ? "11" : "39"))
    for hit in diverse { #expect(hit.score == hit.similarity) }
    try bench.home.removeCollection("own")
  }
}

@Test func anIndexOfFaissKeepsItsMetricAndLengths() throws {
  let bench = try CollectionBench()
  defer { bench.remove() }
  let texts = (0..<30).map { "row \($0)" }
  let unit = try bench.embedder.embed(texts.map { .text($0) }, EmbeddingOptions(task: "document")).values
  let x = unit.enumerated().map { $1 * Float(1 + $0 / dimensions % 3) }
  let items = texts.map { CollectionItem(key: $0, text: $0) }
  let own = try bench.home.makeCollection("own", model: "hone-static", settings: VectorSettings(metric: .l2))
  _ = try own.add(items, vectors: x)
  let file = bench.folder.appendingPathComponent("own.faiss")
  #expect(try own.export(to: file) == 30)
  #expect(try Data(contentsOf: file).prefix(4) == Data("IxF2".utf8))
  let query = Array(unit[0..<dimensions])
  let before = try own.search(text: nil, vector: query, options(30)).map(\.score)
  for metric in VectorSettings.Metric.allCases {
    _ = try bench.home.importFaiss(
      "\(metric)", from: file, items: items, model: "hone-static", settings: VectorSettings(metric: metric))
    let after = try bench.home.collection("\(metric)").search(text: nil, vector: query, options(30)).map(\.score)
    switch metric {
    case .l2: #expect(after == before)
    case .dot: #expect(after.max() ?? 0 > 1.01)
    case .cosine: #expect(after.allSatisfy { $0 < 1.00001 })
    }
  }
}

@Test func theCommandLineChoosesThemAndSaysWhatItHas() throws {
  let bench = try Workbench()
  let file = try bench.file("rows.csv", "text\n" + (0..<60).map { "a row about \($0) apples\n" }.joined())
  let made = try bench.run(["index", "add", "rows", file.path, "--metric", "l2", "--encoding", "int8"])
  #expect(made.status == 0, "\(made.error)")
  let shown = try bench.run(["index", "show", "rows", "--json"]).out
  #expect(shown.contains("\"l2\"") && shown.contains("\"int8\""))
  let other = try bench.run(["index", "add", "rows", file.path, "--metric", "dot"])
  #expect(other.status == 1 && other.error.contains("l2") && other.error.contains("new collection"))
  let wider = try bench.run(["index", "add", "rows", file.path, "--encoding", "float32"])
  #expect(wider.status == 1 && wider.error.contains("hone index compact rows"))
  #expect(try bench.run(["index", "compact", "rows", "--encoding", "float32"]).status == 0)
  #expect(try bench.run(["index", "add", "rows", file.path, "--encoding", "float32"]).out.contains("60 there already"))
  let found = try bench.run([
    "search", "rows", "7 apples", "-k", "2", "--probes", "4", "--rerank", "50", "--by", "vectors",
  ])
  #expect(found.status == 0 && found.out.contains("a row about 7 apples"), "\(found.error)")
  let both = try bench.run(["search", "rows", "7 apples", "--exact", "--probes", "4"])
  #expect(both.status == 64 && both.error.contains("--exact"))
}
