internal import Foundation
internal import HoneModels

/// The models that are in memory: each loaded when it is first asked for, and let go, the one not used for longest
/// first, when another needs its memory.
public actor ModelShelf {
  /// What is in memory, and how much it is asked for.
  public struct Load: Sendable, Equatable {
    public let models: Int
    /// Bytes that these may take, and that all may take together.
    public let bytes: Int
    public let memory: Int
    /// Models loaded so far.
    public let loads: Int
    /// Sequences that run, and that wait for a place.
    public let running: Int
    public let waiting: Int
  }

  private struct Book {
    let engine: BatchEngine
    let bytes: Int
    let stamp: FileStamp?
    var lastUse: Int
  }

  private let home: Home
  private let memory: Int
  private let weights: WeightPrecision
  private let limits: ServingLimits
  private let resolve: @Sendable (String) async throws -> String
  private var books: [String: Book] = [:]
  private var loading: [String: Task<BatchEngine, any Error>] = [:]
  private var lastLoad: Task<Void, Never>?
  private var uses = 0
  /// Models loaded so far.
  package private(set) var loads = 0

  /// `memory`: bytes that all models may take together, their keys and values included. `resolve` turns what a caller
  /// names into a model's name, as for aliases and deployments.
  public init(
    _ home: Home, memory: Int, weights: WeightPrecision = .float32, limits: ServingLimits = ServingLimits(),
    resolve: @escaping @Sendable (String) async throws -> String = { Home.aliased($0) }
  ) {
    self.home = home
    self.memory = memory
    self.weights = weights
    self.limits = limits
    self.resolve = resolve
  }

  /// Answers a request with a model.
  ///
  /// - Throws: `HoneError`, with the code `model_not_found` for unknown models; `ServingError`; `CancellationError`.
  public nonisolated func complete(model: String, _ request: CompletionRequest) async throws -> CompletionResult {
    try await engine(model).complete(request)
  }

  /// The model by this name or alias, loaded if it is not here.
  ///
  /// - Throws: `HoneError`, with the code `model_not_found` for unknown models and `model_too_large` for those that
  ///   could not be loaded if nothing else were.
  ///
  /// It stays usable for whoever holds it, also after the shelf let it go. Where another process has put other files
  /// under the name, these answer from now on.
  public func engine(_ name: String) async throws -> BatchEngine {
    let name = try await resolve(name)
    let stamp = try await SideWork.run { [home] in home.weightsStamp(name) }
    if let book = books[name], book.stamp != stamp { forget(name) }
    uses += 1
    books[name]?.lastUse = uses
    if let book = books[name] { return book.engine }
    if let task = loading[name] { return try await task.value }
    let previous = lastLoad
    let task = Task {
      await previous?.value
      return try await load(name)
    }
    loading[name] = task
    lastLoad = Task { _ = try? await task.value }
    return try await task.value
  }

  /// The names of the models in memory, the one used last first.
  public var loaded: [String] { books.sorted { $0.value.lastUse > $1.value.lastUse }.map(\.key) }

  /// Bytes that the models in memory may take.
  public var usedBytes: Int { books.values.reduce(0) { $0 + $1.bytes } }

  /// What is in memory, without waiting for what is being computed.
  public var load: Load {
    let loads = books.values.map(\.engine.lastLoad)
    return Load(
      models: books.count, bytes: usedBytes, memory: memory, loads: self.loads,
      running: loads.reduce(0) { $0 + $1.running }, waiting: loads.reduce(0) { $0 + $1.waiting })
  }

  /// Lets a model go, as when its files were changed or deleted; what it is answering is answered to the end.
  public func forget(_ name: String) { books[name] = nil }

  private func load(_ name: String) async throws -> BatchEngine {
    defer { loading[name] = nil }
    let (home, weights) = (home, weights)
    let (stamp, config) = try await SideWork.run { (home.weightsStamp(name), try home.servedConfig(name)) }
    let cacheBytes = max(
      min(limits.cacheBytes, memory / 8), GPT2Cache.bytesPerRow(config) * config.contextLength)
    let bytes = GPT2Model.bytes(config, weights.packed) + cacheBytes
    try await makeRoom(for: name, bytes)
    let model = try await SideWork.run { CompletionModel(try home.loadModel(name), weights) }
    var limits = limits
    limits.cacheBytes = cacheBytes
    let engine = BatchEngine(model, limits: limits)
    loads += 1
    uses += 1
    books[name] = Book(engine: engine, bytes: bytes, stamp: stamp, lastUse: uses)
    return engine
  }

  /// Lets models go until so many bytes are free; each ends what it is answering first.
  private func makeRoom(for name: String, _ bytes: Int) async throws {
    guard bytes <= memory else {
      throw HoneError(
        "\(name): expected a model that fits into \(memory >> 20) MB of memory, found one of \(bytes >> 20) MB",
        remedy: "name a smaller one, or serve with a larger --memory or with weights of fewer bits", parameter: "model",
        code: "model_too_large")
    }
    while usedBytes + bytes > memory, let (oldest, book) = books.min(by: { $0.value.lastUse < $1.value.lastUse }) {
      books[oldest] = nil
      await book.engine.finish()
    }
  }
}

/// Tells a file from another that took its place.
struct FileStamp: Sendable, Equatable {
  let number: UInt64
  let seconds: Int
  let nanoseconds: Int
}

extension Home {
  /// Which file holds a model's weights; nil for the built-in one and unknown ones.
  func weightsStamp(_ name: String) -> FileStamp? {
    guard let folder = try? folder(ofModel: name) else { return nil }
    var status = stat()
    guard unsafe stat(ModelFolder(url: folder).file(ModelFolder.weightsName).path, &status) == 0 else { return nil }
    let changed = status.changed
    return FileStamp(number: UInt64(status.st_ino), seconds: Int(changed.tv_sec), nanoseconds: Int(changed.tv_nsec))
  }

  /// The model's name that an alias stands for; the name itself where it is none.
  public static func aliased(_ name: String) -> String { aliases[name] ?? name }

  /// The sizes of a model that can be served by name. Paths are none.
  fileprivate func servedConfig(_ name: String) throws -> GPT2Config {
    try checkIsLanguageModel(name)
    if name == BuiltInModel.name, !hasFolder(name), let model = try BuiltInModel.load() { return model.config }
    return try ModelFolder(url: folder(ofModel: name)).loadConfig()
  }
}
