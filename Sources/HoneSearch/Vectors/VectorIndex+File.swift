package import Foundation
package import HoneFiles
internal import HoneKernels

// The parts of an index's file:
//   head  9 numbers of 8 bytes: dimensions, metric, encoding, rows, lists, groups, axes, 1 with half squares, efforts
//   rows  the number of each row (4)                 vecs  the vectors, as they are stored
//   scal  the scale of each row, with int8 (4)       midd  the middles of the lists (float)
//   cnts  rows of each list (4)                      axes  (dimensions, axes) float
//   wids  the width of each group (1)                word  the words (float)
//   half  least and step of half squares (float)     effo  probes and rerank of each preset (8 each)
//   code  the blocks of all lists
// Of an index that is not trained only head, rows, vecs and scal.

extension VectorIndex {
  /// Writes the index, compacted, beside `url` and puts it there when it is whole and on disk.
  package func save(to url: URL) throws(FileError) {
    let whole = compacted()
    let table = whole.table
    let (vectors, scales) = table.vectors.parts
    var parts = [
      IndexFile.Part("head", whole.head), IndexFile.Part("rows", table.rows),
      IndexFile.Part("vecs", vectors), IndexFile.Part("scal", scales),
    ]
    if let trained = whole.trained { parts += trained.parts }
    try IndexFile.write(parts, to: url)
  }

  private var head: [UInt64] {
    [
      UInt64(dimensions), UInt64(VectorMetric.allCases.firstIndex(of: metric) ?? 0),
      UInt64(RowEncoding.allCases.firstIndex(of: encoding) ?? 0), UInt64(table.rows.count), UInt64(listCount),
      UInt64(trained?.groups ?? 0), UInt64(trained?.space.words.dimensions ?? 0),
      trained?.space.halves == nil ? 0 : 1, UInt64(trained?.efforts.count ?? 0),
    ]
  }

  /// Maps an index and checks every byte of it.
  ///
  /// - Throws: `IndexFileError` on any damage; then the owner builds it again.
  package init(contentsOf url: URL) throws(IndexFileError) {
    try self.init(IndexFile(contentsOf: url))
  }

  /// The same from bytes in memory.
  package init(bytes: [UInt8], name: String) throws(IndexFileError) {
    try self.init(IndexFile(Data(bytes), name: name))
  }

  private init(_ file: IndexFile) throws(IndexFileError) {
    let head = try IndexHead(file)
    let layout = RowLayout(dimensions: head.dimensions, encoding: head.encoding)
    let rows = try file.values("rows", as: UInt32.self, count: head.rows)
    guard !rows.contains(VectorTable.none), Set(rows).count == rows.count else {
      throw file.badPart("rows", "a number of its own for every row", "one twice, or none")
    }
    let values = try file.part("vecs")
    guard values.count == head.rows * layout.rowBytes else {
      throw file.badPart("vecs", "\(head.rows * layout.rowBytes) bytes", "\(values.count)")
    }
    let scales = try file.values("scal", as: Float.self, count: head.encoding == .int8 ? head.rows : 0)
    let vectors = EncodedRows(layout, mapped: values, scales: scales)
    let table = VectorTable(metric: head.metric, vectors: vectors, rows: rows)
    self.init(table: table, trained: head.lists == 0 ? nil : try TrainedLists(file, head))
  }
}

/// The sizes of everything in a file, each within what can be.
struct IndexHead {
  let dimensions, rows, lists, groups, axes, efforts: Int
  let metric: VectorMetric
  let encoding: RowEncoding
  let hasHalves: Bool

  init(_ file: IndexFile) throws(IndexFileError) {
    let numbers = try file.values("head", as: UInt64.self, count: 9).map { UInt64(littleEndian: $0) }
    func number(_ at: Int, _ range: ClosedRange<Int>, _ name: String) throws(IndexFileError) -> Int {
      guard let value = Int(exactly: numbers[at]), range.contains(value) else {
        throw file.badPart("head", "\(name) from \(range.lowerBound) to \(range.upperBound)", "\(numbers[at])")
      }
      return value
    }
    dimensions = try number(0, 1...65_536, "dimensions")
    metric = VectorMetric.allCases[try number(1, 0...VectorMetric.allCases.count - 1, "a metric")]
    encoding = RowEncoding.allCases[try number(2, 0...RowEncoding.allCases.count - 1, "an encoding")]
    rows = try number(3, 0...Int(UInt32.max) - 1, "rows")
    lists = try number(4, 0...rows, "lists")
    groups = try number(5, 0...CodeWords.mostGroups, "groups")
    axes = try number(6, 0...dimensions, "axes")
    hasHalves = try number(7, 0...1, "0 or 1") == 1
    efforts = try number(8, 0...SearchPreset.allCases.count, "efforts")
  }
}

