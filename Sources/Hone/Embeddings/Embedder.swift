public import Foundation
internal import HoneFiles
internal import HoneStore
internal import HoneTokenizers

/// A model that embeds, and the vectors it was asked for before.
public struct Embedder: Sendable {
  public let model: EmbeddingModel
  /// What a person should know of the cache; nil: nothing.
  public let cacheNote: String?
  let cache: VectorCache?

  init(_ model: EmbeddingModel, cache: VectorCache?) {
    self.model = model
    self.cache = cache
    cacheNote = cache?.putAside.map { "the cache of vectors was damaged; it is now \($0.path), and another was begun" }
  }

  /// Embeds texts; those that were embedded before are looked up.
  ///
  /// - Throws: as `EmbeddingModel.embed`. A cache that cannot be read or written costs time only.
  public func embed(_ inputs: [EmbeddingInput], _ options: EmbeddingOptions = EmbeddingOptions()) throws
    -> EmbeddingResult
  {
    try embedCounting(inputs, options).result
  }

  func embedCounting(
    _ inputs: [EmbeddingInput], _ options: EmbeddingOptions
  ) throws -> (result: EmbeddingResult, hits: Int) {
    // Everything that can be wrong is found out before anything is computed or looked up.
    let texts = try model.prepare(inputs, options)
    try Task.checkCancellation()
    guard var found = remembered(inputs, options) else {
      return (texts.result(model.vectors(texts.tokens, texts.plans)), 0)
    }
    if !found.missing.isEmpty {
      let rest = texts.part(found.missing)
      keep(found.fill(rest.result(model.vectors(rest.tokens, rest.plans), cut: false)))
    }
    return (try model.result(found.entries.compactMap { $0 }, options), found.hits)
  }

  /// What the cache has of inputs; nil where there is none or it cannot be read.
  func remembered(_ inputs: [EmbeddingInput], _ options: EmbeddingOptions) -> RememberedVectors? {
    let keys = inputs.map { key(of: $0, options) }
    guard var entries = try? cache?.find(keys) else { return nil }
    for index in entries.indices where entries[index]?.vector.count != model.dimensions { entries[index] = nil }
    return RememberedVectors(keys: keys, entries: entries)
  }

  /// Keeps vectors for the next time. A cache that cannot be written costs time only.
  func keep(_ entries: [(key: [UInt8], entry: VectorCache.Entry)]) { try? cache?.add(entries) }

  /// Everything that a vector depends on, hashed: the model, how it computes, the task, and the text.
  func key(of input: EmbeddingInput, _ options: EmbeddingOptions) -> [UInt8] {
    var bytes = Array("\(model.fingerprint)\n\(model.precision)\n\(options.task ?? "")\n\(options.long)\n".utf8)
    switch input {
    case .text(let text): bytes += Array("text\n".utf8) + Array(text.utf8)
    case .tokens(let tokens): bytes += Array("tokens\n\(tokens.map(\.description).joined(separator: " "))".utf8)
    }
    return Array(sha256(of: bytes).utf8.prefix(32))
  }
}

/// Inputs of which some were embedded before.
struct RememberedVectors: Sendable {
  private let keys: [[UInt8]]
  private(set) var entries: [VectorCache.Entry?]
  /// The places of inputs that must be embedded.
  let missing: [Int]

  init(keys: [[UInt8]], entries: [VectorCache.Entry?]) {
    self.keys = keys
    self.entries = entries
    missing = entries.indices.filter { entries[$0] == nil }
  }

  var hits: Int { keys.count - missing.count }

  /// Takes the missing ones, and gives what the cache did not have.
  mutating func fill(_ fresh: EmbeddingResult) -> [(key: [UInt8], entry: VectorCache.Entry)] {
    missing.enumerated().map { row, index in
      let entry = VectorCache.Entry(
        vector: Array(fresh[row]), tokens: fresh.tokenCounts[row], pieces: fresh.pieceCounts[row],
        lost: fresh.lostTokens[row])
      entries[index] = entry
      return (keys[index], entry)
    }
  }
}

/// What became of files whose rows were embedded.
public struct EmbeddingReport: Sendable, Codable {
  public let model: String
  public let fingerprint: String
  public let task: String?
  public let rows: Int
  public let dimensions: Int
  public let tokens: Int
  public let rowsInPieces: Int
  public let lostTokens: Int
  public let fromCache: Int

  enum CodingKeys: String, CodingKey {
    case model, fingerprint, task, rows, dimensions, tokens
    case rowsInPieces = "rows_in_pieces"
    case lostTokens = "lost_tokens"
    case fromCache = "from_cache"
  }
}

