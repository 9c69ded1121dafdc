import Foundation
import HoneKernels
import HoneSearch

// The vectors are NumPy arrays of float32, base.npy and queries.npy of one folder; the metric is cosine.

/// `neighbours FOLDER [float32|bfloat16|int8] [LISTS] [GROUPS]`: the index on as many threads as the engine has.
///
/// Prints one line for each share of the ten nearest that is to be found: queries a second with the effort that finds
/// it soonest, and with the preset's own; and for the build. `peak_memory_bytes` is what the index takes.
func neighbours(_ arguments: [String]) throws {
  guard let folder = arguments.first else { throw UsageError(text: "neighbours FOLDER [ENCODING] [LISTS] [GROUPS]") }
  let encoding = arguments.dropFirst().first.flatMap(RowEncoding.init(rawValue:)) ?? .bfloat16
  let numbers = arguments.dropFirst(2).map { Int($0) }
  let training = IndexTraining(lists: numbers.first ?? nil, groups: numbers.dropFirst().first ?? nil)
  let (base, queries) = (try Matrix(npy: "\(folder)/base.npy"), try Matrix(npy: "\(folder)/queries.npy"))
  let threads = "\(Engine.current.threads) \(Engine.current.threads == 1 ? "thread" : "threads")"

  let start = ContinuousClock.now
  var index = try VectorIndex(dimensions: base.columns, metric: .cosine, encoding: encoding)
  try index.insert(base.values, rows: (0..<base.rows).map { UInt32($0) })
  index = try index.trained(training)
  print(line("build, \(threads)", [(ContinuousClock.now - start) / .seconds(1)], units: 1, index.bytes))
  note("\(index.count) rows, \(index.listCount) lists, \(index.bytes) bytes, kernels \(Engine.current.kernels)")

  let truth = try ExactScan(base.values, dimensions: base.columns, metric: .cosine)
    .search(queries: queries.values, topK: 10)
  var best: [Double: (seconds: Double, effort: SearchEffort)] = [:]
  for probes in [8, 12, 16, 24, 32, 40, 48, 64, 80, 96, 128, 160, 192, 256, 320, 384, 512, 640, 768]
  where probes <= index.listCount {
    for rerank in [20, 30, 40, 50, 60, 80, 100, 130, 160, 200, 300, 400] {
      let effort = SearchEffort(probes: probes, rerank: rerank)
      let (found, seconds) = try timed { try index.search(queries: queries.values, topK: 10, effort: effort) }
      let share = recall(found, truth)
      for wanted in SearchPreset.allCases.map(\.recall) where share >= wanted {
        if seconds < best[wanted]?.seconds ?? .infinity { best[wanted] = (seconds, effort) }
      }
    }
  }
  for preset in SearchPreset.allCases {
    if let effort = best[preset.recall]?.effort {
      try report("recall \(preset.recall), \(threads)", index, queries, truth, effort)
    }
    try report("preset \(preset.rawValue), \(threads)", index, queries, truth, index.effort(preset))
  }
  var times: [Double] = []
  for query in 0..<queries.rows {
    times.append(try timed { try index.search(queries.row(query), topK: 10, preset: .balanced) }.1)
  }
  times.sort()
  note("one query (balanced): p50 \(times[times.count / 2] * 1e6) µs, p99 \(times[times.count * 99 / 100] * 1e6) µs")
}

