import Foundation
import HoneFiles
import HoneTestSupport
import Testing

private func golden(_ name: String) throws -> Data {
  let folder = try #require(Bundle.module.resourceURL).appendingPathComponent("Golden")
  return try Data(contentsOf: folder.appendingPathComponent(name))
}

/// What `Tools/golden/faiss_files.py` put in, by id.
private func expected(_ name: String) throws -> [Int64: [Float]] {
  let object = try JSONValue(parsing: [UInt8](golden("faiss.json")))
  let numbers = { (value: JSONValue) -> [Float] in
    (value.array ?? []).compactMap { if case .number(let text) = $0 { Float(text) } else { nil } }
  }
  let rows = (object["values"]?.array ?? []).map(numbers)
  let ids = numbers(object["ids"] ?? .null).map { Int64($0) }
  let hasOwnIDs = name == "lists" || name == "sparse"
  let pairs = rows.indices.prefix(name == "sparse" ? 3 : rows.count).map { (hasOwnIDs ? ids[$0] : Int64($0), rows[$0]) }
  return Dictionary(uniqueKeysWithValues: pairs)
}

@Test(arguments: ["flat", "lists", "sparse", "graph"])
func indexesOfFaissAreRead(name: String) throws {
  let found = try FaissFile(data: golden("faiss_\(name).index"), name: name)
  let wanted = try expected(name)
  #expect(found.dimensions == 6 && found.ids == wanted.keys.sorted())
  #expect(found.metric == (name == "flat" ? .innerProduct : .l2))
  for (row, id) in found.ids.enumerated() { #expect(Array(found.values[row * 6..<row * 6 + 6]) == wanted[id]) }
}

@Test func aFlatIndexIsWhatFaissWrites() throws {
  let wanted = try golden("faiss_flat.index")
  let values = try FaissFile(data: wanted, name: "flat").values
  #expect(FaissFile.flat(values, dimensions: 6, metric: .innerProduct) == wanted)
}

@Test(arguments: ["flat", "lists", "sparse", "graph"])
func aDamagedIndexOfFaissIsReadOrRefused(name: String) throws {
  let whole = try golden("faiss_\(name).index")
  var random = Seeded(5)
  for _ in 0..<(runsEverything ? 100_000 : 3_000) {
    var bytes = whole
    for _ in 0..<random.number(1...3) { bytes[random.number(0...bytes.count - 1)] = UInt8(random.number(0...255)) }
    if random.number(0...3) == 0 { bytes = bytes.prefix(random.number(0...bytes.count)) }
    do {
      let found = try FaissFile(data: Data(bytes), name: name)
      #expect(found.values.count == found.ids.count * found.dimensions)
    } catch { #expect(!"\(error)".isEmpty) }
  }
}
