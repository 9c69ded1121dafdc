import Foundation
import HoneStore
import HoneTestSupport
import Testing

/// A folder that goes with the test.
private final class Folder {
  let url = FileManager.default.temporaryDirectory.appendingPathComponent("hone-cache-\(UUID().uuidString)")
  var file: URL { url.appendingPathComponent("vectors.sqlite") }
  deinit { try? FileManager.default.removeItem(at: url) }
}

private func key(_ number: Int) -> [UInt8] { Array("key \(number)".utf8) }

private func entry(_ number: Int) -> VectorCache.Entry {
  var random = Seeded(number)
  return VectorCache.Entry(vector: random.values(24), tokens: number, pieces: 1 + number % 3, lost: number % 2)
}

@Test func vectorsComeBackAsTheyWere() throws {
  let folder = Folder()
  var cache = try VectorCache(at: folder.file, limitBytes: 1 << 20)
  try cache.add((0..<1000).map { (key($0), entry($0)) })
  try cache.close()
  cache = try VectorCache(at: folder.file, limitBytes: 1 << 20)
  let found = try cache.find((500..<1500).map(key))
  #expect(found.prefix(500).enumerated().allSatisfy { $1 == entry($0 + 500) })
  #expect(found.suffix(500).allSatisfy { $0 == nil })
  let counts = try cache.counts()
  #expect((counts.entries, counts.hits, counts.misses) == (1000, 500, 500))
  #expect(cache.putAside == nil)
}

@Test func theOldestGoWhereThereIsNoRoom() throws {
  let folder = Folder()
  let cache = try VectorCache(at: folder.file, limitBytes: 20_000)
  for start in stride(from: 0, to: 400, by: 40) { try cache.add((start..<start + 40).map { (key($0), entry($0)) }) }
  let counts = try cache.counts()
  #expect(counts.bytes <= 20_000 && counts.entries > 50 && counts.entries < 200)
  #expect(try cache.find([key(0)]) == [nil])
  #expect(try cache.find([key(399)]) == [entry(399)])
}

@Test func aVectorWhoseBytesWereDamagedIsAsGoodAsNone() throws {
  let folder = Folder()
  var cache = try VectorCache(at: folder.file, limitBytes: 1 << 20)
  try cache.add((0..<50).map { (key($0), entry($0)) })
  try cache.close()
  // Numbers in the middle of the file: pages of vectors.
  var bytes = [UInt8](try Data(contentsOf: folder.file))
  for place in stride(from: 5000, to: bytes.count - 1000, by: 97) { bytes[place] ^= 0x10 }
  try Data(bytes).write(to: folder.file)
  cache = try VectorCache(at: folder.file, limitBytes: 1 << 20)
  guard let found = try? cache.find((0..<50).map(key)) else { return }  // refused, which costs time and nothing else
  for (number, vector) in found.enumerated() { #expect(vector == nil || vector?.vector == entry(number).vector) }
}

@Test(arguments: [
  "not a database at all, but long enough to look like one, with more than a hundred bytes of text in it", "",
])
func aFileOfAnotherKindIsPutAside(text: String) throws {
  let folder = Folder()
  try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
  try Data(text.utf8).write(to: folder.file)
  let cache = try VectorCache(at: folder.file, limitBytes: 1 << 20)
  try cache.add([(key(1), entry(1))])
  #expect(try cache.find([key(1)]) == [entry(1)])
  if !text.isEmpty {
    let aside = try #require(cache.putAside)
    #expect(try Data(contentsOf: aside) == Data(text.utf8))
  }
}

@Test func severalProcessesMayUseTheCacheAtOnce() throws {
  let folder = Folder()
  let first = try VectorCache(at: folder.file, limitBytes: 1 << 20)
  let second = try VectorCache(at: folder.file, limitBytes: 1 << 20)
  try first.add([(key(1), entry(1))])
  #expect(try second.find([key(1)]) == [entry(1)])
  try second.add([(key(2), entry(2)), (key(1), entry(1))])
  #expect(try first.find([key(2)]) == [entry(2)])
  #expect(try first.counts().entries == 2)
  try first.clear()
  #expect(try second.counts().entries == 0)
}