/// `scans FOLDER`: the exact scan, one query after the other and many at once, beside the rate at which memory is read.
func scans(_ arguments: [String]) throws {
  guard let folder = arguments.first else { throw UsageError(text: "scans FOLDER") }
  let (base, queries) = (try Matrix(npy: "\(folder)/base.npy"), try Matrix(npy: "\(folder)/queries.npy"))
  let some = min(50, queries.rows)
  let plain = try ExactScan(base.values, dimensions: base.columns, metric: .cosine, withBytes: true)
  let truth = try plain.search(queries: queries.values, topK: 10)
  print(
    line(
      "all queries at once",
      (0..<3).map { _ in (try? timed { try plain.search(queries: queries.values, topK: 10) })?.1 ?? 0 },
      units: queries.rows, base.values.count * 4))
  for encoding in RowEncoding.allCases {
    let scan = try ExactScan(base.values, dimensions: base.columns, metric: .cosine, encoding: encoding)
    let bytes = RowLayout(dimensions: base.columns, encoding: encoding).rowBytes * base.rows
    try scanReport("one query, \(encoding.rawValue)", bytes, queries, some, truth) { try scan.search($0, topK: 10) }
  }
  for rerank in [20, 50, 100] {
    try scanReport("one query, bytes, \(rerank) again", base.values.count, queries, some, truth) {
      try plain.searchByBytes($0, topK: 10, rerank: rerank)
    }
  }
}

private func scanReport(
  _ name: String, _ bytes: Int, _ queries: Matrix, _ some: Int, _ truth: [[Neighbour]],
  _ search: ([Float]) throws -> [Neighbour]
) throws {
  var (rates, reads, found): ([Double], [Double], [[Neighbour]]) = ([], [], [])
  let buffer = ReadBuffer(bytes: bytes)
  for query in 0..<some {
    let (neighbours, seconds) = try timed { try search(queries.row(query)) }
    found.append(neighbours)
    rates.append(Double(bytes) / seconds)
    if query % 5 == 0 { reads.append(readRate(buffer, bytes: bytes)) }
  }
  let (rate, read) = (median(rates), median(reads))
  note(
    "\(name): \(rate / 1e9) GB/s, memory is read at \(read / 1e9), share \(rate / read), recall \(recall(found, truth)), best \((rates.max() ?? 0) / 1e9) of \((reads.max() ?? 0) / 1e9)"
  )
  print(line(name, [Double(bytes) / rate], units: 1, bytes))
}

/// `filters FOLDER`: how many rows come back through filters, and how many of the nearest are among them.
///
/// Filters leave random rows, or those that lie farthest along one axis, where most queries have no neighbours. Prints a
/// table: of 2,000 queries, how many got fewer than min(10, matches) rows; recall@10; microseconds of a query.
func filters(_ arguments: [String]) throws {
  guard let folder = arguments.first else { throw UsageError(text: "filters FOLDER") }
  let (base, queries) = (try Matrix(npy: "\(folder)/base.npy"), try Matrix(npy: "\(folder)/queries.npy"))
  var index = try VectorIndex(dimensions: base.columns, metric: .cosine, encoding: .bfloat16)
  try index.insert(base.values, rows: (0..<base.rows).map { UInt32($0) })
  index = try index.trained()
  var chance = SystemRandomNumberGenerator()
  let random = (0..<UInt32(base.rows)).shuffled(using: &chance)
  let far = (0..<UInt32(base.rows)).sorted { base.values[Int($0) * base.columns] > base.values[Int($1) * base.columns] }
  print("| rows that match | which | too few rows | recall@10 | one query | exactly |")
  print("|---|---|---|---|---|---|")
  let counts = [0.5, 0.1, 0.01, 0.001].map { Int($0 * Double(base.rows)) } + [1, 0]
  for (kind, order) in [("random", random), ("far along an axis", far)] {
    for count in counts {
      let allowed = RowSet(order.prefix(count))
      let (truth, exactly) = try timed { try index.exact(queries: queries.values, topK: 10, allowed: allowed) }
      let (found, taken) = try timed { try index.search(queries: queries.values, topK: 10, allowed: allowed) }
      let few = found.count { $0.count != min(10, count) }
      let foreign = found.joined().count { !allowed.contains($0.row) }
      precondition(foreign == 0, "\(foreign) rows that do not match")
      func microseconds(_ seconds: Double) -> String { String(format: "%.0f µs", seconds / Double(queries.rows) * 1e6) }
      print(
        "| \(count) | \(kind) | \(few) of \(queries.rows) | "
          + "\(count == 0 ? "–" : String(format: "%.4f", recall(found, truth))) | \(microseconds(taken)) | "
          + "\(microseconds(exactly)) |")
    }
  }
}