extension TrainedLists {
  fileprivate var parts: [IndexFile.Part] {
    [
      IndexFile.Part("midd", centroids.values),
      IndexFile.Part("cnts", (0..<lists.count).map { UInt32(lists.places($0).count) }),
      IndexFile.Part("axes", space.axes), IndexFile.Part("wids", space.words.widths),
      IndexFile.Part("word", space.words.words),
      IndexFile.Part("half", space.halves.map { [$0.least, $0.step] } ?? []),
      IndexFile.Part("effo", efforts.flatMap { [UInt64($0.probes), UInt64($0.rerank)] }),
      IndexFile.Part("code", codes),
    ]
  }

  fileprivate init(_ file: IndexFile, _ head: IndexHead) throws(IndexFileError) {
    let middles = try Self.floats(file, "midd", head.lists * head.dimensions)
    let counts = try file.values("cnts", as: UInt32.self, count: head.lists)
    guard let lists = CodeLists(counts: counts), Int(lists.starts.last ?? 0) == head.rows else {
      throw file.badPart("cnts", "\(head.rows) rows in all", "another number")
    }
    let codes = try file.part("code")
    guard codes.count == lists.blockCount * head.groups * 16 else {
      throw file.badPart("code", "\(lists.blockCount * head.groups * 16) bytes", "\(codes.count)")
    }
    self.init(
      centroids: ListCentroids(middles, dimensions: head.dimensions), space: try Self.space(file, head),
      lists: lists, codes: .mapped(codes), efforts: try Self.efforts(file, head))
  }

  private static func space(_ file: IndexFile, _ head: IndexHead) throws(IndexFileError) -> CodeSpace {
    let widths = try file.values("wids", as: UInt8.self, count: head.groups)
    let sum = widths.reduce(0) { $0 + Int($1) }
    guard sum == head.axes, sum > 0, head.groups % 4 == 0 else {
      throw file.badPart("wids", "widths of \(head.axes) in all, in fours of groups", "\(sum) in \(head.groups)")
    }
    let words = try floats(file, "word", head.axes * 16)
    let halves = try floats(file, "half", head.hasHalves ? 2 : 0)
    guard head.hasHalves == (head.metric == .l2) else {
      throw file.badPart("half", "half squares with l2 alone", "\(head.metric.rawValue)")
    }
    return CodeSpace(
      dimensions: head.dimensions, axes: try floats(file, "axes", head.dimensions * head.axes),
      words: CodeWords(widths: widths, words: words),
      halves: head.hasHalves ? CodeSpace.Halves(least: halves[0], step: halves[1]) : nil)
  }

  private static func efforts(_ file: IndexFile, _ head: IndexHead) throws(IndexFileError) -> [SearchEffort] {
    guard head.efforts == SearchPreset.allCases.count else {
      throw file.badPart("effo", "\(SearchPreset.allCases.count) efforts", "\(head.efforts)")
    }
    let numbers = try file.values("effo", as: UInt64.self, count: head.efforts * 2)
    guard numbers.allSatisfy({ (1...UInt64(UInt32.max)).contains($0) }) else {
      throw file.badPart("effo", "probes and rows from 1 on", "others")
    }
    return (0..<head.efforts).map { SearchEffort(probes: Int(numbers[$0 * 2]), rerank: Int(numbers[$0 * 2 + 1])) }
  }

  /// Numbers of which none is so large that sums of them would not be finite.
  private static func floats(_ file: IndexFile, _ part: String, _ count: Int) throws(IndexFileError) -> [Float] {
    let values = try file.values(part, as: Float.self, count: count)
    guard values.allSatisfy({ abs($0) <= 1e30 }) else { throw file.badPart(part, "finite numbers", "others") }
    return values
  }
}
