package import Foundation

/// Why a file is no index of Faiss that can be read, as facts.
package enum FaissError: Error, Equatable, Sendable, CustomStringConvertible {
  case unreadable(file: String, reason: String)
  case unknownKind(file: String, found: String)
  case damaged(file: String, offset: Int, expected: String, found: String)

  package var description: String {
    switch self {
    case .unreadable(let file, let reason):
      "\(file): expected a file that can be read, found none (\(reason)); check the path"
    case .unknownKind(let file, let found):
      "\(file): expected an index of Faiss of the kind IndexFlat, IndexIVFFlat or IndexHNSWFlat, found '\(found)'; "
        + "write the vectors into one of these, as faiss.IndexFlatIP"
    case .damaged(let file, let offset, let expected, let found):
      "\(file), byte \(offset): expected \(expected), found \(found); write the index again with faiss.write_index"
    }
  }
}

/// Vectors out of an index that Faiss wrote, in the order of their ids, and the other way round.
///
/// ```
/// kind (4 letters)  d (4)  ntotal (8)  two numbers (8 each)  trained (1)  metric (4: 0 inner product, 1 L2)
///   IxFI, IxF2, IxFl   count of floats (8), floats
///   IwFl               lists (8)  probes (8)  an index of the middles  direct map  inverted lists
///   IHNf               tables of the graph  an index of the vectors
/// ```
/// Numbers are little-endian. Source: the files of Faiss 1.7 to 1.15.
package struct FaissFile: Sendable, Equatable {
  package enum Metric: Sendable, Equatable { case innerProduct, l2 }

  package let dimensions: Int
  package let metric: Metric
  /// The number of each vector, growing.
  package let ids: [Int64]
  package let values: [Float]  // (ids, dimensions)

  package init(dimensions: Int, metric: Metric, ids: [Int64], values: [Float]) {
    precondition(values.count == ids.count * dimensions, "\(values.count) numbers for \(ids.count) vectors")
    (self.dimensions, self.metric, self.ids, self.values) = (dimensions, metric, ids, values)
  }

  package init(contentsOf url: URL) throws(FaissError) {
    let data: Data
    do { data = try Data(contentsOf: url, options: .alwaysMapped) } catch {
      throw .unreadable(file: url.lastPathComponent, reason: error.localizedDescription)
    }
    try self.init(data: data, name: url.lastPathComponent)
  }

  package init(data: Data, name: String) throws(FaissError) {
    var reader = FaissReader(data: data, file: name)
    self = try reader.index(depth: 0)
  }

  /// An `IndexFlat` that `faiss.read_index` reads. Shapes: values (count, dimensions).
  package static func flat(_ values: [Float], dimensions: Int, metric: Metric) -> Data {
    precondition(dimensions > 0 && values.count % dimensions == 0, "\(values.count) numbers in rows of \(dimensions)")
    var data = Data((metric == .l2 ? "IxF2" : "IxFI").utf8)
    func add<Number: FixedWidthInteger>(_ number: Number) {
      for place in 0..<MemoryLayout<Number>.size { data.append(UInt8(truncatingIfNeeded: number >> Number(8 * place))) }
    }
    add(Int32(dimensions))
    add(Int64(values.count / dimensions))
    add(Int64(1 << 20))
    add(Int64(1 << 20))
    data.append(1)
    add(Int32(metric == .l2 ? 1 : 0))
    add(Int64(values.count))
    for value in values { add(value.bitPattern) }
    return data
  }
}

private struct FaissReader {
  let data: Data
  let file: String
  var place = 0

  private struct Header {
    let dimensions: Int
    let count: Int
    let metric: FaissFile.Metric
  }

  mutating func index(depth: Int) throws(FaissError) -> FaissFile {
    let kind = String(decoding: try bytes(4), as: UTF8.self)
    switch kind {
    case "IxFI", "IxF2", "IxFl":
      let header = try header()
      let values = try floats()
      guard values.count == header.count * header.dimensions else {
        throw bad("\(header.count) × \(header.dimensions) numbers", "\(values.count)")
      }
      return FaissFile(
        dimensions: header.dimensions, metric: header.metric, ids: (0..<header.count).map { Int64($0) }, values: values)
    case "IHNf" where depth == 0: return try graph()
    case "IwFl" where depth == 0: return try lists()
    default: throw .unknownKind(file: file, found: String(kind.prefix(4).filter { $0.isASCII && !$0.isNewline }))
    }
  }

  private mutating func header() throws(FaissError) -> Header {
    let (dimensions, count) = (Int(try number(Int32.self)), Int(try number(Int64.self)))
    _ = (try number(Int64.self), try number(Int64.self), try bytes(1))
    let metric = try number(Int32.self)
    guard (1...1 << 20).contains(dimensions), (0...1 << 40).contains(count) else {
      throw bad("1 to 1048576 dimensions and a count", "\(dimensions) and \(count)")
    }
    guard metric == 0 || metric == 1 else { throw bad("inner product or L2", "the metric \(metric)") }
    return Header(dimensions: dimensions, count: count, metric: metric == 0 ? .innerProduct : .l2)
  }

