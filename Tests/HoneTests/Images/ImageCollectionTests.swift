import Foundation
import Hone
import HoneTestSupport
import Testing

/// A home with the small CLIP of `Golden`, and photos in three folders.
private struct ImageBench {
  let bench: CollectionBench
  var home: Home { bench.home }
  var photos: URL { bench.folder.appendingPathComponent("photos") }

  init() throws {
    bench = try CollectionBench()
    let golden = try #require(Bundle.module.url(forResource: "Golden", withExtension: nil))
    _ = try home.importModel("clip", from: golden.appending(path: "clip"))
    try makePhotos(
      in: photos, folders: [("red", [200, 30, 20]), ("green", [20, 180, 40]), ("blue", [10, 30, 210])], each: 4)
  }
}

@Test func picturesOfOneKindFindEachOther() throws {
  let bench = try ImageBench()
  defer { bench.bench.remove() }
  let report = try bench.home.indexImages(bench.photos)
  #expect((report.images, report.added, report.unchanged, report.removed) == (12, 12, 0, 0) && report.skipped.isEmpty)
  let asked = bench.photos.appendingPathComponent("green/2.png")
  let hits = try bench.home.searchImages(like: asked, limit: 3)
  #expect(hits.map(\.folder) == ["green", "green", "green"])
  #expect(!hits.map(\.path).contains { $0.hasSuffix("green/2.png") })
  #expect(hits.allSatisfy { $0.width == 40 && $0.height == 36 && $0.similarity > 0.9 && $0.similarity < 1.0001 })
  let others = try bench.home.searchImages(like: asked, limit: 8, filter: "folder != 'green' and width > 10")
  #expect(others.count == 8 && others.allSatisfy { $0.folder != "green" })
  let found = try bench.home.classifyImage(asked, neighbours: 3)
  #expect((found.label, found.share) == ("green", 1))
  let check = try bench.home.checkImages(neighbours: 3)
  #expect((check.asked, check.folders, check.accuracy, check.precision) == (12, 3, 1, 1))
  #expect(abs(check.chance - 1.0 / 3) < 1e-9)
}

@Test func aTextFindsPicturesWhereTheModelReadsText() throws {
  let bench = try ImageBench()
  defer { bench.bench.remove() }
  _ = try bench.home.indexImages(bench.photos)
  let encoder = try bench.home.imageEncoder("clip")
  let text = try encoder.embed(texts: ["a yellow flower"])[0]
  let hits = try bench.home.searchImages("a yellow flower", limit: 12)
  #expect(hits.count == 12 && hits.map(\.similarity) == hits.map(\.similarity).sorted(by: >))
  for hit in hits {
    let own = try encoder.embed([URL(fileURLWithPath: hit.path)])[0]
    #expect(abs(Double(zip(text, own).reduce(0) { $0 + $1.0 * $1.1 }) - hit.similarity) < 1e-4)
  }
}

@Test func onlyWhatChangedIsLookedAtAgain() throws {
  let bench = try ImageBench()
  defer { bench.bench.remove() }
  _ = try bench.home.indexImages(bench.photos)
  let manager = FileManager.default
  try manager.removeItem(at: bench.photos.appendingPathComponent("red/0.png"))
  try manager.removeItem(at: bench.photos.appendingPathComponent("red/1.png"))
  try manager.copyItem(
    at: bench.photos.appendingPathComponent("blue/1.png"), to: bench.photos.appendingPathComponent("red/1.png"))
  try manager.copyItem(
    at: bench.photos.appendingPathComponent("blue/1.png"), to: bench.photos.appendingPathComponent("blue/9.png"))
  let report = try bench.home.indexImages(bench.photos)
  #expect((report.images, report.added, report.replaced, report.unchanged, report.removed) == (12, 1, 1, 10, 1))
  // A folder of the same tree leaves the rest alone.
  let part = try bench.home.indexImages(bench.photos.appendingPathComponent("blue"))
  #expect((part.images, part.unchanged, part.removed) == (12, 5, 0))
  // Copies of the asked picture are left out.
  let hits = try bench.home.searchImages(like: bench.photos.appendingPathComponent("blue/9.png"), limit: 3)
  #expect(hits.count == 3 && hits.allSatisfy { !$0.path.hasSuffix("blue/1.png") && !$0.path.hasSuffix("red/1.png") })
}

