import Foundation
import Hone
import Synchronization

// Hone's side of Benchmarks/search/stores.py, which says what is measured.

private let batchRows = 1000
private let alone = 300
private let seconds = 10.0
private let words = ["red", "green", "blue", "grey"]

/// `stores work|first_answer|few|count FOLDER PATH`: a home at PATH with one collection, of the rows of FOLDER. Needs
/// the model all-MiniLM-L6-v2 in the home that HONE_HOME names.
func stores(_ arguments: [String]) throws {
  guard arguments.count == 3 else { throw UsageError(text: "stores work|first_answer|few|count FOLDER PATH") }
  let (folder, path) = (arguments[1], URL(fileURLWithPath: arguments[2]))
  switch arguments[0] {
  case "work": try work(StoredRows(folder), try newCollection(path))
  case "first_answer":
    let query = try Matrix(npy: "\(folder)/queries.npy").row(1)
    let (_, taken) = try timed { try ask(Home(path).collection("rows"), query) }
    try printLine(["seconds": taken])
  case "few": try addAndDie(StoredRows(folder), try newCollection(path))
  case "count": print(try Home(path).collection("rows").info().rows)
  default: throw UsageError(text: "stores work|first_answer|few|count FOLDER PATH")
  }
}

/// The rows as every program reads them; those beyond `first` come while queries are answered.
private struct StoredRows: Sendable {
  let base, extra, queries: Matrix
  let texts: [String]

  init(_ folder: String) throws {
    base = try Matrix(npy: "\(folder)/base.npy")
    extra = try Matrix(npy: "\(folder)/extra.npy")
    queries = try Matrix(npy: "\(folder)/queries.npy")
    texts = try String(contentsOfFile: "\(folder)/texts.txt", encoding: .utf8).split(
      separator: "\n", omittingEmptySubsequences: false
    ).map(String.init)
  }

  var first: Int { base.rows }
  var count: Int { base.rows + extra.rows }

  func batch(_ start: Int) -> (items: [CollectionItem], vectors: [Float]) {
    let (part, at) = start < first ? (base, start) : (extra, start - first)
    let items = (start..<start + batchRows).map { key -> CollectionItem in
      let fields: [String: FieldValue] = ["lang": .text(words[key % 4]), "size": .number(Double(key % 1000))]
      return CollectionItem(key: String(key), text: texts[key], fields: fields)
    }
    return (items, Array(part.values[at * part.columns..<(at + batchRows) * part.columns]))
  }
}

private func newCollection(_ path: URL) throws -> SearchCollection {
  let models = path.appendingPathComponent("models", isDirectory: true)
  try FileManager.default.createDirectory(at: models, withIntermediateDirectories: true)
  let name = "all-MiniLM-L6-v2"
  try FileManager.default.createSymbolicLink(
    at: models.appendingPathComponent(name), withDestinationURL: Home().url.appendingPathComponent("models/\(name)"))
  return try Home(path).makeCollection("rows", model: name)
}

private struct Answer: Encodable, Sendable {
  let seconds: Double
  let before, after, query: Int
  let keys: [Int]
}

private struct StoreFigures: Encodable {
  var inserts: [Double] = []
  var index = 0.0
  var alone: [Answer] = []
  var beside: [Answer] = []
  var writes: [Double] = []
}

private func ask(_ collection: SearchCollection, _ query: [Float]) throws -> [Int] {
  var options = SearchOptions()
  (options.topK, options.legs) = (10, .vectors)
  return try collection.search(text: nil, vector: query, options).compactMap { Int($0.key) }
}

private func add(_ collection: SearchCollection, _ rows: StoredRows, _ start: Int) throws -> Double {
  let (items, vectors) = rows.batch(start)
  let (report, taken) = try timed { try collection.add(items, vectors: vectors) }
  precondition(report.added == batchRows, "\(report.added)")
  return taken
}

private func work(_ rows: StoredRows, _ collection: SearchCollection) throws {
  var figures = StoreFigures()
  for start in stride(from: 0, to: rows.first, by: batchRows) {
    figures.inserts.append(try add(collection, rows, start))
  }
  figures.index = try timed { try collection.buildIndex() }.1
  let writer = Writer(rows, collection)
  func answer(_ number: Int) throws -> Answer {
    let (before, query) = (writer.done, number % rows.queries.rows)
    let (keys, taken) = try timed { try ask(collection, rows.queries.row(query)) }
    return Answer(seconds: taken, before: before, after: writer.done, query: query, keys: keys)
  }
  _ = try answer(0)
  figures.alone = try (0..<alone).map(answer)
  let every = ProcessInfo.processInfo.environment["HONE_STORES_EVERY"].flatMap(Double.init) ?? 0
  writer.start()
  let start = ContinuousClock.now
  while writer.isAtWork, (ContinuousClock.now - start) / .seconds(1) < seconds {
    figures.beside.append(try answer(figures.beside.count))
    let next = start + .milliseconds(every * Double(figures.beside.count))
    if next > .now { Thread.sleep(forTimeInterval: (next - .now) / .seconds(1)) }
  }
  figures.writes = writer.stop()
  print(String(decoding: try JSONEncoder().encode(figures), as: UTF8.self))
}

/// Adds batch after batch on a thread of its own.
private final class Writer: Sendable {
  private struct State {
    var done: Int
    var isStopping = false
    var isAtWork = false
    var taken: [Double] = []
  }
  private let state: Mutex<State>
  private let (rows, collection): (StoredRows, SearchCollection)

  init(_ rows: StoredRows, _ collection: SearchCollection) {
    (self.rows, self.collection) = (rows, collection)
    state = Mutex(State(done: rows.first))
  }

  /// Rows that were acknowledged.
  var done: Int { state.withLock { $0.done } }
  var isAtWork: Bool { state.withLock { $0.isAtWork } }

  func start() {
    state.withLock { $0.isAtWork = true }
    Thread.detachNewThread { [self] in
      while let start = state.withLock({ $0.isStopping || $0.done >= rows.count ? nil : $0.done }) {
        guard let taken = try? add(collection, rows, start) else { break }
        state.withLock {
          $0.done += batchRows
          $0.taken.append(taken)
        }
      }
      state.withLock { $0.isAtWork = false }
    }
  }

  /// Waits for the end; gives the seconds of each batch.
  func stop() -> [Double] {
    state.withLock { $0.isStopping = true }
    while isAtWork { Thread.sleep(forTimeInterval: 0.01) }
    return state.withLock { $0.taken }
  }
}

private func addAndDie(_ rows: StoredRows, _ collection: SearchCollection) throws {
  for start in stride(from: 0, to: 20 * batchRows, by: batchRows) {
    _ = try add(collection, rows, start)
    FileHandle.standardOutput.write(Data("\(start + batchRows)\n".utf8))
  }
  kill(getpid(), SIGKILL)
}
