import Foundation
import Hone
import HoneStore
import HoneTestSupport
import Testing

/// A collection of so many rows of random vectors, each with its number as a field.
private func manyRows(_ bench: CollectionBench, _ count: Int) throws -> SearchCollection {
  let collection = try bench.home.makeCollection("many", model: "hone-static")
  var random = Seeded(11)
  let items = (0..<count).map {
    CollectionItem(key: "\($0)", text: "row \($0)", fields: ["number": .number(Double($0))])
  }
  _ = try collection.add(items, vectors: random.values(count * 256))
  return collection
}

private func nearest(_ collection: SearchCollection, _ vector: [Float], _ k: Int, _ filter: String? = nil) throws
  -> [String]
{
  var options = SearchOptions()
  (options.topK, options.legs, options.filter) = (k, .vectors, filter)
  return try collection.search(text: nil, vector: vector, options).map(\.key)
}

/// Ways in which a file comes back from a power cut or a bad disk.
private enum Damage: CaseIterable {
  case bitTurned, cut, zeros

  func of(_ bytes: [UInt8], at place: Int) -> [UInt8] {
    switch self {
    case .bitTurned:
      var bytes = bytes
      bytes[place] ^= 0x20
      return bytes
    case .cut: return Array(bytes[..<place])
    case .zeros: return Array(bytes[..<place]) + [UInt8](repeating: 0, count: bytes.count - place)
    }
  }
}

@Test func anIndexFileDamagedAnywhereIsSeenAndMadeAnew() throws {
  let bench = try CollectionBench()
  defer { bench.remove() }
  let collection = try manyRows(bench, 2_100)
  #expect(try collection.buildIndex())
  let folder = bench.home.url.appendingPathComponent("indexes/\(collection.id)")
  let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder.path).first)
  let file = folder.appendingPathComponent(name)
  let whole = [UInt8](try Data(contentsOf: file))
  var random = Seeded(12)
  let query = random.values(256)
  var exact = SearchOptions()
  (exact.topK, exact.legs, exact.preset) = (10, .vectors, nil)
  let truth = try collection.search(text: nil, vector: query, exact).map(\.key)
  let store = try CollectionStore(
    at: bench.home.url.appendingPathComponent("collections/many/rows.sqlite"), terms: { $0 })
  let (change, rows) = (try store.change(), try store.count())
  let boundaries = Array(stride(from: 0, to: whole.count, by: 512))
  let tried = runsEverything ? boundaries : (0..<12).map { _ in random.pick(boundaries) } + [0, boundaries.count - 1]
  for (number, place) in tried.enumerated() {
    let damage = Damage.allCases[number % 3]
    let bytes = damage.of(whole, at: place)
    guard bytes != whole else { continue }
    try Data(bytes).write(to: file)
    let again = try bench.home.collection("many")
    #expect(try again.search(text: nil, vector: query, exact).map(\.key) == truth, "\(damage) at \(place)")
    #expect(try again.info().notes.contains { $0.contains("damaged") }, "\(damage) at \(place)")
    #expect(!FileManager.default.fileExists(atPath: file.path))
    #expect(try store.change() == change && store.count() == rows)
  }
  #expect(try bench.home.collection("many").buildIndex() && collection.check().isWhole)
}