private func report(
  _ task: String, _ index: VectorIndex, _ queries: Matrix, _ truth: [[Neighbour]], _ effort: SearchEffort
) throws {
  var (seconds, share): ([Double], Double) = ([], 0)
  for _ in 0..<5 {
    let (found, time) = try timed { try index.search(queries: queries.values, topK: 10, effort: effort) }
    seconds.append(time)
    share = recall(found, truth)
  }
  note("\(task): recall \(share) with \(effort.probes) probes, \(effort.rerank) rows again")
  print(line(task, seconds, units: queries.rows, index.bytes))
}

/// Bytes a second of adding up an array of that many bytes, on the calling thread or on all.
private func readRate(_ buffer: ReadBuffer, bytes: Int) -> Double {
  let count = bytes / 64
  let threads = Engine.current.threads
  let (sum, seconds) = timed {
    parallelMap(threads) { buffer.sum(count * $0 / threads..<count * ($0 + 1) / threads) }.reduce(0, &+)
  }
  precondition(sum != 1)
  return Double(count * 64) / seconds
}

private struct ReadBuffer {
  private let words: [SIMD8<UInt64>]

  init(bytes: Int) { words = (0..<bytes / 64).map { SIMD8(repeating: UInt64($0) &* 3 &+ 7) } }

  func sum(_ range: Range<Int>) -> UInt64 {
    var (a, b) = (SIMD8<UInt64>.zero, SIMD8<UInt64>.zero)
    for at in stride(from: range.lowerBound, to: range.upperBound - 1, by: 2) {
      a &+= words[at]
      b &+= words[at + 1]
    }
    return (a &+ b).wrappedSum()
  }
}

struct Matrix {
  let values: [Float]
  let rows: Int
  let columns: Int

  /// A NumPy array of float32 in two dimensions, version 1.
  init(npy path: String) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    guard data.count > 128, data[0] == 0x93 else { throw UsageError(text: "\(path): expected a NumPy array") }
    let length = 10 + Int(data[8]) + Int(data[9]) * 256
    let header = String(decoding: data[10..<length], as: UTF8.self)
    let shape = header.drop { $0 != "(" }.dropFirst().prefix { $0 != ")" }.split(separator: ",").compactMap {
      Int($0.filter(\.isNumber))
    }
    guard shape.count == 2, header.contains("<f4"), data.count == length + shape[0] * shape[1] * 4 else {
      throw UsageError(text: "\(path): expected float32 in rows, found \(header)")
    }
    (rows, columns) = (shape[0], shape[1])
    values = unsafe [Float](unsafeUninitializedCapacity: rows * columns) { out, filled in
      unsafe UnsafeMutableRawBufferPointer(out).copyBytes(from: data[length...])
      filled = out.count
    }
  }

  func row(_ index: Int) -> [Float] { Array(values[index * columns..<(index + 1) * columns]) }
}

private func recall(_ found: [[Neighbour]], _ truth: [[Neighbour]]) -> Double {
  let hits = zip(found, truth).reduce(0) { sum, pair in
    sum + Set(pair.0.map(\.row)).intersection(pair.1.map(\.row)).count
  }
  return Double(hits) / Double(max(1, zip(found, truth).reduce(0) { $0 + $1.1.count }))
}

func timed<Result>(_ body: () throws -> Result) rethrows -> (Result, Double) {
  let start = ContinuousClock.now
  let result = try body()
  return (result, (ContinuousClock.now - start) / .seconds(1))
}

private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

private func line(_ task: String, _ seconds: [Double], units: Int, _ bytes: Int) -> String {
  let units = [Int](repeating: units, count: seconds.count)
  return #"{"task":"\#(task)","seconds":\#(seconds),"units":\#(units),"peak_memory_bytes":\#(bytes)}"#
}

private func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
