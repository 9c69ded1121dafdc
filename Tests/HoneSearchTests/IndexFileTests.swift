import Foundation
import HoneKernels
import HoneSearch
import HoneTestSupport
import Testing

@Test(arguments: VectorMetric.allCases, RowEncoding.allCases)
func aSavedIndexAnswersTheSame(metric: VectorMetric, encoding: RowEncoding) throws {
  try inTemporaryFolder { folder in
    let file = folder.appendingPathComponent("vectors.index")
    var index = try sampleIndex(2_500, dimensions: 20, metric: metric, encoding: encoding)
    try index.remove(rows: [4, 5, 6])
    try index.insert(clusteredRows(40, dimensions: 20, seed: 3), rows: (8_000..<8_040).map { UInt32($0) })
    try index.save(to: file)
    var loaded = try VectorIndex(contentsOf: file)
    loaded.checkInvariants()
    let queries = clusteredRows(50, dimensions: 20, seed: 4)
    for preset in SearchPreset.allCases {
      #expect(
        try loaded.search(queries: queries, topK: 10, preset: preset)
          == index.search(queries: queries, topK: 10, preset: preset))
    }
    // A mapped index can be changed; the file stays what it was.
    try loaded.upsert(row(0, of: queries, dimensions: 20), rows: [7])
    loaded.checkInvariants()
    #expect(try loaded.search(row(0, of: queries, dimensions: 20), topK: 1).first?.row == 7)
    #expect(try VectorIndex(contentsOf: file).count == index.count)
  }
}

@Test func anIndexThatIsNotTrainedIsSavedToo() throws {
  try inTemporaryFolder { folder in
    let file = folder.appendingPathComponent("vectors.index")
    var index = try VectorIndex(dimensions: 3, metric: .dot, encoding: .int8)
    try index.save(to: file)
    #expect(try VectorIndex(contentsOf: file).count == 0)
    try index.insert([1, 2, 3, 4, 5, 6], rows: [9, 2])
    try index.save(to: file)
    #expect(try VectorIndex(contentsOf: file).search([1, 1, 1], topK: 5) == index.search([1, 1, 1], topK: 5))
  }
}

/// Every 512-byte boundary: a bit turned there, the rest missing, the rest zeros; and bytes by chance.
@Test func noDamageOfAFileStaysUnseen() throws {
  try inTemporaryFolder { folder in
    let file = folder.appendingPathComponent("vectors.index")
    try sampleIndex(2_100, dimensions: 8, metric: .l2).save(to: file)
    let whole = [UInt8](try Data(contentsOf: file))
    _ = try VectorIndex(bytes: whole, name: "whole")
    var random = Seeded(5)
    for at in stride(from: 0, to: whole.count, by: 512) {
      var turned = whole
      turned[at] ^= 1 << UInt8(random.number(0...7))
      expectDamage(turned, "bit of byte \(at)")
      turned = whole
      turned[at + random.number(0...511)] &+= UInt8(random.number(1...255))
      expectDamage(turned, "a byte after \(at)")
      expectDamage(Array(whole[..<at]), "cut at \(at)")
      let torn = Array(whole[..<at]) + [UInt8](repeating: 0, count: whole.count - at)
      if torn != whole { expectDamage(torn, "zeros from \(at)") }
    }
    expectDamage(whole + [0], "a byte more")
    expectDamage([], "nothing")
  }
}

private func expectDamage(_ bytes: [UInt8], _ what: String) {
  #expect(throws: IndexFileError.self, "\(what)") { try VectorIndex(bytes: bytes, name: "damaged") }
}

@Test func aFileOfAnotherKindIsNamedSo() throws {
  #expect(throws: IndexFileError.notAnIndex(file: "x")) {
    try VectorIndex(bytes: [UInt8](repeating: 65, count: 8_192), name: "x")
  }
  #expect(throws: IndexFileError.self) {
    try VectorIndex(contentsOf: URL(fileURLWithPath: "/nowhere/vectors.index"))
  }
}

private func inTemporaryFolder(_ body: (URL) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hone-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder)
}
