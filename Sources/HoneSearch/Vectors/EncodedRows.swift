internal import Foundation
internal import HoneKernels

/// Rows of numbers in memory or in a mapped file.
///
/// Rows that are added later lie in pieces of their own, so that adding to a copy, while a search holds the other one,
/// copies no more than the last piece; what is mapped stays so.
///
/// ```
/// first   [row 0 … row n]             as they were loaded or selected
/// later   [row n+1 …] [… ] [… row m]  pieces of `pieceRows`, the last one shorter
/// ```
struct EncodedRows: Sendable {
  let layout: RowLayout
  private let first: StoredBytes
  private let firstScales: [Float]
  private let firstCount: Int
  private var later: [Piece] = []
  private(set) var count: Int

  private struct Piece: Sendable {
    var bytes: [UInt8] = []
    var scales: [Float] = []
  }

  /// Small enough to be copied between two searches, large enough to be scanned as fast as one array.
  private static let pieceRows = 1024

  init(_ layout: RowLayout) { self.init(layout, .owned([]), scales: []) }

  /// Shapes: values (rows, dimensions) in the layout's encoding; scales (rows) with int8, else empty.
  init(_ layout: RowLayout, mapped values: Data, scales: [Float]) {
    self.init(layout, .mapped(values), scales: scales)
  }

  private init(_ layout: RowLayout, _ bytes: StoredBytes, scales: [Float]) {
    (self.layout, first, firstScales) = (layout, bytes, scales)
    firstCount = bytes.count / layout.rowBytes
    count = firstCount
  }

  /// Bytes in memory or mapped.
  var byteCount: Int { count * (layout.rowBytes + (layout.encoding == .int8 ? 4 : 0)) }

  func useLargePages() { first.useLargePages() }

  /// All rows end to end, as `init` takes them; the scales of int8 beside.
  var parts: (bytes: StoredBytes, scales: [Float]) {
    if later.isEmpty { return (first, firstScales) }
    let whole = selecting((0..<UInt32(count)).map(\.self))
    return (whole.first, whole.firstScales)
  }

  /// Adds rows at the end. Shapes: x (rows, dimensions), finite.
  mutating func append(_ x: [Float]) {
    let (values, scales) = encodedRows(x, layout)
    let size = layout.rowBytes
    let rows = values.count / size
    var done = 0
    while done < rows {
      if (count - firstCount) % Self.pieceRows == 0 { later.append(Piece()) }
      let some = min(rows - done, Self.pieceRows - (count - firstCount) % Self.pieceRows)
      later[later.count - 1].bytes += values[done * size..<(done + some) * size]
      if !scales.isEmpty { later[later.count - 1].scales += scales[done..<done + some] }
      (done, count) = (done + some, count + some)
    }
  }

  /// Some rows, as they are stored, in another order.
  func selecting(_ places: [UInt32]) -> EncodedRows {
    let size = layout.rowBytes
    var (selected, scales): ([UInt8], [Float]) = ([], [])
    selected.reserveCapacity(places.count * size)
    inRuns(places) { values, own, run, offset in
      if !own.isEmpty { scales += run.map { own[Int($0) - offset] } }
      for place in run.lazy.map({ Int($0) - offset }) {
        unsafe values.extracting(place * size..<(place + 1) * size).withUnsafeBytes { row in
          unsafe selected.append(contentsOf: row)
        }
      }
    }
    return EncodedRows(layout, .owned(selected), scales: scales)
  }

  func floats(_ rows: Range<Int>) -> [Float] {
    var result: [Float] = []
    inRuns(rows) { values, scales, run in
      let own = decodedRows(values, scales: scales, layout, rows: run)
      if run.count == rows.count { result = own } else { result += own }
    }
    return result
  }

  func floats(at places: some Collection<UInt32>) -> [Float] {
    var result: [Float] = []
    inRuns(Array(places)) { values, scales, run, offset in
      result += decodedRows(values, scales: scales, layout, places: run.map { $0 - UInt32(offset) })
    }
    return result
  }

  func compare(_ out: inout [Float], _ query: [Float], rows: Range<Int>, by comparison: RowComparison) {
    var done = 0
    inRuns(rows) { values, scales, run in
      if run.count == rows.count {
        compareRows(&out, query, values, scales: scales, layout, rows: run, by: comparison)
      } else {
        var some = [Float](repeating: 0, count: run.count)
        compareRows(&some, query, values, scales: scales, layout, rows: run, by: comparison)
        out.replaceSubrange(done..<done + run.count, with: some)
        done += run.count
      }
    }
  }

  func compare(_ query: [Float], places: [UInt32], by comparison: RowComparison) -> [Float] {
    var result: [Float] = []
    result.reserveCapacity(places.count)
    inRuns(places) { values, scales, run, offset in
      let own = offset == 0 ? Array(run) : run.map { $0 - UInt32(offset) }
      result += compareRows(query, values, scales: scales, layout, places: own, by: comparison)
    }
    return result
  }

  // MARK: the pieces

  /// Runs `body` for each part of some rows that lies in one piece: its bytes, scales, and rows counted from its begin.
  private func inRuns(_ rows: Range<Int>, _ body: (RawSpan, [Float], Range<Int>) -> Void) {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= count, "rows \(rows) of \(count)")
    var start = rows.lowerBound
    while start < rows.upperBound {
      let piece = piece(of: start)
      let end = min(rows.upperBound, piece.end)
      withPiece(piece.index) { values, scales in body(values, scales, start - piece.start..<end - piece.start) }
      start = end
    }
  }

  /// The same for places in any order: consecutive ones of one piece together, and where that piece begins.
  private func inRuns(_ places: [UInt32], _ body: (RawSpan, [Float], ArraySlice<UInt32>, Int) -> Void) {
    var start = 0
    while start < places.count {
      precondition(Int(places[start]) < count, "place \(places[start]) of \(count)")
      let piece = piece(of: Int(places[start]))
      var end = start + 1
      while end < places.count, (piece.start..<piece.end).contains(Int(places[end])) { end += 1 }
      withPiece(piece.index) { values, scales in body(values, scales, places[start..<end], piece.start) }
      start = end
    }
  }

  /// Where a row lies. `index`: nil for those that were there first.
  private func piece(of place: Int) -> (index: Int?, start: Int, end: Int) {
    if place < firstCount { return (nil, 0, firstCount) }
    let index = (place - firstCount) / Self.pieceRows
    let start = firstCount + index * Self.pieceRows
    return (index, start, min(count, start + Self.pieceRows))
  }

  private func withPiece(_ index: Int?, _ body: (RawSpan, [Float]) -> Void) {
    guard let index else { return first.withBytes { body($0, firstScales) } }
    let piece = later[index]
    unsafe body(piece.bytes.span.bytes, piece.scales)
  }
}
