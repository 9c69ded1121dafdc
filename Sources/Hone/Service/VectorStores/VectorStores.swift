internal import Foundation
internal import HoneFiles
internal import HoneSearch
internal import HoneStore

/// The vector stores of a home: collections that take files, divide and embed them in the background, and are searched.
///
/// A file that was taken is on disk before the caller hears of it; one that was being embedded when the process ended is
/// taken up again by the next.
public actor VectorStores {
  private let service: Service
  private let encoders: EncoderShelf
  private let clock: @Sendable () -> Int
  private var open = OpenStores(most: VectorStores.mostOpen)
  /// The name of each store that was ever open, by its id.
  private var names: [String: String] = [:]
  private var working: [String: Task<Void, Never>] = [:]

  /// The name by which the model of new stores is looked up: an alias of it says which.
  public static let usualModel = "text-embedding-3-large"

  /// Stores that are kept open; each takes up to 15 descriptors, and its index in memory.
  static let mostOpen = 64

  public init(_ service: Service, _ encoders: EncoderShelf, clock: @escaping @Sendable () -> Int) {
    (self.service, self.encoders, self.clock) = (service, encoders, clock)
  }

  /// Goes on with every file that was taken and is not embedded. A damaged store stops nothing, and those without such
  /// files are closed again.
  public func resume() async {
    for name in ids() {
      var store = open[name]
      if store == nil { store = try? await opened(name) }
      if let store, Self.waiting(store) { work(on: kept(store)) }
    }
  }

  private func opened(_ name: String) async throws -> SearchCollection {
    let home = service.home
    return try await SideWork.run { try home.collection(name) }
  }

  private static func waiting(_ store: SearchCollection) -> Bool {
    (try? store.rows.sourceCounts()[SourceStatus.inProgress.rawValue]) ?? 0 > 0
  }

  /// How well the indexes of open stores find, where real searches were compared with all rows: by the stores' ids.
  public func recalls() -> [(id: String, recall: Double, searches: Int)] {
    open.all.compactMap { store in
      store.sampler.own.map { (id: store.id, recall: $0.recall, searches: $0.searches) }
    }.sorted { $0.id < $1.id }
  }

  // MARK: stores

  public func create(
    name: String, description: String?, metadata: [String: String], expiresAfterDays: Int?, files: [SourceRequest]
  ) async throws -> VectorStoreInfo {
    for file in files { _ = try await service.file(file.file) }
    let id = "vs_" + randomName(length: 24)
    let (engine, _) = try await encoders.engine(Self.usualModel)
    let (home, model, now) = (service.home, engine.model.info.name, clock())
    let store = try await SideWork.run { try home.makeCollection(id, model: model, id: id) }
    try store.rows.setHead([
      "title": name, "description": description, "metadata": try Self.json(metadata), "created": "\(now)",
      "active": "\(now)", "days": expiresAfterDays.map { "\($0)" },
    ])
    _ = kept(store)
    if !files.isEmpty { _ = try await attach(files, to: id, asBatch: false) }
    return try info(store)
  }

  /// All stores, those of the command line among them, in the order of their making.
  public func list(_ query: ListQuery) throws -> ListPage<VectorStoreInfo> {
    let home = service.home
    var all = ids().compactMap { name in try? info(open[name] ?? home.collection(name)) }
    all.sort { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
    for (id, follows) in [(query.after, true), (query.before, false)] {
      guard let id else { continue }
      let known = all.first { $0.id == id }?.createdAt
      guard let time = try known ?? service.store.place(ofDeparted: id, Self.departedKind) else {
        return ListPage(data: [], hasMore: false)
      }
      let wantsLater = follows != query.newestFirst
      all.removeAll { store in
        let isLater = (store.createdAt, store.id) > (time, id)
        return store.id == id || isLater != wantsLater
      }
    }
    if query.newestFirst { all.reverse() }
    let isNearest = query.before != nil && query.after == nil
    let page = isNearest ? all.suffix(query.limit) : all.prefix(query.limit)
    return ListPage(data: Array(page), hasMore: all.count > query.limit)
  }

  /// What stores are among the departed.
  private static let departedKind = "vector_store"

  public func store(_ id: String) throws -> VectorStoreInfo { try info(collection(id)) }

  /// What is nil stays as it is; an empty name or description is one.
  public func update(
    _ id: String, name: String?, metadata: [String: String]?, expiresAfterDays: Int??
  ) throws -> VectorStoreInfo {
    let store = try collection(id)
    var head: [String: String?] = [:]
    if let name { head["title"] = name }
    if let metadata { head["metadata"] = try Self.json(metadata) }
    if let expiresAfterDays { head["days"] = expiresAfterDays.map { "\($0)" } }
    head["active"] = "\(clock())"
    try store.rows.setHead(head)
    return try info(store)
  }

  public func delete(_ id: String) async throws {
    let store = try collection(id)
    working[store.id]?.cancel()
    await working[store.id]?.value
    (open[store.name], names[store.id], working[store.id]) = (nil, nil, nil)
    if let head = try? store.rows.head() {
      try service.store.depart(Self.departedKind, store.id, from: StoreLife(head).createdAt)
    }
    let home = service.home
    try await SideWork.run { try home.removeCollection(store.name) }
  }

  // MARK: files

  /// Takes files. - Returns: the batch, where they are to be one, else nothing.
  public func attach(_ files: [SourceRequest], to id: String, asBatch: Bool) async throws -> BatchInfo? {
    let store = try collection(id)
    var sources: [StoredSource] = []
    let batch = asBatch ? StoredBatch(id: "vsfb_" + randomName(length: 24), createdAt: clock()) : nil
    for file in files {
      let info = try await service.file(file.file)
      sources.append(
        StoredSource(
          id: file.file, name: info.filename, batch: batch?.id, createdAt: clock(),
          status: SourceStatus.inProgress.rawValue, attributes: try Self.json(file.attributes),
          maxTokens: file.chunks.maxTokens, overlap: file.chunks.overlap))
    }
    let (taken, own) = (sources, batch)
    try await SideWork.run { try store.rows.take(taken, batch: own) }
    try store.rows.setHead(["active": "\(clock())"])
    work(on: store)
    return try batch.map { try self.batch($0.id, of: id) }
  }

  public func files(
    _ query: ListQuery, of id: String, status: SourceStatus? = nil, batch: String? = nil
  ) throws -> ListPage<SourceInfo> {
    let store = try collection(id)
    if let batch { _ = try self.batch(batch, of: id) }
    return ListPage(try store.rows.sources(query.page, status: status?.rawValue, batch: batch), SourceInfo.init)
  }

  public func file(_ file: String, of id: String) throws -> SourceInfo {
    guard let source = try collection(id).rows.source(file) else { throw Self.notThere("file", file, id) }
    return SourceInfo(source)
  }

  public func setAttributes(_ attributes: [String: FieldValue], of file: String, in id: String) throws -> SourceInfo {
    let store = try collection(id)
    _ = try self.file(file, of: id)
    try store.rows.setAttributes(source: file, try Self.json(attributes)) { payload in
      let old = try JSONDecoder().decode([String: FieldValue].self, from: Data(payload.utf8))
      return try Self.json(attributes.merging(old.filter { Self.ownFields.contains($0.key) }) { $1 })
    }
    return try self.file(file, of: id)
  }

  public func remove(file: String, of id: String) throws {
    guard try collection(id).rows.remove(source: file) else { throw Self.notThere("file", file, id) }
  }

  /// The text of a file as it was divided, chunk after chunk.
  public func content(ofFile file: String, of id: String) throws -> [String] {
    let store = try collection(id)
    _ = try self.file(file, of: id)
    return try store.rows.rows(after: 0, limit: 1_000_000, part: file).map(\.text)
  }

  public func batch(_ batch: String, of id: String) throws -> BatchInfo {
    let store = try collection(id)
    guard let found = try store.rows.batch(batch) else { throw Self.notThere("batch", batch, id) }
    return BatchInfo(
      id: found.id, createdAt: found.createdAt, counts: SourceCounts(try store.rows.sourceCounts(batch: batch)))
  }

  public func cancel(batch: String, of id: String) throws -> BatchInfo {
    _ = try self.batch(batch, of: id)
    try collection(id).rows.settle(
      batch: batch, from: SourceStatus.inProgress.rawValue, to: SourceStatus.cancelled.rawValue)
    return try self.batch(batch, of: id)
  }

  // MARK: searching

  /// Finds chunks for one question or several; of several, the orders are fused. Scores are from 0 to 1.
  ///
  /// `filter`: the JSON of a filter of the API. `tokens`: of the questions, as the model reads them.
  public func search(
    _ id: String, queries: [String], topK: Int, filter: String?, legs: SearchOptions.Legs
  ) async throws -> (hits: [SearchHit], tokens: Int) {
    let store = try collection(id)
    let now = clock()
    let life = StoreLife(try store.rows.head())
    if let expiry = life.expiresAt, expiry <= now {
      throw HoneError(
        "\(id): expected a vector store, found one that expired", remedy: "make it again, or give it more days",
        code: "vector_store_expired")
    }
    if now - life.lastActiveAt > 60 { try store.rows.setHead(["active": "\(now)"]) }
    let engine = try await encoders.engine(store.model).engine
    try store.check(engine.model)
    let rowFilter = try filter.map { text -> RowFilter in
      do { return try RowFilter(json: JSONValue(parsing: Array(text.utf8))) } catch {
        throw HoneError("\(error)", remedy: "mend the filter", parameter: "filters")
      }
    }
    let vectors = try await engine.embed(queries.map { .text($0) }, EmbeddingOptions(task: "query"))
    var options = SearchOptions()
    (options.topK, options.legs) = (topK, legs)
    let wanted = options
    let hits = try await SideWork.run {
      let found = try queries.indices.map { index in
        try store.search(text: queries[index], vector: Array(vectors[index]), wanted, rowFilter)
      }
      return Self.fused(found, topK: topK, legs == .vectors ? store.metric : .cosine)
    }
    return (hits, vectors.tokenCounts.reduce(0, +))
  }

  /// One order of several, with scores from 0 to 1. `metric`: what a single order's scores are of.
  private static func fused(_ found: [[SearchHit]], topK: Int, _ metric: VectorMetric) -> [SearchHit] {
    if found.count == 1 { return found[0].map { $0.scored(metric.share($0.score)) } }
    let hits = Dictionary(found.joined().map { ($0.key, $0) }) { first, _ in first }
    let most = Double(found.count) / 61
    return reciprocalRanks(found.map { $0.map(\.key) }).prefix(topK).compactMap { ranked in
      hits[ranked.id]?.scored(ranked.score / most)
    }
  }

  // MARK: the inside

  private func ids() -> [String] { service.home.collectionNames() }

  /// A store by its id, or by the name that the command line gave it.
  private func collection(_ id: String) throws -> SearchCollection {
    let known = names[id] ?? id
    if let store = open[known], store.name == id || store.id == id { return store }
    let all = ids()
    if all.contains(id) { return try kept(service.home.collection(id)) }
    // Whoever bears the id; the one that bore it last first.
    for name in all.filter({ $0 == known }) + all.filter({ $0 != known }) {
      if let store = open[name] ?? (try? service.home.collection(name)), store.id == id { return kept(store) }
    }
    throw HoneError(
      "\(id.prefix(60)): expected a vector store, found none of that id", remedy: "list them with GET /vector_stores",
      code: "vector_store_not_found", kind: .notFound)
  }

  private func kept(_ store: SearchCollection) -> SearchCollection {
    (open[store.name], names[store.id]) = (store, store.name)
    return store
  }

  private static func notThere(_ kind: String, _ name: String, _ id: String) -> HoneError {
    HoneError(
      "\(name.prefix(60)): expected a \(kind) of \(id), found none", remedy: "list what is there",
      code: "not_found", kind: .notFound)
  }

  private func info(_ store: SearchCollection) throws -> VectorStoreInfo {
    let head = try store.rows.head()
    let life = StoreLife(head)
    return VectorStoreInfo(
      id: store.id, name: head["title"] ?? store.name, description: head["description"],
      metadata: head["metadata"].flatMap { try? JSONDecoder().decode([String: String].self, from: Data($0.utf8)) }
        ?? [:],
      createdAt: life.createdAt, lastActiveAt: life.lastActiveAt, expiresAfterDays: life.expiresAfterDays,
      expiresAt: life.expiresAt, usageBytes: folderBytes(store.place.folder),
      counts: SourceCounts(try store.rows.sourceCounts()))
  }

  static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// What rows have beside the attributes of their file.
  static let ownFields: Set<String> = ["chunk", "headings"]

  // MARK: embedding

  private func work(on store: SearchCollection) {
    guard working[store.id] == nil else { return }
    working[store.id] = Task { await self.run(store) }
  }

  /// Embeds file after file until none is left.
  private func run(_ store: SearchCollection) async {
    let inProgress = SourceStatus.inProgress.rawValue
    while !Task.isCancelled,
      let source = try? store.rows.sources(PageRequest(limit: 1, newestFirst: false), status: inProgress).records.first
    {
      do {
        let bytes = try await embed(source, store)
        // One that got other attributes meanwhile is taken again; one that was cancelled or taken out leaves no rows.
        if try !store.rows.settle(
          source: source.id, from: inProgress, to: SourceStatus.completed.rawValue, attributes: source.attributes,
          bytes: bytes), try store.rows.source(source.id)?.status != inProgress
        {
          _ = try store.remove(part: source.id)
        }
      } catch is CancellationError {
        break
      } catch {
        let refusal = error as? HoneError
        let settled = try? store.rows.settle(
          source: source.id, from: inProgress, to: SourceStatus.failed.rawValue,
          errorCode: refusal?.fault == .caller ? refusal?.code ?? "invalid_file" : "server_error",
          error: describe(error))
        _ = try? store.remove(part: source.id)
        if settled == nil { break }
      }
    }
    _ = try? await SideWork.run { try store.buildIndex() }
    working[store.id] = nil
    // What came between the last look and now, also into rows that were put back meanwhile.
    if !Task.isCancelled, let now = try? collection(store.name), Self.waiting(now) { work(on: now) }
  }

  private func embed(_ source: StoredSource, _ store: SearchCollection) async throws -> Int {
    let (file, engine) = (
      try await service.content(ofFile: source.id), try await encoders.engine(store.model).engine
    )
    try store.check(engine.model)
    let (home, options) = (service.home, ChunkOptions(maxTokens: source.maxTokens, overlap: source.overlap))
    let attributes = try JSONDecoder().decode([String: FieldValue].self, from: Data(source.attributes.utf8))
    let items = try await SideWork.run {
      let text = try Self.text(of: [UInt8](Data(contentsOf: file)), name: source.name)
      return try home.documentItems(text, name: source.name, options, engine.model).map { item in
        var item = item
        item.key = "\(source.id)#\(item.key.split(separator: "#").last ?? "")"
        item.part = source.id
        item.fields.merge(attributes) { own, _ in own }
        return item
      }
    }
    var bytes = 0
    for start in stride(from: 0, to: items.count, by: 256) {
      try Task.checkCancellation()
      let part = Array(items[start..<min(items.count, start + 256)])
      let vectors = try await engine.embed(part.map { .text($0.text) }, EmbeddingOptions(task: "document"))
      _ = try await SideWork.run { try store.add(part, vectors: vectors.values) }
      bytes += part.reduce(0) { $0 + $1.text.utf8.count } + vectors.values.count * 4
    }
    return bytes
  }

  /// - Throws: `HoneError` with the code `unsupported_file` for what is no text.
  private static func text(of bytes: [UInt8], name: String) throws -> String {
    guard let text = String(validating: bytes, as: UTF8.self), !text.utf8.contains(0) else {
      throw HoneError(
        "\(name): expected UTF-8 text, found other bytes", remedy: "convert the file to text", code: "unsupported_file")
    }
    guard text.contains(where: { !$0.isWhitespace }) else {
      throw HoneError("\(name): expected text, found none", remedy: "give a file with text", code: "invalid_file")
    }
    return text
  }
}

/// When a store was made, was last used, and goes, as its head says.
private struct StoreLife {
  let createdAt: Int
  let lastActiveAt: Int
  let expiresAfterDays: Int?

  init(_ head: [String: String]) {
    func number(_ name: String) -> Int? { head[name].flatMap(Int.init) }
    createdAt = number("created") ?? 0
    lastActiveAt = number("active") ?? createdAt
    expiresAfterDays = number("days")
  }

  var expiresAt: Int? { expiresAfterDays.map { lastActiveAt + $0 * 86_400 } }
}

extension SearchHit {
  fileprivate func scored(_ score: Double) -> SearchHit {
    SearchHit(
      key: key, part: part, text: text, fields: fields, score: score, similarity: similarity, because: because,
      becauseSimilarity: becauseSimilarity)
  }
}

extension SourceInfo {
  init(_ source: StoredSource) {
    self.init(
      id: source.id, name: source.name, batch: source.batch, createdAt: source.createdAt,
      status: SourceStatus(rawValue: source.status) ?? .failed, errorCode: source.errorCode, error: source.error,
      attributes: (try? JSONDecoder().decode([String: FieldValue].self, from: Data(source.attributes.utf8))) ?? [:],
      chunks: ChunkOptions(maxTokens: source.maxTokens, overlap: source.overlap), bytes: source.bytes)
  }
}
