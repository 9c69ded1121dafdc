public import Foundation
internal import HoneFiles
internal import HoneStore

/// What the cache of vectors holds and how often it helped.
public struct VectorCacheCounts: Sendable, Codable, Equatable {
  public let path: String
  public let entries: Int
  public let bytes: Int
  /// Above this the vectors not asked for longest go.
  public let limitBytes: Int
  public let hits: Int
  public let misses: Int

  enum CodingKeys: String, CodingKey {
    case path, entries, bytes, hits, misses
    case limitBytes = "limit_bytes"
  }
}

extension Home {
  /// What the cache of vectors holds and how often it helped.
  public func vectorCacheCounts() throws -> VectorCacheCounts {
    let cache = try vectorCache()
    defer { try? cache.close() }
    let counts = try cache.counts()
    return VectorCacheCounts(
      path: cache.file.path, entries: counts.entries, bytes: counts.bytes, limitBytes: cache.limitBytes,
      hits: counts.hits, misses: counts.misses)
  }

  /// Forgets all vectors.
  public func clearVectorCache() throws {
    let cache = try vectorCache()
    defer { try? cache.close() }
    try cache.clear()
  }

  /// Takes vectors over that a model made elsewhere: from a table (csv, tsv, json, jsonl) with a column of texts and one
  /// of lists of numbers, or with the vectors in a file of their own (npy, safetensors), row for row. Some rows are
  /// embedded again, and nothing is taken where these differ.
  ///
  /// - Returns: the rows that were taken.
  /// - Throws: `HoneError` that names the first row that is no vector of this model.
  public func importVectors(
    from file: URL, vectors vectorFile: URL? = nil, model name: String, textColumn: String?, vectorColumn: String,
    options: EmbeddingOptions = .init()
  ) throws -> Int {
    let embedder = try embedder(name)
    guard let cache = embedder.cache else {
      throw HoneError(
        "\(name): expected an encoder with layers, found a static model",
        remedy: "static models are faster than a cache, and have none", parameter: "model")
    }
    let table = try readTable(at: file).table
    let texts = try Hone.textColumn(of: table, file: file.lastPathComponent, column: textColumn)
    let model = embedder.model
    let vectors =
      try vectorFile.map { try stored($0, rows: texts.count, model) }
      ?? listed(table, column: vectorColumn, file.lastPathComponent, model)
    let usable = texts.indices.filter { !texts[$0].isEmpty }
    try compare(usable, texts, vectors, model, options, file)
    let inputs = usable.map { EmbeddingInput.text(texts[$0]) }
    let prepared = try model.prepare(inputs, options)
    let entries = usable.enumerated().map { place, row in
      (
        key: embedder.key(of: inputs[place], options),
        entry: VectorCache.Entry(
          vector: vectors[row], tokens: prepared.tokens[place].count, pieces: prepared.plans[place].pieces.count,
          lost: prepared.plans[place].lost)
      )
    }
    try cache.add(entries)
    return entries.count
  }

  /// Vectors in a file of their own.
  private func stored(_ file: URL, rows: Int, _ model: EmbeddingModel) throws -> [[Float]] {
    let stored = try StoredVectors(contentsOf: file)
    guard stored.count == rows, stored.dimensions == model.dimensions else {
      throw HoneError(
        "\(file.lastPathComponent): expected \(rows) vectors of \(model.dimensions) numbers, found \(stored.count) of "
          + "\(stored.dimensions)",
        remedy: "name the table that they were made from, and the model", parameter: "vectors")
    }
    if let noted = VectorLineage.of(file, stored), noted.fingerprint != model.fingerprint {
      throw HoneError(
        "\(file.lastPathComponent): expected vectors of \(model.info.name) (\(model.fingerprint.prefix(12))), found "
          + "those of \(noted.model) (\(noted.fingerprint.prefix(12)))",
        remedy: "name the model that made these vectors, or embed the texts again", parameter: "model",
        code: "mixed_lineage", kind: .conflict)
    }
    return stride(from: 0, to: stored.values.count, by: stored.dimensions).map {
      Array(stored.values[$0..<$0 + stored.dimensions])
    }
  }

  /// Vectors in a column of the table.
  private func listed(_ table: Table, column: String, _ file: String, _ model: EmbeddingModel) throws -> [[Float]] {
    try Hone.textColumn(of: table, file: file, column: column).enumerated().map { row, text in
      let parsed = (try? JSONValue(parsing: Array(text.utf8)))?.array?.compactMap { value -> Float? in
        if case .number(let digits) = value { Float(digits) } else { nil }
      }
      guard let vector = parsed, vector.count == model.dimensions, vector.allSatisfy(\.isFinite) else {
        throw HoneError(
          "\(file), row \(row + 1): expected a list of \(model.dimensions) numbers in '\(column)', "
            + "found \(parsed.map { "\($0.count)" } ?? "something else")",
          remedy: "name the column of vectors, and the model that made them", parameter: "embedding")
      }
      return vector
    }
  }

  /// Embeds some rows again.
  private func compare(
    _ rows: [Int], _ texts: [String], _ vectors: [[Float]], _ model: EmbeddingModel, _ options: EmbeddingOptions,
    _ file: URL
  ) throws {
    let sample = stride(from: 0, to: rows.count, by: max(1, rows.count / 8)).map { rows[$0] }
    let found = try model.embed(sample.map { texts[$0] }, options)
    for (place, row) in sample.enumerated() {
      var (dot, square): (Float, Float) = (0, 0)
      for (a, b) in zip(found[place], vectors[row]) {
        dot += a * b
        square += b * b
      }
      guard square > 0, dot / square.squareRoot() >= 0.999 else {
        throw HoneError(
          "\(file.lastPathComponent), row \(row + 1): expected a vector of \(model.info.name), found one of another model",
          remedy: "name the model that made these vectors, or embed the texts again", parameter: "model")
      }
    }
  }
}