extension Embedder {
  /// Embeds a column of tables and writes the vectors beside the rows, or alone.
  ///
  /// A second try after an interruption finds what was computed in the cache. Beside the vectors stands
  /// `NAME.meta.json`, which names the model and its fingerprint.
  /// - Throws: `HoneError` that names every row without text; nothing is written then.
  public func embedFiles(
    _ files: [URL], column: String?, to target: URL, _ options: EmbeddingOptions,
    onProgress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> EmbeddingReport {
    let format = try VectorFormat(naming: target)
    let table = try rows(of: files, column: column, needsCells: format == .csv || format == .jsonl)
    let dimensions = options.dimensions ?? model.dimensions
    var totals = (tokens: 0, inPieces: 0, lost: 0, hits: 0)
    do {
      let writer = try VectorFileWriter(
        to: target, format: format, columns: table.columns, rows: table.texts.count, dimensions: dimensions,
        metadata: ["model": model.info.name, "fingerprint": model.fingerprint, "task": options.task ?? ""])
      let portion = 1024
      for start in stride(from: 0, to: table.texts.count, by: portion) {
        try Task.checkCancellation()
        let part = start..<min(table.texts.count, start + portion)
        let (result, hits) = try embedCounting(table.texts[part].map { .text($0) }, options)
        try writer.write(table.cells.isEmpty ? part.map { _ in [] } : Array(table.cells[part]), result.values)
        totals.tokens += result.tokenCounts.reduce(0, +)
        totals.inPieces += result.pieceCounts.count { $0 > 1 }
        totals.lost += result.lostTokens.reduce(0, +)
        totals.hits += hits
        onProgress(part.upperBound, table.texts.count)
      }
      try writer.finish()
    } catch {
      VectorFileWriter.removePart(of: target)
      throw error
    }
    let report = EmbeddingReport(
      model: model.info.name, fingerprint: model.fingerprint, task: options.task, rows: table.texts.count,
      dimensions: dimensions, tokens: totals.tokens, rowsInPieces: totals.inPieces, lostTokens: totals.lost,
      fromCache: totals.hits)
    try replaceFile(at: target.appendingPathExtension("meta.json"), with: try encodeJSON(report))
    return report
  }

  private func rows(
    of files: [URL], column: String?, needsCells: Bool
  ) throws -> (columns: [String], cells: [[String]], texts: [String]) {
    var (columns, cells, texts): ([String], [[String]], [String]) = ([], [], [])
    var empty: [String] = []
    for file in files {
      let table = try readTable(at: file).table
      let found = try textColumn(of: table, file: file.lastPathComponent, column: column)
      if needsCells {
        guard columns.isEmpty || columns == table.columns else {
          throw HoneError(
            "\(file.lastPathComponent): expected the columns \(columns.prefix(12).joined(separator: ", ")), found "
              + table.columns.prefix(12).joined(separator: ", "),
            remedy: "embed files of different columns one at a time", parameter: "input")
        }
        columns = table.columns
        cells += table.rows
      }
      for (row, text) in found.enumerated() where text.isEmpty {
        empty.append((files.count > 1 ? "\(file.lastPathComponent): " : "") + "\(row + 1)")
      }
      texts += found
    }
    guard empty.isEmpty else {
      throw HoneError(
        "expected text in every row, found none in row \(empty.prefix(20).joined(separator: ", "))"
          + (empty.count > 20 ? " and \(empty.count - 20) more" : ""),
        remedy: "give these rows text, or delete them", parameter: "column")
    }
    return (columns, cells, texts)
  }
}

extension Home {
  /// A model that embeds, with the home's cache of vectors where that is worth its while.
  ///
  /// Static models have none: they are faster than a look into a file.
  public func embedder(
    _ name: String, precision: EmbeddingPrecision = .fast, caches: Bool = true
  ) throws -> Embedder {
    let model = try embeddingModel(name, precision: precision)
    guard caches, model.window != nil else { return Embedder(model, cache: nil) }
    return Embedder(model, cache: try vectorCache())
  }

  func vectorCache() throws -> VectorCache {
    try VectorCache(
      at: url.appendingPathComponent("cache/vectors.sqlite", isDirectory: false), limitBytes: Environment.cacheBytes)
  }

  /// How a text is divided, by an encoder or a language model.
  public func tokens(of text: String, model name: String) throws -> [(id: Int32, text: String)] {
    if isEncoder(name) {
      let model = try embeddingModel(name)
      return model.tokens(of: text).map { ($0, model.name(of: $0) ?? "") }
    }
    let tokenizer = try loadModel(name).tokenizer
    return tokenizer.encode(text).map { ($0, tokenizer.decode([$0])) }
  }
}
