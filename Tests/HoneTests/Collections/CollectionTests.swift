import Foundation
import Hone
import HoneTestSupport
import Testing

/// A home of its own for each test, with the built-in model.
struct CollectionBench {
  let folder: URL
  let home: Home

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("hone-collections-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    home = Home(folder.appendingPathComponent("home", isDirectory: true))
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }

  var embedder: Embedder { get throws { try home.embedder("hone-static") } }

  func write(_ name: String, _ text: String) throws -> URL {
    let file = folder.appendingPathComponent(name)
    try Data(text.utf8).write(to: file)
    return file
  }

  /// Eight rows of two subjects.
  func foods() throws -> SearchCollection {
    let file = try write(
      "foods.csv",
      """
      id,text,score,lang
      a,Delicious black beans in tomato sauce,5,en
      b,The beans were rotten and smelled bad,1,en
      c,A wonderful strong coffee for the morning,5,en
      d,Weak and watery coffee,2,en
      e,Koffie uit een oude kan,3,nl
      f,Green tea with jasmine,4,en
      g,Delicious black beans in tomato sauce,4,en
      h,Chocolate cake with cherries,5,de

      """)
    let collection = try home.makeCollection("foods", model: "hone-static")
    let report = try collection.add(try home.collectionItems(file, text: "text", id: "id"), embedder)
    #expect(report.added == 8 && report.withoutText == 0)
    return collection
  }
}

private func options(_ k: Int, _ filter: String? = nil, _ legs: SearchOptions.Legs = .both) -> SearchOptions {
  var options = SearchOptions()
  (options.topK, options.filter, options.legs) = (k, filter, legs)
  return options
}

