internal import Foundation
internal import HoneFiles
internal import HoneKernels
internal import HoneSearch
internal import HoneStore
internal import Synchronization

/// Rows of text with their vectors, words and fields, open for searching and changing.
///
/// Rows are kept in SQLite, one file a collection: what is acknowledged is on disk. The index over the vectors is derived
/// from them: mapped from a file where a whole one is there, else made anew. Any number of threads and processes may use
/// a collection at once; each search sees all that was acknowledged before it began.
public final class SearchCollection: Sendable {
  public let name: String
  /// Names it among all that ever were.
  public let id: String
  /// Numbers of a vector.
  public let dimensions: Int
  let place: CollectionPlace
  let rows: CollectionStore
  let metric: VectorMetric
  let memory = Mutex(Memory())
  /// Held while what came is taken into memory beside searches, so that of several writers one does it.
  private let following = Mutex(())
  let sampler: RecallSampler

  /// What is in memory, as of some change.
  struct State: Sendable {
    var index: VectorIndex
    var change: Int
    var fields = FieldTable()
    var fieldsChange = 0
    var notes: [String] = []
    /// How often the index was trained while it is open.
    var trainings = 0
  }

  struct Memory: Sendable {
    /// nil until something is searched: opening a collection reads no vectors.
    var state: State?
    /// Changes of calls that only added rows, have not returned, and take these into memory before they do: no search
    /// needs to see them yet.
    var underWay: Set<Int> = []
    /// Searches since the index was found to need training.
    var searches = 0
    var isTraining = false

    /// Takes an index that knows more than the one that is there, unless that one was trained meanwhile.
    mutating func take(_ newer: State) {
      guard var state, state.trainings == newer.trainings, state.change < newer.change else { return }
      (state.index, state.change) = (newer.index, newer.change)
      self.state = state
    }
  }

  init(opening place: CollectionPlace) throws {
    self.place = place
    name = place.name
    rows = try CollectionStore(at: place.rows, terms: { SearchTerms.terms(of: $0) })
    let head = try rows.head()
    guard let id = head["id"], let count = head["dimensions"].flatMap(Int.init), count > 0,
      let settings = VectorSettings(head)
    else {
      throw HoneError(
        "\(place.rows.path): expected what the collection is, found none of it", remedy: "put back a backup of it",
        fault: .machine)
    }
    (self.id, dimensions, metric) = (id, count, VectorMetric(settings.metric))
    sampler = RecallSampler(file: place.indexes(id).appendingPathComponent("recall.json"))
  }

  /// The model that its vectors are of.
  public var model: String { get throws { try rows.head()["model"] ?? "" } }

  /// The fingerprint of that model.
  public var fingerprint: String { get throws { try rows.head()["fingerprint"] ?? "" } }

  /// How its vectors are compared, and how its index holds them.
  public var settings: VectorSettings { get throws { VectorSettings(try rows.head()) ?? VectorSettings() } }

  /// Whether its rows were put back from a backup, or removed, since it was opened: open it again then.
  public var isReplaced: Bool { rows.isReplaced }

  // MARK: what is in memory

  /// The state as of now, for one search. Later changes leave it alone.
  func current(fields: Bool = false) throws -> State {
    let now = try rows.change()
    return try memory.withLock { memory in
      var state = try memory.state.take() ?? loaded()
      defer { memory.state = state }
      if state.change < now, !(state.change + 1...now).allSatisfy(memory.underWay.contains) {
        try Self.refresh(&state, rows)
      }
      if fields, state.fieldsChange < now { try Self.refreshFields(&state, rows) }
      return state
    }
  }

  /// Adds rows and takes them into memory before it returns, on the thread of who adds: searches go on meanwhile with
  /// what was there before, and none of them has to take in many rows at once.
  ///
  /// Only where nothing was replaced: what went would be missed by a search that still has it. Where nothing was
  /// searched yet, nothing is taken in.
  func addFollowed(_ fresh: [NewCollectionRow]) throws -> CollectionChange {
    let own = Mutex<AddedRows?>(nil)
    defer {
      if let own = own.withLock(\.self) { memory.withLock { _ = $0.underWay.remove(own.change) } }
    }
    let result = try rows.add(fresh) { added in
      own.withLock { $0 = added }
      self.memory.withLock { if $0.state != nil { $0.underWay.insert(added.change) } }
    }
    if let added = own.withLock(\.self) { try follow(added, of: fresh) }
    return result
  }