@Test func whatCannotBeReadIsCountedAndNeverInTheWay() throws {
  let bench = try ImageBench()
  defer { bench.bench.remove() }
  let whole = try Data(contentsOf: bench.photos.appendingPathComponent("red/0.png"))
  func write(_ name: String, _ data: Data) throws { try data.write(to: bench.photos.appendingPathComponent(name)) }
  try write("cut.png", whole.prefix(whole.count / 2))
  try write("text.jpg", Data("no picture".utf8))
  try write("movie.gif", Data("GIF89a".utf8))
  try write("notes.txt", Data("notes".utf8))
  try write(".hidden.png", whole)
  try FileManager.default.createSymbolicLink(
    at: bench.photos.appendingPathComponent("link.png"),
    withDestinationURL: bench.photos.appendingPathComponent("red/0.png"))
  let report = try bench.home.indexImages(bench.photos)
  #expect(report.images == 12 && report.skippedPaths.count == 6)
  #expect(
    report.skipped == [
      "cut off before the picture ends": 1, "neither JPEG nor PNG (other bytes)": 1, "neither JPEG nor PNG (gif)": 1,
      "no picture by its name": 1, "hidden": 1, "a link": 1,
    ])
  // A picture that was whole and is damaged now is no longer found.
  try write("red/0.png", whole.prefix(whole.count - 20))
  let later = try bench.home.indexImages(bench.photos)
  #expect((later.images, later.removed, later.skipped["cut off before the picture ends"]) == (11, 1, 2))
}

@Test func picturesAndTextsAreNotMixed() throws {
  let bench = try ImageBench()
  defer { bench.bench.remove() }
  _ = try bench.home.indexImages(bench.photos, collection: "photos")
  let foods = try bench.bench.foods()
  func refuses(_ word: String, _ body: () throws -> Void) {
    do {
      try body()
      Issue.record("nothing was refused: \(word)")
    } catch {
      #expect(describe(error).contains(word), "\(describe(error))")
    }
  }
  refuses("one of texts") { _ = try bench.home.indexImages(bench.photos, collection: "foods") }
  refuses("one of texts") { try bench.home.removeImageCollection("foods") }
  refuses("one of pictures") { _ = try bench.home.embeddingModel("clip") }
  refuses("one of pictures") { _ = try bench.home.makeCollection("more", model: "clip") }
  refuses("only models of texts") { _ = try bench.home.verifyModel("clip") }
  refuses("expected vectors of") {
    _ = try bench.home.collection("photos").search("red", bench.bench.embedder)
  }
  #expect(try foods.info().rows == 8)
  // Another model of the same size has other vectors.
  let golden = try #require(Bundle.module.url(forResource: "Golden", withExtension: nil))
  _ = try bench.home.importModel("other", from: golden.appending(path: "clip-old-end"))
  refuses("cannot be mixed") {
    _ = try bench.home.indexImages(bench.photos, collection: "photos", model: "other")
  }
  refuses("expected one model of pictures") { _ = try bench.home.indexImages(bench.photos, collection: "new") }
  let models = try bench.home.listModels().filter { $0.kind == .image }
  #expect(models.map(\.name) == ["clip", "other"] && models.allSatisfy { $0.dimensions == 20 })
  let infos = try bench.home.listImageCollections()
  #expect(infos.map(\.name) == ["photos"] && infos.first?.folders == ["red": 4, "green": 4, "blue": 4])
  try bench.home.removeImageCollection("photos")
  #expect(try bench.home.listImageCollections().isEmpty)
}