@Test(arguments: SearchOptions.Legs.allCases)
func rowsAreFoundByMeaningWordsAndFields(legs: SearchOptions.Legs) throws {
  let bench = try CollectionBench()
  defer { bench.remove() }
  let foods = try bench.foods()
  func keys(_ text: String, _ k: Int, _ filter: String? = nil) throws -> [String] {
    try foods.search(text, bench.embedder, options(k, filter, legs)).map(\.key)
  }
  #expect(Set(try keys("delicious beans", 2)) == ["a", "g"])
  #expect(try keys("delicious beans", 1, "score < 2") == ["b"])
  #expect(try keys("coffee", 2).contains("c"))
  // As many as match, and no more.
  let none = try keys("beans", 10, "score > 5")
  #expect(none.isEmpty)
  if legs != .words { #expect(Set(try keys("beans", 10, "lang in ('nl', 'de')")) == ["e", "h"]) }
}

@Test func aHitTellsItsFieldsAndItsCosine() throws {
  let bench = try CollectionBench()
  defer { bench.remove() }
  let hit = try #require(try bench.foods().search("green tea", bench.embedder, options(1, nil, .vectors)).first)
  #expect(hit.key == "f" && hit.fields == ["score": .number(4), "lang": .text("en"), "id": .text("f")])
  let vectors = try bench.embedder.embed([.text("green tea"), .text("Green tea with jasmine")])
  let cosine = zip(vectors[0], vectors[1]).reduce(0) { $0 + $1.0 * $1.1 }
  #expect(abs((hit.similarity ?? 9) - Double(cosine)) < 1e-5 && hit.score == hit.similarity)
}

@Test func questionsThatCannotBeAnsweredSayWhy() throws {
  let bench = try CollectionBench()
  defer { bench.remove() }
  let foods = try bench.foods()
  func complaint(_ body: () throws -> Void) -> String {
    do { try body() } catch { return "\(error)" }
    return ""
  }
  #expect(complaint { _ = try foods.search("x", bench.embedder, options(0)) }.contains("1 to"))
  #expect(complaint { _ = try foods.search("x", bench.embedder, options(1, "score >> 2")) }.contains("column"))
  #expect(complaint { _ = try foods.search("x", bench.embedder, options(1, "stars > 2")) }.contains("stars"))
  #expect(complaint { _ = try foods.search(text: nil, vector: [1, 2], options(1)) }.contains("256"))
  #expect(complaint { _ = try bench.home.collection("drinks") }.contains("foods"))
  #expect(complaint { _ = try bench.home.makeCollection("foods", model: "hone-static") }.contains("free"))
  #expect(complaint { _ = try bench.home.makeCollection("../x", model: "hone-static") }.contains("name"))
  #expect(complaint { _ = try foods.recommend(RecommendRequest()) }.contains("one row or more"))
  #expect(complaint { _ = try foods.add([CollectionItem(key: "z", text: "z")], vectors: [1]) }.contains("256"))
  let broken = [Float](repeating: .nan, count: 256)
  #expect(complaint { _ = try foods.add([CollectionItem(key: "z", text: "z")], vectors: broken) }.contains("finite"))
  #expect(try foods.info().rows == 8)
}

@Test func addingAgainEmbedsOnlyWhatIsNew() throws {
  let bench = try CollectionBench()
  defer { bench.remove() }
  let foods = try bench.foods()
  let file = try bench.write(
    "more.csv", "id,text,score,lang\na,Delicious black beans in tomato sauce,1,en\nz,Rye bread,3,en\ny,,1,en\n")
  let items = try bench.home.collectionItems(file, text: "text", id: "id")
  var report = try foods.add(items, bench.embedder)
  // The score of a changed, and the file that it comes from.
  #expect(report.added == 1 && report.replaced == 1 && report.withoutText == 1 && report.rowsWithoutText == [3])
  report = try foods.add(items, bench.embedder)
  #expect(report.added == 0 && report.replaced == 0 && report.unchanged == 2)
  #expect(try foods.search("rye bread", bench.embedder, options(1)).first?.key == "z")
  #expect(try foods.remove(keys: ["z"]) == 1)
  #expect(try foods.search("rye bread", bench.embedder, options(1)).first?.key != "z")
  #expect(try foods.check().isWhole)
}

@Test func anotherOpenCollectionSeesWhatWasAcknowledged() throws {
  let bench = try CollectionBench()
  defer { bench.remove() }
  let (foods, other) = (try bench.foods(), try bench.home.collection("foods"))
  #expect(try other.search("beans", bench.embedder, options(3)).count == 3)
  _ = try foods.add([CollectionItem(key: "new", text: "Lentil soup")], bench.embedder)
  #expect(try other.search("lentil soup", bench.embedder, options(1)).first?.key == "new")
  #expect(try other.search("lentil soup", bench.embedder, options(1, "score is null")).first?.key == "new")
}

@Test func recommendationsSkipTheSameTextAndSayWhy() throws {
  let bench = try CollectionBench()
  defer { bench.remove() }
  let foods = try bench.foods()
  var request = RecommendRequest()
  (request.like, request.options.topK) = (["a"], 3)
  let hits = try foods.recommend(request)
  #expect(hits.count == 3 && hits.first?.key == "b" && hits.allSatisfy { $0.because == "a" })
  #expect(!hits.map(\.key).contains("g"))
  // By place, and away from another.
  (request.like, request.unlike) = (["2"], ["b"])
  #expect(try foods.recommend(request).first?.key == "d")
  (request.like, request.unlike, request.user) = ([], [], ("lang", "nl"))
  #expect(try foods.recommend(request).allSatisfy { $0.key != "e" && $0.because == "e" })
}

@Test func diverseHitsAreNotCopiesOfOneAnother() throws {
  let bench = try CollectionBench()
  defer { bench.remove() }
  let foods = try bench.foods()
  var wanted = options(2, nil, .vectors)
  #expect(Set(try foods.search("black beans", bench.embedder, wanted).map(\.key)) == ["a", "g"])
  wanted.diversity = 0.5
  #expect(try foods.search("black beans", bench.embedder, wanted).map(\.key) != ["a", "g"])
}

@Test func anIndexIsTrainedKeptAndMadeAnewWhenDamaged() throws {
  let bench = try CollectionBench()
  defer { bench.remove() }
  let collection = try bench.home.makeCollection("many", model: "hone-static")
  var random = Seeded(3)
  let words = ["red", "green", "boat", "river", "lamp", "glass", "stone", "bread", "salt", "paper", "cloud", "train"]
  let items = (0..<3000).map { n in
    CollectionItem(key: "\(n)", text: (0..<6).map { _ in random.pick(words) }.joined(separator: " ") + " \(n)")
  }
  _ = try collection.add(items, bench.embedder)
  #expect(try collection.buildIndex())
  let info = try collection.info(measures: true)
  #expect(info.lists > 0 && info.indexBytes > 0 && info.recall ?? 0 >= 0.9)
  let exact = { (open: SearchCollection) -> [String] in
    var wanted = options(5, nil, .vectors)
    wanted.preset = nil
    return try open.search("a boat on the river", bench.embedder, wanted).map(\.key)
  }
  let truth = try exact(collection)
  // What came after it was trained is found too.
  _ = try collection.add([CollectionItem(key: "new", text: "zebra crossing")], bench.embedder)
  #expect(try collection.search("zebra crossing", bench.embedder, options(1)).first?.key == "new")
  let folder = bench.home.url.appendingPathComponent("indexes/\(collection.id)")
  let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder.path).first)
  var bytes = try Data(contentsOf: folder.appendingPathComponent(name))
  bytes[bytes.count / 2] ^= 0x10
  try bytes.write(to: folder.appendingPathComponent(name))
  let again = try bench.home.collection("many")
  #expect(try again.info().notes.contains { $0.contains("damaged") })
  let found = try exact(again)
  #expect(found == truth)
  #expect(try again.check().isWhole)
  #expect(try again.buildIndex())
  #expect(try again.info().lists > 0)
}

