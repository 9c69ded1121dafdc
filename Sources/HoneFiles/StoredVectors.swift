package import Foundation

/// Why a file gives no vectors, as facts.
package enum StoredVectorsError: Error, Equatable, Sendable {
  case unreadable(file: String, reason: String)
  case unknownFormat(file: String)
  case badArray(file: String, reason: String)
  case badRow(file: String, row: Int, column: String, expected: Int?, found: String)
  case noColumn(file: String, column: String)
  case notFinite(file: String, row: Int)
  case empty(file: String)
}

extension StoredVectorsError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadable(let file, let reason):
      "\(file): expected a file that can be read, found none (\(reason)); check the path"
    case .unknownFormat(let file):
      "\(file): expected a name that ends in .npy, .csv, .jsonl or .safetensors; rename or convert the file"
    case .badArray(let file, let reason):
      "\(file): expected a table of numbers, found \(reason); save it as float32 with rows first, as numpy.save does"
    case .badRow(let file, let row, let column, let expected, let found):
      "\(file), row \(row): expected a list of \(expected.map { "\($0) " } ?? "")numbers in '\(column)', found \(found); "
        + "name the column of vectors"
    case .noColumn(let file, let column):
      "\(file): expected a column '\(column)', found none; name the column of vectors"
    case .notFinite(let file, let row):
      "\(file), row \(row): expected finite numbers, found one that is none; embed this row again"
    case .empty(let file): "\(file): expected vectors, found none; give at least one row"
    }
  }
}

/// Vectors as a file holds them, and the cells beside them.
package struct StoredVectors: Sendable, Equatable {
  /// Names of the cells; none in `npy` and `safetensors`.
  package var columns: [String] = []
  package var cells: [[String]] = []
  package let dimensions: Int
  package let values: [Float]  // (rows, dimensions)
  /// What the file says of itself, in `safetensors`.
  package var metadata: [String: String] = [:]

  package var count: Int { values.count / dimensions }

  /// Reads a file of one of the kinds that `VectorFileWriter` writes. `column` is that of vectors in tables.
  package init(contentsOf url: URL, column: String = "embedding") throws {
    let file = url.lastPathComponent
    switch VectorFormat(rawValue: url.pathExtension.lowercased()) {
    case .npy:
      let data: Data
      do { data = try Data(contentsOf: url, options: .alwaysMapped) } catch {
        throw StoredVectorsError.unreadable(file: file, reason: error.localizedDescription)
      }
      let array = try NumPyArray(data, file: file)
      (dimensions, values) = (array.columns, array.values)
    case .safetensors:
      let tensors = try Safetensors(contentsOf: url)
      let name = tensors.names.contains("embeddings") ? "embeddings" : tensors.names.first ?? "embeddings"
      guard let shape = tensors.shape(of: name), shape.count == 2, shape[1] > 0 else {
        throw StoredVectorsError.badArray(file: file, reason: "a tensor that has not two dimensions")
      }
      (dimensions, values, metadata) = (shape[1], try tensors.floats(name), tensors.metadata)
    case .csv, .jsonl: (columns, cells, dimensions, values) = try Self.table(url, column)
    case nil: throw StoredVectorsError.unknownFormat(file: file)
    }
    guard !values.isEmpty else { throw StoredVectorsError.empty(file: file) }
    if let place = values.firstIndex(where: { !$0.isFinite }) {
      throw StoredVectorsError.notFinite(file: file, row: place / dimensions + 1)
    }
  }

  private static func table(
    _ url: URL, _ column: String
  ) throws -> (columns: [String], cells: [[String]], dimensions: Int, values: [Float]) {
    let file = url.lastPathComponent
    let table = try readTable(at: url).table
    guard let place = table.columns.firstIndex(of: column) else {
      throw StoredVectorsError.noColumn(file: file, column: column)
    }
    var (values, dimensions): ([Float], Int?) = ([], nil)
    for (row, cells) in table.rows.enumerated() {
      let numbers = (try? JSONValue(parsing: Array(cells[place].utf8)))?.array
      let vector: [Float] = numbers?.compactMap(\.float) ?? []
      guard !vector.isEmpty, vector.count == numbers?.count, vector.count == dimensions ?? vector.count else {
        throw StoredVectorsError.badRow(
          file: file, row: row + 1, column: column, expected: dimensions,
          found: numbers.map { "\($0.count)" } ?? "something else")
      }
      dimensions = vector.count
      values += vector
    }
    func others(_ cells: [String]) -> [String] { Array(cells[..<place] + cells[(place + 1)...]) }
    return (others(table.columns), table.rows.map(others), dimensions ?? 1, values)
  }
}

extension JSONValue {
  /// The number as float32.
  fileprivate var float: Float? { if case .number(let text) = self { Float(text) } else { nil } }
}

/// A two-dimensional array in NumPy's format, versions 1 to 3.
///
///     0x93 "NUMPY" major minor, header length (2 bytes in version 1, else 4), "{'descr': '<f4', …, 'shape': (2, 3), }"
///
/// Reads little-endian float16, float32 and float64, rows first.
struct NumPyArray {
  let columns: Int
  let values: [Float]

  init(_ data: Data, file: String) throws(StoredVectorsError) {
    func bad(_ reason: String) -> StoredVectorsError { .badArray(file: file, reason: reason) }
    let bytes = data
    guard bytes.count >= 12, bytes.prefix(6).elementsEqual([0x93] + Array("NUMPY".utf8)) else {
      throw bad("something that is no NumPy array")
    }
    let start = bytes.startIndex
    let lengthBytes = bytes[start + 6] == 1 ? 2 : 4
    let length = (0..<lengthBytes).reduce(0) { $0 | Int(bytes[start + 8 + $1]) << (8 * $1) }
    let body = 8 + lengthBytes + length
    guard body <= bytes.count else { throw bad("a file that ends within its header") }
    let header = String(decoding: bytes[start + 8 + lengthBytes..<start + body], as: UTF8.self)
    guard header.contains("'fortran_order': False") else { throw bad("columns first") }
    let numbers = header.components(separatedBy: "'shape': (").last?.components(separatedBy: ")").first?
      .split(separator: ",").compactMap { Int($0.filter { $0 != " " }) }
    guard let shape = numbers, shape.count == 2, shape[0] >= 0, shape[1] > 0 else {
      throw bad("an array that has not two dimensions")
    }
    guard let type = header.components(separatedBy: "'descr': '").last?.prefix(3),
      let dtype = ["<f2": Safetensors.DType.float16, "<f4": .float32, "<f8": .float64][String(type)]
    else { throw bad("numbers that are not float16, float32 or float64") }
    let (count, overflow) = shape[0].multipliedReportingOverflow(by: shape[1])
    let (size, tooLarge) = count.multipliedReportingOverflow(by: dtype.bytes)
    guard !overflow, !tooLarge, size == bytes.count - body else {
      throw bad("\(bytes.count - body) bytes for an array of \(shape[0]) × \(shape[1])")
    }
    columns = shape[1]
    values = unsafe bytes.withUnsafeBytes { bytes in
      unsafe convert(UnsafeRawBufferPointer(rebasing: bytes[body...]), dtype)
    }
  }
}
