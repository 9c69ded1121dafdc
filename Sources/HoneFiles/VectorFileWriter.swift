package import Foundation

/// The files that vectors can be written to.
package enum VectorFormat: String, Sendable, CaseIterable {
  /// A NumPy array (rows, dimensions) of float32.
  case npy
  /// The columns of the rows, and one more, `embedding`, that Python's `eval` reads.
  case csv
  /// One object a row: its cells, and `embedding`.
  case jsonl
  /// One tensor `embeddings` (rows, dimensions) of float32, with the model's name in its metadata.
  case safetensors
}

/// Writes rows and their vectors as they come; what is not whole never bears the file's name.
///
/// ```
/// npy: 0x93 "NUMPY" 1 0, two bytes of header length, "{'descr': '<f4', …}" filled with spaces to a multiple of 64
/// ```
/// In Python: `numpy.load(path)`. Source: the NumPy format, version 1.0.
package struct VectorFileWriter: ~Copyable {
  private let target: URL
  private let part: URL
  private let file: FileWriter
  private let format: VectorFormat
  private let columns: [String]
  private let dimensions: Int

  /// `rows` must be written before `finish`. `columns` name the cells of a row, for `csv` and `jsonl`.
  package init(
    to target: URL, format: VectorFormat, columns: [String], rows: Int, dimensions: Int,
    metadata: [String: String] = [:]
  ) throws(FileError) {
    let part = target.deletingLastPathComponent().appendingPathComponent(".\(target.lastPathComponent).part")
    let file = try FileWriter(part, for: target)
    switch format {
    case .npy: try unsafe file.write(Self.npyHeader(rows, dimensions).span.bytes)
    case .safetensors: try unsafe file.write(Self.safetensorsHeader(rows, dimensions, metadata).span.bytes)
    case .csv:
      let line = (columns + ["embedding"]).map(separatedCell).joined(separator: ",") + "\n"
      try unsafe file.write(Array(line.utf8).span.bytes)
    case .jsonl: break
    }
    self.target = target
    self.part = part
    self.file = file
    self.format = format
    self.columns = columns
    self.dimensions = dimensions
  }

  /// Adds rows. Shapes: vectors (rows.count, dimensions).
  package borrowing func write(_ rows: [[String]], _ vectors: [Float]) throws(FileError) {
    precondition(vectors.count == rows.count * dimensions, "\(vectors.count) numbers for \(rows.count) rows")
    switch format {
    case .npy, .safetensors: try unsafe file.write(vectors.span.bytes)
    case .csv, .jsonl:
      var text = ""
      for (index, row) in rows.enumerated() {
        let numbers = vectors[index * dimensions..<(index + 1) * dimensions].map(\.description)
        let list = "[" + numbers.joined(separator: ", ") + "]"
        if format == .csv {
          text += (row.map(separatedCell) + [separatedCell(list)]).joined(separator: ",") + "\n"
        } else {
          let cells = zip(columns, row).map { ($0, JSONValue.string($1)) }
          let object = JSONValue.object(cells.map { (key: $0.0, value: $0.1) }).text
          text += object.dropLast() + (cells.isEmpty ? "" : ", ") + "\"embedding\": \(list)}\n"
        }
      }
      try unsafe file.write(Array(text.utf8).span.bytes)
    }
  }

  /// Forces everything to disk and gives the file its name.
  package consuming func finish() throws(FileError) {
    let (part, target) = (part, target)
    try file.finish()
    try move(part, to: target)
    try synchronise(target.deletingLastPathComponent())
  }

  /// Deletes what an unfinished writer left beside `target`.
  package static func removePart(of target: URL) {
    let part = target.deletingLastPathComponent().appendingPathComponent(".\(target.lastPathComponent).part")
    try? FileManager.default.removeItem(at: part)
  }

  private static func npyHeader(_ rows: Int, _ dimensions: Int) -> [UInt8] {
    var text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows), \(dimensions)), }"
    while (10 + text.utf8.count + 1) % 64 != 0 { text += " " }
    text += "\n"
    let count = UInt16(text.utf8.count)
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(count & 0xFF), UInt8(count >> 8)] + Array(text.utf8)
  }

  private static func safetensorsHeader(_ rows: Int, _ dimensions: Int, _ metadata: [String: String]) -> [UInt8] {
    let tensor = JSONValue.object([
      ("dtype", .string("F32")), ("shape", .array([.number("\(rows)"), .number("\(dimensions)")])),
      ("data_offsets", .array([.number("0"), .number("\(rows * dimensions * 4)")])),
    ])
    let about = JSONValue.object(metadata.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
    var text = Array(JSONValue.object([("__metadata__", about), ("embeddings", tensor)]).text.utf8)
    while text.count % 8 != 0 { text.append(0x20) }
    return (0..<8).map { UInt8(truncatingIfNeeded: UInt64(text.count) >> UInt64($0 * 8)) } + text
  }
}

/// A cell as a file of separated values holds it: in quotes where it must be.
package func separatedCell(_ text: String) -> String {
  let needsQuotes = text.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
  return needsQuotes ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
}
