import Foundation
import HoneFiles
import Testing

private func withFile<Result>(_ name: String, _ bytes: [UInt8], _ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hone-stored-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let file = folder.appendingPathComponent(name)
  try Data(bytes).write(to: file)
  return try body(file)
}

/// An array as `numpy.save` writes it.
private func array(_ header: String, _ body: [UInt8], version: UInt8 = 1) -> [UInt8] {
  let count = header.utf8.count
  let length = version == 1 ? [UInt8(count & 255), UInt8(count >> 8)] : [UInt8(count & 255), UInt8(count >> 8), 0, 0]
  return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + Array(header.utf8) + body
}

private func header(_ descr: String, _ shape: String, _ order: String = "False") -> String {
  "{'descr': '\(descr)', 'fortran_order': \(order), 'shape': (\(shape)), }\n"
}

@Test(arguments: VectorFormat.allCases)
func whatIsWrittenReadsBack(format: VectorFormat) throws {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hone-stored-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let target = folder.appendingPathComponent("v.\(format.rawValue)")
  let writer = try VectorFileWriter(
    to: target, format: format, columns: ["a", "b"], rows: 2, dimensions: 3, metadata: ["model": "m"])
  try writer.write([["x, y", "1"], ["ü", ""]], [0.1, -2, 3, 4e-7, 5, -6.5])
  try writer.finish()
  let stored = try StoredVectors(contentsOf: target)
  #expect(stored.dimensions == 3 && stored.count == 2 && stored.values == [0.1, -2, 3, 4e-7, 5, -6.5])
  let hasCells = format == .csv || format == .jsonl
  #expect(stored.columns == (hasCells ? ["a", "b"] : []))
  #expect(stored.cells == (hasCells ? [["x, y", "1"], ["ü", ""]] : []))
  #expect(stored.metadata["model"] == (format == .safetensors ? "m" : nil))
}

@Test func arraysOfOtherNumbersRead() throws {
  let doubles = [1.5, -2].flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } }
  let wide = try withFile("v.npy", array(header("<f8", "1, 2"), doubles, version: 2)) {
    try StoredVectors(contentsOf: $0)
  }
  #expect(wide.values == [1.5, -2])
  let half = try withFile("v.npy", array(header("<f2", "2, 1"), [0x00, 0x3C, 0x00, 0xC0])) {
    try StoredVectors(contentsOf: $0)
  }
  #expect(half.values == [1, -2] && half.dimensions == 1)
}

private let zeros = [UInt8](repeating: 0, count: 16)

private let broken: [(String, [UInt8])] = [
  ("v.npy", Array("no array at all".utf8)), ("v.npy", array(header("<f4", "1, 2"), [0, 0, 0, 0])),
  ("v.npy", array(header("<f4", "2, 2", "True"), zeros)), ("v.npy", array(header("<i4", "2, 2"), zeros)),
  ("v.npy", array(header("<f4", "4,"), zeros)), ("v.npy", array(header("<f4", "9223372036854775807, 9"), [])),
  ("v.npy", array(header("<f4", "0, 4"), [])), ("v.npy", array(header("<f4", "1, 1"), [0, 0, 0xC0, 0x7F])),
  ("v.npy", Array(array("", []).prefix(8)) + [255, 255]), ("v.txt", Array("1".utf8)),
  ("v.csv", Array("text,vector\na,\"[1]\"\n".utf8)), ("v.csv", Array("embedding\n\"[1, 2]\"\n\"[1]\"\n".utf8)),
  ("v.csv", Array("embedding\nword\n".utf8)), ("v.jsonl", Array("{\"embedding\": [1, \"2\"]}\n".utf8)),
  ("v.jsonl", Array("{\"embedding\": []}\n".utf8)),
]

@Test(arguments: broken)
func filesThatHoldNoVectorsAreRefused(name: String, bytes: [UInt8]) throws {
  #expect(throws: (any Error).self) { try withFile(name, bytes) { try StoredVectors(contentsOf: $0) } }
}

@Test func anArrayWithAnyByteChangedIsReadOrRefused() throws {
  let whole = array(header("<f4", "2, 2"), [UInt8](repeating: 1, count: 16))
  for place in whole.indices {
    for value in [UInt8(0), 0x27, 0x39, 0xFF] {
      var bytes = whole
      bytes[place] = value
      let found = try? withFile("v.npy", bytes) { try StoredVectors(contentsOf: $0) }
      #expect(found.map { $0.values.count == 4 } ?? true)
    }
  }
}