@Test func rowsThatComeWhileOthersSearchAreFoundBySearchesThatBeginLater() async throws {
  let bench = try CollectionBench()
  defer { bench.remove() }
  let collection = try manyRows(bench, 2_500)
  #expect(try collection.buildIndex())
  await withTaskGroup(of: Void.self) { group in
    for writer in 0..<3 {
      group.addTask {
        var random = Seeded(100 + writer)
        for round in 0..<6 {
          let vectors = random.values(80 * 256)
          let items = (0..<80).map { CollectionItem(key: "\(writer)-\(round)-\($0)", text: "new") }
          _ = try? collection.add(items, vectors: vectors)
          for row in [0, 79] {
            let found = try? nearest(collection, Array(vectors[row * 256..<(row + 1) * 256]), 1)
            #expect(found == ["\(writer)-\(round)-\(row)"])
          }
        }
      }
    }
    for reader in 0..<3 {
      group.addTask {
        var random = Seeded(200 + reader)
        for _ in 0..<60 { #expect((try? nearest(collection, random.values(256), 10))?.count == 10) }
      }
    }
  }
  #expect(try collection.info().rows == 2_500 + 3 * 6 * 80)
  #expect(try collection.check().isWhole)
}

/// Rows are replaced all the time: each of them is there under one id or another, and none is missed.
@Test func aRowThatIsBeingReplacedIsNotMissed() async throws {
  let bench = try CollectionBench()
  defer { bench.remove() }
  let collection = try manyRows(bench, 200)
  let writer = Task.detached {
    var random = Seeded(5)
    for round in 0..<40 where !Task.isCancelled {
      let items = (0..<100).map { CollectionItem(key: "\($0)", text: "row \($0), again \(round)") }
      _ = try? collection.add(items, vectors: random.values(100 * 256))
    }
  }
  var random = Seeded(6)
  for _ in 0..<40 {
    let found = try nearest(collection, random.values(256), 200)
    #expect(Set(found).count == 200)
  }
  writer.cancel()
  await writer.value
}

@Test func someSearchesAreComparedWithAllRows() async throws {
  let bench = try CollectionBench()
  defer { bench.remove() }
  let collection = try manyRows(bench, 2_500)
  #expect(try collection.buildIndex())
  // Before any search was compared, rows of its own are asked for.
  let before = try collection.info(measures: true)
  #expect(before.recallSamples == nil && before.recall ?? 0 > 0.5)
  var random = Seeded(9)
  let end = ContinuousClock.now + .seconds(400)
  while try collection.info().recallSamples == nil, ContinuousClock.now < end {
    for _ in 0..<64 { _ = try nearest(collection, random.values(256), 3) }
    try await Task.sleep(for: .milliseconds(2))
  }
  let info = try collection.info(measures: true)
  let samples = try #require(info.recallSamples)
  let recall = try #require(info.recall)
  #expect(samples > 0 && recall > 0.3 && recall <= 1)
  // Another process reads what this one compared; a new index begins anew.
  #expect(try bench.home.collection("many").info(measures: true).recallSamples != nil)
  _ = try collection.buildIndex(always: true)
  #expect(try bench.home.collection("many").info(measures: true).recallSamples == nil)
}

@Test func anIndexIsTrainedBesideSearches() async throws {
  let bench = try CollectionBench()
  defer { bench.remove() }
  let collection = try manyRows(bench, 2_500)
  var random = Seeded(9)
  #expect(try collection.info().lists == 0)
  let end = ContinuousClock.now + .seconds(400)
  while try collection.info().lists == 0, ContinuousClock.now < end {
    _ = try nearest(collection, random.values(256), 3)
    try await Task.sleep(for: .milliseconds(1))
  }
  #expect(try collection.info().lists > 0)
}

@Test func rowsPutBackAreSeenToBeOthers() throws {
  let bench = try CollectionBench()
  defer { bench.remove() }
  let foods = try bench.foods()
  let backup = bench.folder.appendingPathComponent("foods.backup")
  try foods.backup(to: backup)
  try foods.remove(keys: ["a"])
  #expect(!foods.isReplaced)
  _ = try bench.home.restoreCollection("foods", from: backup)
  #expect(foods.isReplaced)
  #expect(try bench.home.collection("foods").info().rows == 8)
}

@Test func onlyTheStoresThatWereAskedForLastStayOpen() throws {
  let bench = try CollectionBench()
  defer { bench.remove() }
  var open = OpenStores(most: 2)
  for name in ["a", "b", "c"] {
    open[name] = try bench.home.makeCollection(name, model: "hone-static")
    if name == "b" { #expect(open["a"]?.name == "a") }
  }
  // The oldest was b, since a was asked for after it.
  #expect(open["b"] == nil && open["a"] != nil && open["c"] != nil)
  // Who still has one that was let go reads on.
  let held = try #require(open["a"])
  open["d"] = try bench.home.makeCollection("d", model: "hone-static")
  open["e"] = try bench.home.makeCollection("e", model: "hone-static")
  #expect(open["a"] == nil)
  #expect(try held.info().rows == 0)
  // Rows that were put back from a backup are opened again.
  let backup = bench.folder.appendingPathComponent("d.backup")
  try #require(open["d"]).backup(to: backup)
  _ = try bench.home.restoreCollection("d", from: backup)
  #expect(open["d"] == nil && open["e"] != nil)
}