  /// The tables of the graph are passed over; the vectors are an index of their own.
  private mutating func graph() throws(FaissError) -> FaissFile {
    let header = try header()
    for size in [8, 4, 4, 8, 4] { try skipList(of: size) }
    for _ in 0..<5 { _ = try number(Int32.self) }
    let storage = try index(depth: 1)
    guard storage.ids.count == header.count, storage.dimensions == header.dimensions else {
      throw bad("\(header.count) vectors", "\(storage.ids.count)")
    }
    return storage
  }

  private mutating func lists() throws(FaissError) -> FaissFile {
    let header = try header()
    let lists = Int(try number(Int64.self))
    _ = try number(Int64.self)
    _ = try index(depth: 1)
    // Each list has a middle in the file.
    guard (0...data.count).contains(lists) else { throw bad("a count of lists", "\(lists)") }
    let map = try bytes(1).first ?? 0
    guard map <= 1 else { throw bad("a direct map that is a table", "a hash table") }
    try skipList(of: 8)
    return try entries(header, lists)
  }

  private mutating func entries(_ header: Header, _ lists: Int) throws(FaissError) -> FaissFile {
    let kind = String(decoding: try bytes(4), as: UTF8.self)
    guard kind == "ilar" else { throw bad("inverted lists in memory", "'\(kind.prefix(4))'") }
    let (count, codeSize) = (Int(try number(Int64.self)), Int(try number(Int64.self)))
    guard count == lists, codeSize == header.dimensions * 4 else { throw bad("\(lists) lists", "\(count)") }
    let sizes = try listSizes(lists)
    guard sizes.reduce(0, { $0.addingReportingOverflow($1).partialValue }) == header.count else {
      throw bad("\(header.count) vectors in the lists", "another count")
    }
    var found: [(id: Int64, values: [Float])] = []
    for size in sizes where size > 0 {
      let values = try floats(count: size * header.dimensions)
      for row in 0..<size {
        found.append((try number(Int64.self), Array(values[row * header.dimensions..<(row + 1) * header.dimensions])))
      }
    }
    found.sort { $0.id < $1.id }
    return FaissFile(
      dimensions: header.dimensions, metric: header.metric, ids: found.map(\.id), values: found.flatMap(\.values))
  }

  /// Either the size of every list, or pairs of a list and its size where most are empty.
  private mutating func listSizes(_ lists: Int) throws(FaissError) -> [Int] {
    let kind = String(decoding: try bytes(4), as: UTF8.self)
    let count = Int(try number(Int64.self))
    guard kind == "full" || kind == "sprs", (0...2 * lists).contains(count), kind == "sprs" || count == lists else {
      throw bad("the sizes of \(lists) lists", "'\(kind.prefix(4))' with \(count)")
    }
    var sizes = [Int](repeating: 0, count: lists)
    var numbers: [Int] = []
    for _ in 0..<count { numbers.append(Int(try number(Int64.self))) }
    let pairs = kind == "full" ? Array(zip(sizes.indices, numbers)) : pairs(of: numbers)
    for (list, size) in pairs {
      guard sizes.indices.contains(list), (0...data.count).contains(size) else {
        throw bad("the size of a list", "\(size) for list \(list)")
      }
      sizes[list] = size
    }
    return sizes
  }

  private func pairs(of numbers: [Int]) -> [(Int, Int)] {
    stride(from: 0, to: numbers.count - 1, by: 2).map { (numbers[$0], numbers[$0 + 1]) }
  }

  // MARK: bytes

  private func bad(_ expected: String, _ found: String) -> FaissError {
    .damaged(file: file, offset: place, expected: expected, found: found)
  }

  private mutating func bytes(_ count: Int) throws(FaissError) -> Data {
    guard count >= 0, count <= data.count - place else { throw bad("\(count) more bytes", "\(data.count - place)") }
    defer { place += count }
    let start = data.startIndex + place
    return data[start..<start + count]
  }

  private mutating func number<Number: FixedWidthInteger>(_: Number.Type) throws(FaissError) -> Number {
    try bytes(MemoryLayout<Number>.size).reversed().reduce(Number(0)) { $0 << 8 | Number(truncatingIfNeeded: $1) }
  }

  private mutating func skipList(of size: Int) throws(FaissError) {
    let count = Int(try number(Int64.self))
    let (total, overflow) = count.multipliedReportingOverflow(by: size)
    guard !overflow else { throw bad("a list", "one of \(count)") }
    _ = try bytes(total)
  }

  private mutating func floats() throws(FaissError) -> [Float] { try floats(count: Int(try number(Int64.self))) }

  private mutating func floats(count: Int) throws(FaissError) -> [Float] {
    let (total, overflow) = count.multipliedReportingOverflow(by: 4)
    guard !overflow else { throw bad("numbers", "\(count) of them") }
    let part = try bytes(total)
    return unsafe part.withUnsafeBytes { unsafe convert(UnsafeRawBufferPointer($0), .float32) }
  }
}
