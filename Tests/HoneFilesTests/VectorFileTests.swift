import Foundation
import HoneFiles
import Testing

private func written(
  _ name: String, rows: [[String]], dimensions: Int = 3, metadata: [String: String] = [:]
) throws -> [UInt8] {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hone-vectors-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let target = folder.appendingPathComponent(name)
  let writer = try VectorFileWriter(
    to: target, format: #require(VectorFormat(rawValue: target.pathExtension)), columns: ["a", "b"],
    rows: rows.count, dimensions: dimensions, metadata: metadata)
  for (index, row) in rows.enumerated() {
    try writer.write([row], (0..<dimensions).map { Float(index) + Float($0) / 4 })
  }
  #expect(!FileManager.default.fileExists(atPath: target.path))
  try writer.finish()
  #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [name])
  return [UInt8](try Data(contentsOf: target))
}

private let rows = [["plain", "x"], ["a, \"quoted\" cell\nof two lines", "ü"]]

@Test func anArrayIsInNumPysFormat() throws {
  let bytes = try written("v.npy", rows: rows)
  #expect(bytes.starts(with: [0x93] + Array("NUMPY".utf8) + [1, 0]))
  let headerLength = Int(bytes[8]) | Int(bytes[9]) << 8
  #expect((10 + headerLength) % 64 == 0)
  let header = String(decoding: bytes[10..<10 + headerLength], as: UTF8.self)
  #expect(header.hasPrefix("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }") && header.hasSuffix("\n"))
  #expect(bytes.count == 10 + headerLength + 2 * 3 * 4)
}

@Test func aTableKeepsItsCellsAndGetsAColumn() throws {
  let text = String(decoding: try written("v.csv", rows: rows), as: UTF8.self)
  #expect(
    text == """
      a,b,embedding
      plain,x,"[0.0, 0.25, 0.5]"
      "a, ""quoted"" cell
      of two lines",ü,"[1.0, 1.25, 1.5]"

      """)
  let back = try readTable(Array(text.utf8), format: .csv, file: "v.csv").table
  #expect(back.rows.map { Array($0.prefix(2)) } == rows)
}

@Test func linesOfJSONHoldTheRowAndItsVector() throws {
  let bytes = try written("v.jsonl", rows: rows)
  let lines = bytes.split(separator: UInt8(ascii: "\n"))
  #expect(lines.count == 2)
  let second = try JSONValue(parsing: Array(lines[1]))
  #expect(second["a"]?.string == rows[1][0] && second["b"]?.string == "ü")
  #expect(second["embedding"]?.array?.count == 3)
}

@Test func aTensorReadsBackWithItsMetadata() throws {
  let bytes = try written("v.safetensors", rows: rows, metadata: ["fingerprint": "abc"])
  let file = try Safetensors(bytes: bytes, name: "v")
  #expect(file.shape(of: "embeddings") == [2, 3])
  #expect(try file.floats("embeddings") == [0, 0.25, 0.5, 1, 1.25, 1.5])
  #expect(file.metadata == ["fingerprint": "abc"])
}

@Test func bytesAndWholeNumbersReadBack() throws {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hone-bytes-\(UUID().uuidString)")
  defer { try? FileManager.default.removeItem(at: folder) }
  try Safetensors.write(
    bytes: (name: "table", shape: [3, 1], values: [-128, 0, 127]),
    floats: [(name: "weights", shape: [3], values: [1, 2, 3])], to: folder)
  let file = try Safetensors(contentsOf: folder)
  #expect(file.isBytes("table") && !file.isBytes("weights"))
  #expect(try file.bytes("table") == [-128, 0, 127])
  #expect(try file.floats("weights") == [1, 2, 3])
  #expect(try file.integers("table") == [-128, 0, 127])
  #expect(throws: SafetensorsError.self) { try file.integers("weights") }
  #expect(throws: SafetensorsError.self) { try file.bytes("nothing") }
}
