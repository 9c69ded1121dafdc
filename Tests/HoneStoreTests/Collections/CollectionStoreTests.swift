import Foundation
import HoneStore
import HoneTestSupport
import Testing

private func withStore<Result>(_ body: (CollectionStore, URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hone-rows-\(UUID().uuidString)")
  defer { try? FileManager.default.removeItem(at: folder) }
  let file = folder.appendingPathComponent("rows.sqlite")
  let store = try CollectionStore(at: file, head: ["name": "a", "dimensions": "3"], terms: { $0 })
  defer { try? store.close() }
  return try body(store, file)
}

private func row(_ key: String, _ text: String, part: String = "", vector: [Float] = [1, 2, 3]) -> NewCollectionRow {
  NewCollectionRow(
    key: key, part: part, text: text, payload: #"{"n":"\#(key)"}"#, digest: Array(text.utf8), vector: vector)
}

private func found(_ store: CollectionStore, _ query: String) throws -> [String] {
  var ids: [Int64] = []
  try store.matching(query) { id, _ in
    ids.append(id)
    return true
  }
  let rows = try store.rows(ids)
  return ids.compactMap { rows[$0]?.key }
}

private struct News {
  var change = 0
  var ids: [Int64] = []
  var vectors: [Float] = []
  var gone: [Int64] = []

  init(_ store: CollectionStore, after: Int) throws {
    (change, gone) = try store.news(after: after, portion: 2) {
      ids += $0; vectors += $1
    }
  }
}

@Test func rowsAreAddedReplacedAndLeftAlone() throws {
  try withStore { store, _ in
    var change = try store.add([row("a", "red beans"), row("b", "green peas")])
    #expect(change.added == 2 && change.replaced == 0)
    change = try store.add([row("a", "red beans"), row("b", "yellow peas"), row("c", "rice")])
    #expect(change.added == 1 && change.replaced == 1 && change.unchanged == 1)
    #expect(try store.count() == 3)
    #expect(try found(store, "beans") == ["a"] && found(store, "green").isEmpty && found(store, "yellow") == ["b"])
    #expect(try store.row(key: "b")?.text == "yellow peas" && store.row(key: "z") == nil)
    #expect(try store.remove(keys: ["a", "z"]) == 1)
    #expect(try found(store, "beans").isEmpty && store.count() == 2)
    #expect(try store.damages(dimensions: 3).isEmpty)
    #expect(try store.digests(of: ["a", "c"]) == ["c": Array("rice".utf8)])
    // Several of one key: the last counts.
    _ = try store.add([row("d", "one"), row("d", "two")])
    #expect(try store.row(key: "d")?.text == "two" && store.count() == 3)
  }
}

@Test func newsTellWhatCameChangedAndWent() throws {
  try withStore { store, _ in
    _ = try store.add([row("a", "x", vector: [1, 0, 0]), row("b", "y", vector: [0, 1, 0])])
    let first = try News(store, after: 0)
    #expect(first.vectors == [1, 0, 0, 0, 1, 0] && first.gone.isEmpty)
    _ = try store.add([row("b", "z", vector: [0, 0, 1])])
    _ = try store.remove(keys: ["a"])
    let second = try News(store, after: first.change)
    #expect(second.vectors == [0, 0, 1] && second.gone == first.ids)
    #expect(try News(store, after: second.change).ids.isEmpty)
    try store.replaceVectors([(second.ids[0], [5, 5, 5])])
    #expect(try News(store, after: second.change).vectors == [5, 5, 5])
  }
}

@Test func aChangedByteOfAVectorIsFoundAndNamed() throws {
  try withStore { store, file in
    _ = try store.add([row("a", "x", vector: [1.25, 0, 0]), row("b", "y")])
    try store.close()
    var bytes = try Data(contentsOf: file)
    let wanted = Data([0, 0, 0xA0, 0x3F, 0, 0, 0, 0])
    var place = bytes.range(of: wanted)
    if place == nil {
      bytes = try Data(contentsOf: URL(fileURLWithPath: file.path + "-wal"))
      place = bytes.range(of: wanted)
    }
    let at = try #require(place)
    bytes[at.lowerBound + 2] ^= 1
    try bytes.write(to: file)
    let damaged = try CollectionStore(at: file, terms: { $0 })
    #expect(try damaged.damages(dimensions: 3) == [.vector(key: "a")])
    #expect(throws: StoreError.self) { try News(damaged, after: 0) }
    #expect(try damaged.row(key: "b")?.text == "y")
    try damaged.close()
  }
}

@Test func aCopyIsWholeAndCareKeepsEverything() throws {
  try withStore { store, file in
    _ = try store.add((0..<500).map { row("\($0)", "text number\($0)", part: $0 % 2 == 0 ? "even" : "odd") })
    #expect(try store.remove(part: "odd") == 250)
    let copy = file.deletingLastPathComponent().appendingPathComponent("copy.sqlite")
    try store.backup(to: copy)
    try store.compact(before: try store.change())
    try store.rebuildWords()
    #expect(try store.damages(dimensions: 3).isEmpty)
    let other = try CollectionStore(at: copy, terms: { $0 })
    for each in [store, other] {
      #expect(try each.count() == 250 && found(each, "number248") == ["248"] && found(each, "number249").isEmpty)
      #expect(try each.parts().map(\.name) == ["even"])
      #expect(try each.rows(after: 0, limit: 3).map(\.key) == ["0", "2", "4"])
    }
    #expect(try store.head() == ["name": "a", "dimensions": "3"])
    try other.close()
  }
}

@Test func aCollectionThatIsNotThereOrAnothersIsRefused() throws {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hone-rows-\(UUID().uuidString)")
  defer { try? FileManager.default.removeItem(at: folder) }
  #expect(throws: StoreError.self) {
    try CollectionStore(at: folder.appendingPathComponent("rows.sqlite"), terms: { $0 })
  }
  let records = try Store(in: folder)
  try records.close()
  #expect(throws: StoreError.self) { try CollectionStore(at: records.file, terms: { $0 }) }
}

/// Closing a descriptor of a file takes the process's locks on it away; another process that closes the file would then
/// remove the log that this one writes to.
@Test func anotherProcessLeavesTheLogOfAFileThatIsOpenTwice() async throws {
  let folder = newFolder(onDisk: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let file = folder.appendingPathComponent("rows.sqlite")
  func row(_ key: String) -> NewCollectionRow {
    NewCollectionRow(key: key, text: key, payload: "{}", digest: [1], vector: [1, 2])
  }
  func log() throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: file.path + "-wal")[.systemFileNumber] as? Int
  }
  let first = try CollectionStore(at: file, head: ["dimensions": "2"], terms: { $0 })
  let second = try CollectionStore(at: file, terms: { $0 })
  _ = try first.add([row("1")])
  let before = try log()
  await #expect(processExitsWith: .success) { [path = file.path as String] in
    let other = try CollectionStore(at: URL(fileURLWithPath: path), terms: { $0 })
    guard try other.count() == 1 else { exit(1) }
    try other.close()
  }
  #expect(try before != nil && log() == before)
  _ = try second.add([row("2")])
  #expect(try CollectionStore(at: file, terms: { $0 }).count() == 2)
}

@Test func aFileThatGotOtherAttributesIsNotSettledWithTheOldOnes() throws {
  let folder = newFolder()
  defer { try? FileManager.default.removeItem(at: folder) }
  let store = try CollectionStore(
    at: folder.appendingPathComponent("rows.sqlite"), head: ["dimensions": "2"], terms: { $0 })
  let source = StoredSource(
    id: "f", name: "f.txt", batch: nil, createdAt: 1, status: "in_progress", attributes: "{}", maxTokens: 100,
    overlap: 0)
  try store.take([source])
  try store.setAttributes(source: "f", #"{"a":1}"#) { _ in "{}" }
  #expect(try !store.settle(source: "f", from: "in_progress", to: "completed", attributes: "{}"))
  #expect(try store.settle(source: "f", from: "in_progress", to: "completed", attributes: #"{"a":1}"#))
  _ = try store.add([
    NewCollectionRow(key: "f#0", part: "f", text: "x", payload: "{}", digest: [1], vector: [1, 2])
  ])
  #expect(try store.remove(source: "f") && store.count() == 0 && !store.remove(source: "f"))
}