@Test func aDamagedCollectionLeavesTheOthersAlone() throws {
  let bench = try CollectionBench()
  defer { bench.remove() }
  _ = try bench.foods()
  let backup = bench.folder.appendingPathComponent("other.backup")
  do {
    let other = try bench.home.makeCollection("other", model: "hone-static")
    _ = try other.add([CollectionItem(key: "1", text: "one row")], bench.embedder)
    try other.backup(to: backup)
    #expect(throws: HoneError.self) { try other.backup(to: backup) }
  }
  try Data("no database".utf8).write(to: bench.home.url.appendingPathComponent("collections/other/rows.sqlite"))
  #expect(throws: HoneError.self) { try bench.home.collection("other") }
  #expect(try bench.home.collection("foods").search("beans", bench.embedder, options(1)).count == 1)
  // Mended from the backup; one that is none changes nothing.
  #expect(throws: (any Error).self) {
    try bench.home.restoreCollection(
      "foods", from: bench.home.url.appendingPathComponent("collections/other/rows.sqlite"))
  }
  #expect(try bench.home.collection("foods").info().rows == 8)
  let mended = try bench.home.restoreCollection("other", from: backup)
  #expect(try mended.search("one row", bench.embedder, options(1)).first?.key == "1")
  try bench.home.removeCollection("foods")
  #expect(bench.home.collectionNames() == ["other"])
}

@Test func vectorsOfTwoModelsAreNotMixed() throws {
  let models = try EmbeddingBench()
  defer { withExtendedLifetime(models) {} }
  let home = try models.pulled()
  let collection = try home.makeCollection("small", model: "small")
  _ = try collection.add([CollectionItem(key: "1", text: "how many")], home.embedder("small"))
  do {
    _ = try collection.search("how many", home.embedder("hone-static"))
    Issue.record("vectors of another model were taken")
  } catch let error as HoneError {
    #expect(error.code == "mixed_lineage" && error.remedy.contains("rebuild"))
  }
  try collection.rebuild(with: home.embedder("small"))
  #expect(try collection.search("how many", home.embedder("small")).count == 1)
}

@Test func anExportGivesEveryRowAndItsLineage() throws {
  let bench = try CollectionBench()
  defer { bench.remove() }
  let foods = try bench.foods()
  let target = bench.folder.appendingPathComponent("rows.jsonl")
  #expect(try foods.export(to: target) == 8)
  let back = try bench.home.makeCollection("back", model: "hone-static")
  let items = try bench.home.collectionItems(target, text: "text", fields: ["score", "lang"], id: "key")
  #expect(items.count == 8 && items[0].fields == ["score": .number(5), "lang": .text("en")])
  _ = try back.add(items, bench.embedder)
  #expect(try back.search("green tea", bench.embedder, options(1)).first?.key == "f")
  let lineage = try String(contentsOf: target.appendingPathExtension("meta.json"), encoding: .utf8)
  let fingerprint = try foods.fingerprint
  #expect(lineage.contains("hone-static") && lineage.contains(fingerprint))
}

@Test func aFaissIndexGoesOutAndComesBack() throws {
  let bench = try CollectionBench()
  defer { bench.remove() }
  let foods = try bench.foods()
  let target = bench.folder.appendingPathComponent("foods.faiss")
  #expect(try foods.export(to: target) == 8)
  let items = try bench.home.collectionItems(
    bench.folder.appendingPathComponent("foods.csv"), text: "text", fields: ["lang"], id: "id")
  let report = try bench.home.importFaiss("again", from: target, items: items, model: "hone-static")
  #expect(report.added == 8)
  let again = try bench.home.collection("again")
  #expect(try again.search("green tea", bench.embedder, options(1)).first?.key == "f")
  #expect(throws: HoneError.self) {
    try bench.home.importFaiss("less", from: target, items: Array(items.prefix(5)), model: "hone-static")
  }
  #expect(throws: HoneError.self) {
    try bench.home.importFaiss("mixed", from: target, items: items.reversed(), model: "hone-static")
  }
  #expect(bench.home.collectionNames() == ["again", "foods"])
}
