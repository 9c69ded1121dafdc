internal import HoneModels

/// One model that embeds for many at a time: what arrives while it computes goes through together next.
public actor EmbeddingEngine {
  public nonisolated let model: EmbeddingModel
  /// Requests whose texts wait, and those that are being computed.
  private var waiting: [Waiting] = []
  private var isRunning = false

  private struct Waiting {
    let texts: PreparedTexts
    let answer: CheckedContinuation<[Float], Never>
  }

  /// Tokens that go through at a time, so that other models get their turn.
  private static let turnTokens = 4096

  private nonisolated let cached: Embedder?

  public init(_ model: EmbeddingModel) {
    self.model = model
    cached = nil
  }

  /// With a cache, where the embedder has one.
  public init(_ embedder: Embedder) {
    model = embedder.model
    cached = embedder.cache == nil ? nil : embedder
  }

  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe QueueExecutor.compute.asUnownedSerialExecutor()
  }

  /// Embeds texts.
  ///
  /// - Throws: `HoneError` for inputs that cannot be embedded, before anything is computed.
  public nonisolated func embed(
    _ inputs: [EmbeddingInput], _ options: EmbeddingOptions = EmbeddingOptions()
  ) async throws -> EmbeddingResult {
    // Everything that can be wrong is found out before anything is computed or looked up.
    let texts = try await SideWork.run { [model] in try model.prepare(inputs, options) }
    guard let cached, var found = try await SideWork.run({ cached.remembered(inputs, options) }) else {
      return texts.result(await vectors(texts))
    }
    if !found.missing.isEmpty {
      let rest = texts.part(found.missing)
      let news = found.fill(rest.result(await vectors(rest), cut: false))
      try await SideWork.run { cached.keep(news) }
    }
    return try model.result(found.entries.compactMap { $0 }, options)
  }

  private func vectors(_ texts: PreparedTexts) async -> [Float] {
    await withCheckedContinuation { answer in
      waiting.append(Waiting(texts: texts, answer: answer))
      guard !isRunning else { return }
      isRunning = true
      Task { await run() }
    }
  }

  /// Takes turns until nobody waits: all texts that wait, in portions.
  private func run() async {
    while !waiting.isEmpty {
      let taken = waiting
      waiting = []
      let tokens = taken.flatMap(\.texts.tokens)
      let plans = taken.flatMap(\.texts.plans)
      var values: [Float] = []
      var start = 0
      while start < tokens.count {
        var (end, sum) = (start, 0)
        while end < tokens.count, end == start || sum + tokens[end].count <= Self.turnTokens {
          sum += tokens[end].count
          end += 1
        }
        values += model.vectors(Array(tokens[start..<end]), Array(plans[start..<end]))
        start = end
        await Task.yield()
      }
      var place = 0
      for request in taken {
        let count = request.texts.tokens.count * model.dimensions
        request.answer.resume(returning: Array(values[place..<place + count]))
        place += count
      }
    }
    isRunning = false
  }
}

/// The models that embed and are in memory; beyond `memory` bytes the one not used for longest goes.
public actor EncoderShelf {
  private struct Book {
    let engine: EmbeddingEngine
    let bytes: Int
    let stamp: FileStamp?
    var lastUse: Int
  }

  private let home: Home
  private let memory: Int
  private let precision: EmbeddingPrecision
  private let caches: Bool
  private let resolve: @Sendable (String) async throws -> (model: String, task: String?)
  private var books: [String: Book] = [:]
  private var loading: [String: Task<EmbeddingEngine, any Error>] = [:]
  private var uses = 0

  public init(
    _ home: Home, memory: Int, precision: EmbeddingPrecision = .fast, caches: Bool = false,
    resolve: @escaping @Sendable (String) async throws -> (model: String, task: String?) = { ($0, nil) }
  ) {
    self.home = home
    self.memory = memory
    self.precision = precision
    self.caches = caches
    self.resolve = resolve
  }

  /// The model by this name, loaded if it is not here, and the task that the name asks for.
  ///
  /// - Throws: `HoneError`, with the code `model_not_found` for unknown models.
  public func engine(_ asked: String) async throws -> (engine: EmbeddingEngine, task: String?) {
    let (name, task) = try await resolve(asked)
    return (try await engine(named: name), task)
  }

  private func engine(named name: String) async throws -> EmbeddingEngine {
    let current = try await SideWork.run { [home] in home.weightsStamp(name) }
    uses += 1
    if let book = books[name], book.stamp == current {
      books[name]?.lastUse = uses
      return book.engine
    }
    books[name] = nil
    if let task = loading[name] { return try await task.value }
    let task = Task { try await load(name, current) }
    loading[name] = task
    return try await task.value
  }

  /// The names of the models in memory.
  public var loaded: [String] { books.keys.sorted() }

  private func load(_ name: String, _ stamp: FileStamp?) async throws -> EmbeddingEngine {
    defer { loading[name] = nil }
    let (home, precision, caches) = (home, precision, caches)
    let embedder = try await SideWork.run { try home.embedder(name, precision: precision, caches: caches) }
    let (engine, model) = (EmbeddingEngine(embedder), embedder.model)
    books[name] = Book(engine: engine, bytes: model.bytes, stamp: stamp, lastUse: uses)
    while books.count > 1, books.values.reduce(0, { $0 + $1.bytes }) > memory,
      let oldest = books.min(by: { $0.value.lastUse < $1.value.lastUse })?.key, oldest != name
    {
      books[oldest] = nil
    }
    return engine
  }
}