  /// Takes in what came up to a change, beside searches; of the rows, where nothing else came meanwhile, without reading
  /// them back.
  private func follow(_ added: AddedRows, of fresh: [NewCollectionRow]) throws {
    try following.withLock { _ in
      while var newer = memory.withLock({ $0.state }), newer.change < added.change {
        if newer.change == added.change - 1 {
          try newer.index.upsert(added.places.flatMap { fresh[$0].vector }, rows: added.ids.map(Self.rowNumber))
          newer.change = added.change
        } else {
          try Self.refresh(&newer, rows)
        }
        let taken = newer
        memory.withLock { $0.take(taken) }
      }
    }
  }

  private static func refresh(_ state: inout State, _ rows: CollectionStore) throws {
    let (change, gone) = try rows.news(after: state.change) { ids, vectors in
      try state.index.upsert(vectors, rows: try ids.map(rowNumber))
    }
    for id in try gone.map(rowNumber) where state.index.contains(row: id) { try state.index.remove(rows: [id]) }
    state.change = change
  }

  private static func refreshFields(_ state: inout State, _ rows: CollectionStore) throws {
    var fields = state.fields
    state.fields = FieldTable()  // so that nobody else holds the columns while they grow
    defer { state.fields = fields }
    let (change, gone) = try rows.payloads(after: state.fieldsChange) { id, payload in
      guard case .object(let members)? = try? JSONValue(parsing: Array(payload.utf8)) else { return }
      fields.add(try rowNumber(id), members.reduce(into: [:]) { $0[$1.0] = FilterValue($1.1) })
    }
    for id in try gone.map(rowNumber) { fields.remove(id) }
    state.fieldsChange = change
  }

  /// - Throws: `HoneError` after four thousand million rows, which an index cannot number.
  private static func rowNumber(_ id: Int64) throws -> UInt32 {
    guard let number = UInt32(exactly: id), number != .max else {
      throw HoneError(
        "expected at most \(UInt32.max - 1) rows that ever were, found more",
        remedy: "export the rows into a new collection")
    }
    return number
  }

  // MARK: the index's file

  /// The newest index that is whole, or an empty one.
  private func loaded() throws -> State {
    let now = try rows.change()
    let encoding = RowEncoding(try settings.encoding)
    var notes: [String] = []
    for file in Self.savedIndexes(place.indexes(id)).sorted(by: { $0.change > $1.change }) where file.change <= now {
      do {
        let index = try VectorIndex(contentsOf: file.url)
        if index.dimensions == dimensions, index.metric == metric, index.encoding == encoding {
          return State(index: index, change: file.change, notes: notes)
        }
        notes.append("\(file.url.lastPathComponent) held other vectors, or other numbers; the index is made anew")
      } catch {
        notes.append("the index was damaged and is made anew (\(error))")
      }
      try? FileManager.default.removeItem(at: file.url)
    }
    let empty = try VectorIndex(dimensions: dimensions, metric: metric, encoding: encoding)
    return State(index: empty, change: 0, notes: notes)
  }

  private static func savedIndexes(_ folder: URL) -> [(url: URL, change: Int)] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.compactMap { name in
      guard name.hasPrefix("vectors-"), name.hasSuffix(".index"),
        let change = Int(name.dropFirst("vectors-".count).dropLast(".index".count))
      else { return nil }
      return (folder.appendingPathComponent(name), change)
    }
  }

  /// Trains the index where enough rows came or went, and keeps it in a file where none tells of nearly all rows.
  ///
  /// Searches go on meanwhile with the older one. `always`: also where it would not pay. `givesWay`: lets others compute
  /// before it.
  /// - Returns: whether it was trained.
  @discardableResult
  public func buildIndex(always: Bool = false, givesWay: Bool = false) throws -> Bool {
    let settings = try settings
    if try current().index.encoding != RowEncoding(settings.encoding) {  // another process chose another
      memory.withLock { $0.state = nil }
    }
    let found = try current()
    let folder = place.indexes(id)
    guard found.index.trainingPays || always else {
      let newest = Self.savedIndexes(folder).map(\.change).max() ?? -1
      if found.index.drift > 0.02, found.index.count >= VectorIndex.fewRows, newest != found.change {
        try save(found.index, found.change)
      }
      return false
    }
    var trained = found
    if found.index.count > 0 {
      let training = IndexTraining(lists: settings.lists.map { min($0, found.index.count) }, groups: settings.groups)
      trained.index =
        givesWay ? try givingWay { try found.index.trained(training) } : try found.index.trained(training)
    }
    // Chosen anew meanwhile: what was trained is not what is wanted.
    guard try self.settings == settings else { return try buildIndex(always: true, givesWay: givesWay) }
    try save(trained.index, found.change)
    sampler.forget()
    try Self.refresh(&trained, rows)  // nearly all that came meanwhile, beside searches
    try memory.withLock { memory in
      var state = memory.state.take() ?? found
      defer { memory.state = state }
      (state.index, state.change, state.trainings) = (trained.index, trained.change, state.trainings + 1)
      try Self.refresh(&state, rows)
    }
    return true
  }

  /// Chooses other numbers for the index, or other lists and groups, and makes it anew from the rows.
  ///
  /// - Throws: `HoneError` for counts out of range, and for another metric than the collection's.
  public func retrain(_ wanted: VectorSettings) throws {
    try wanted.check()
    guard VectorMetric(wanted.metric) == metric else {
      throw HoneError(
        "\(name): expected the metric \(metric.rawValue), which it was made with, found \(wanted.metric.rawValue)",
        remedy: "export the rows, and add them to a new collection: hone index export \(name) rows.jsonl",
        parameter: "metric", kind: .conflict)
    }
    try rows.setHead(wanted.head)
    try dropIndex()
    try buildIndex(always: true)
  }

  /// Searches after which training in the background is worth its time: a program that ends sooner needs none.
  private static let searchesBeforeTraining = 32

  /// Trains the index on a thread of its own where that pays, beside searches and changes.
  func trainInBackground(_ index: VectorIndex) {
    guard index.trainingPays else { return }
    let begins = memory.withLock { memory in
      memory.searches += 1
      guard memory.searches >= Self.searchesBeforeTraining, !memory.isTraining else { return false }
      memory.isTraining = true
      return true
    }
    guard begins else { return }
    Thread.detachNewThread { [self] in
      // On this thread alone: searches that compare all rows would wait for the others.
      parallelUnits(1) { _ in _ = try? buildIndex(givesWay: true) }
      memory.withLock { ($0.isTraining, $0.searches) = (false, 0) }
    }
  }

  private func save(_ index: VectorIndex, _ change: Int) throws {
    let folder = place.indexes(id)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try index.save(to: folder.appendingPathComponent("vectors-\(change).index"))
    for older in Self.savedIndexes(folder) where older.change != change {
      try? FileManager.default.removeItem(at: older.url)
    }
  }

  /// Forgets the index, in memory and on disk: the next search makes it anew.
  func dropIndex() throws {
    try? FileManager.default.removeItem(at: place.indexes(id))
    memory.withLock { $0.state = nil }
    sampler.forget()
  }

  /// What it is, and how well its index finds.
  ///
  /// `measures`: where no real searches were compared with all rows, compare some with a few of its own rows.
  public func info(measures: Bool = false) throws -> CollectionInfo {
    let (state, head, settings) = (try current(), try rows.head(), try settings)
    let known = state.index.listCount > 0 ? sampler.known : nil
    return CollectionInfo(
      name: name, id: id, created: head["created"].flatMap(Int.init) ?? 0, model: head["model"] ?? "",
      fingerprint: head["fingerprint"] ?? "", dimensions: dimensions, metric: metric.rawValue,
      encoding: settings.encoding.rawValue, rows: state.index.count,
      bytes: folderBytes(place.folder), indexBytes: folderBytes(place.indexes(id)), lists: state.index.listCount,
      recall: measures && state.index.listCount > 0 ? try known?.recall ?? recall(state.index) : nil,
      recallSamples: known?.searches, notes: state.notes)
  }

  /// recall@10 of the default search, on up to 64 rows as queries.
  private func recall(_ index: VectorIndex) throws -> Double? {
    let some = try rows.ids()
    let step = max(1, some.count / 64)
    let queries = try rows.vectors(stride(from: 0, to: some.count, by: step).map { some[$0] })
    var (hits, all) = (0, 0)
    for (_, query) in queries.sorted(by: { $0.key < $1.key }) {
      let truth = Set(try index.exact(query, topK: 10).map(\.row))
      hits += try index.search(query, topK: 10).count { truth.contains($0.row) }
      all += truth.count
    }
    return all > 0 ? Double(hits) / Double(all) : nil
  }
}

/// Where a collection lies.
struct CollectionPlace: Sendable {
  let home: Home
  let name: String

  var folder: URL { home.collections.appendingPathComponent(name, isDirectory: true) }
  var rows: URL { folder.appendingPathComponent("rows.sqlite", isDirectory: false) }

  func indexes(_ id: String) -> URL {
    home.url.appendingPathComponent("indexes/\(id)", isDirectory: true)
  }
}

/// The bytes of all files of a folder.
func folderBytes(_ folder: URL) -> Int {
  let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.fileSizeKey])
  var sum = 0
  while let file = files?.nextObject() as? URL {
    sum += (try? file.resourceValues(forKeys: [.fileSizeKey]))?.fileSize ?? 0
  }
  return sum
}
