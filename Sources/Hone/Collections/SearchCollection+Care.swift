public import Foundation
internal import HoneFiles
internal import HoneKernels
internal import HoneSearch
internal import HoneStore

/// What looking at every byte of a collection found.
public struct CollectionCheck: Sendable, Codable, Equatable {
  public let name: String
  public let rows: Int
  /// What is wrong; empty where all is well.
  public let damages: [String]
  /// What was mended by the way, such as an index made anew.
  public let notes: [String]

  public var isWhole: Bool { damages.isEmpty }
}

extension SearchCollection {
  /// Reads everything: the rows, their vectors and words, and the index, which must hold exactly the rows.
  public func check() throws -> CollectionCheck {
    var damages = try rows.damages(dimensions: dimensions).map(\.description)
    guard damages.isEmpty else {
      return CollectionCheck(name: name, rows: try rows.count(), damages: damages, notes: [])
    }
    var (state, moment) = (try current(), try rows.moment())
    for _ in 0..<1000 where state.change != moment.change {  // others write: both as of one moment
      (state, moment) = (try current(), try rows.moment())
    }
    var notes = state.notes
    if state.change != moment.change {
      notes.append("rows came too soon after each other to compare the index with them; look again when fewer come")
    } else {
      let absent = moment.ids.count { id in UInt32(exactly: id).map { !state.index.contains(row: $0) } ?? true }
      if absent > 0 {
        damages.append("the index: expected \(moment.ids.count) rows, found that \(absent) are not there")
      }
      if state.index.count > moment.ids.count - absent {
        damages.append("the index: expected \(moment.ids.count) rows, found \(state.index.count)")
      }
    }
    return CollectionCheck(name: name, rows: moment.ids.count, damages: damages, notes: notes)
  }

  /// Gives room back to the disk, makes the words anew, and trains the index where it pays.
  public func compact() throws {
    try rows.rebuildWords()
    try buildIndex()
    try rows.compact(before: try current().change)
  }

  /// Writes a copy of one moment to a file, while others read and write.
  public func backup(to target: URL) throws {
    guard !FileManager.default.fileExists(atPath: target.path) else {
      throw HoneError(
        "\(target.lastPathComponent): expected a name that is free, found a file", remedy: "choose another name",
        parameter: "file", kind: .conflict)
    }
    let part = target.deletingLastPathComponent().appendingPathComponent(".\(target.lastPathComponent).part")
    try? FileManager.default.removeItem(at: part)
    do {
      try rows.backup(to: part)
      let copy = try CollectionStore(at: part, terms: { SearchTerms.terms(of: $0) })
      let damages = try copy.damages(dimensions: dimensions)
      try copy.close()
      for ending in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: part.path + ending) }
      guard damages.isEmpty else {
        throw HoneError(
          "\(name): expected a sound copy, found \(damages[0])",
          remedy: "look at the collection: hone index check \(name)",
          fault: .machine)
      }
      try FileManager.default.moveItem(at: part, to: target)
    } catch {
      try? FileManager.default.removeItem(at: part)
      throw error
    }
  }

  /// Embeds every text again with a model, and makes the index anew. Searches before the end are refused, not mixed.
  public func rebuild(with embedder: Embedder, onProgress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in })
    throws
  {
    guard embedder.model.dimensions == dimensions else {
      throw HoneError(
        "\(name): expected a model of \(dimensions) numbers, found \(embedder.model.info.name) with \(embedder.model.dimensions)",
        remedy: "export the rows, and add them to a new collection: hone index export \(name) rows.jsonl",
        parameter: "model")
    }
    try rows.setHead(["fingerprint": "being rebuilt"])
    let total = try rows.count()
    var (last, done): (Int64, Int) = (0, 0)
    while case let part = try rows.rows(after: last, limit: 512), let end = part.last?.id {
      try Task.checkCancellation()
      let vectors = try embedder.embed(part.map { .text($0.text) }, EmbeddingOptions(task: "document"))
      try rows.replaceVectors(part.enumerated().map { (id: $1.id, vector: Array(vectors[$0])) })
      (last, done) = (end, done + part.count)
      try onProgress(done, total)
    }
    try rows.setHead(["model": embedder.model.info.name, "fingerprint": embedder.model.fingerprint])
    try dropIndex()
    try buildIndex()
  }

  /// Writes all rows with their fields and vectors: a .jsonl, .csv, .npy or .safetensors file; or a .faiss file, an
  /// `IndexFlatIP` (with l2 `IndexFlatL2`) of the vectors alone, whose keys stand in `NAME.meta.json`.
  public func export(to target: URL) throws -> Int {
    if target.pathExtension.lowercased() == "faiss" { return try exportFaiss(to: target) }
    let format = try VectorFormat(naming: target)
    let names = try current(fields: true).fields.names
    let count = try rows.count()
    do {
      let writer = try VectorFileWriter(
        to: target, format: format, columns: ["key", "text"] + names, rows: count, dimensions: dimensions,
        metadata: ["model": try model, "fingerprint": try fingerprint, "task": "document"])
      var (last, done): (Int64, Int) = (0, 0)
      while done < count, case let part = try rows.rows(after: last, limit: min(4096, count - done)),
        let end = part.last?.id
      {
        let vectors = try rows.vectors(part.map(\.id))
        try writer.write(
          part.map { row in
            let fields = row.fields
            return [row.key, row.text] + names.map { fields[$0]?.description ?? "" }
          }, part.flatMap { vectors[$0.id] ?? [] })
        (last, done) = (end, done + part.count)
      }
      guard done == count else {
        throw HoneError("\(name): expected \(count) rows, found that some went meanwhile", remedy: "export it again")
      }
      try writer.finish()
    } catch {
      VectorFileWriter.removePart(of: target)
      throw error
    }
    let lineage = VectorLineage(model: try model, fingerprint: try fingerprint, task: "document")
    try replaceFile(at: target.appendingPathExtension("meta.json"), with: try encodeJSON(lineage))
    return count
  }
}

extension SearchCollection {
  private struct FaissLineage: Encodable {
    let model: String
    let fingerprint: String
    let task = "document"
    let keys: [String]
  }

  private func exportFaiss(to target: URL) throws -> Int {
    var (keys, values): ([String], [Float]) = ([], [])
    var last: Int64 = 0
    while case let part = try rows.rows(after: last, limit: 4096), let end = part.last?.id {
      let vectors = try rows.vectors(part.map(\.id))
      keys += part.map(\.key)
      values += part.flatMap { vectors[$0.id] ?? [] }
      last = end
    }
    try replaceFile(
      at: target, with: FaissFile.flat(values, dimensions: dimensions, metric: metric == .l2 ? .l2 : .innerProduct))
    let lineage = FaissLineage(model: try model, fingerprint: try fingerprint, keys: keys)
    try replaceFile(at: target.appendingPathExtension("meta.json"), with: try encodeJSON(lineage))
    return keys.count
  }
}

extension Home {
  /// Makes a collection of rows whose vectors are in an index of Faiss (`IndexFlat`, `IndexIVFFlat`, `IndexHNSWFlat`); the
  /// id of a vector is the place of its row, counted from 0. Some rows are embedded again, and nothing is taken where
  /// these differ. With the metric cosine vectors are made to length 1, with others they are kept as they are.
  ///
  /// - Throws: `HoneError` for other dimensions, vectors without a row, and vectors of another model.
  public func importFaiss(
    _ name: String, from file: URL, items: [CollectionItem], model: String, settings: VectorSettings = VectorSettings()
  ) throws -> AddReport {
    let faiss = try FaissFile(contentsOf: file)
    let embedding = try embeddingModel(model)
    guard faiss.dimensions == embedding.dimensions else {
      throw HoneError(
        "\(file.lastPathComponent): expected vectors of \(embedding.dimensions) numbers, as \(model) makes, found \(faiss.dimensions)",
        remedy: "name the model that made them", parameter: "model")
    }
    guard let last = faiss.ids.last, faiss.ids[0] >= 0, last < items.count, Set(faiss.ids).count == faiss.ids.count
    else {
      throw HoneError(
        "\(file.lastPathComponent): expected one id from 0 to \(items.count - 1) for each vector, found ids from "
          + "\(faiss.ids.first ?? 0) to \(faiss.ids.last ?? 0)",
        remedy: "give the table of rows that the index was made from", parameter: "rows")
    }
    var values = faiss.values
    normalizeRows(&values, dimensions: faiss.dimensions)
    let rows = faiss.ids.map { items[Int($0)] }
    let sample = Array(stride(from: 0, to: rows.count, by: max(1, rows.count / 8))).filter { !rows[$0].text.isEmpty }
    let again = try embedding.embed(sample.map { rows[$0].text }, EmbeddingOptions(task: "document"))
    for (place, row) in sample.enumerated() {
      let own = values[row * faiss.dimensions..<(row + 1) * faiss.dimensions]
      guard zip(own, again[place]).reduce(0, { $0 + $1.0 * $1.1 }) >= 0.99 else {
        throw HoneError(
          "\(file.lastPathComponent), row \(faiss.ids[row]): expected a vector of \(model), found one of another model or text",
          remedy: "name the model that made these vectors, and the table that they were made from", parameter: "model")
      }
    }
    return try makeCollection(name, model: model, settings: settings).add(
      rows, vectors: settings.metric == .cosine ? values : faiss.values)
  }

  /// Puts a backup in the place of a collection, or makes it one of that name. The older one goes only when the backup
  /// was read whole.
  public func restoreCollection(_ name: String, from file: URL) throws -> SearchCollection {
    guard Self.isModelName(name) else { return try collection(name) }
    let place = CollectionPlace(home: self, name: name)
    try replaceDirectory(at: place.folder) { folder in
      let target = folder.appendingPathComponent("rows.sqlite")
      try FileManager.default.copyItem(at: file, to: target)
      let store = try CollectionStore(at: target, terms: { SearchTerms.terms(of: $0) })
      let damages = try store.damages(dimensions: store.head()["dimensions"].flatMap(Int.init) ?? 0)
      guard damages.isEmpty else {
        throw HoneError(
          "\(file.lastPathComponent): expected a sound backup, found \(damages[0])", remedy: "use an older backup")
      }
      // Where another collection bears its id, as after restoring under another name, it gets one of its own.
      if let id = try store.head()["id"],
        collectionNames().contains(where: { $0 != name && (try? collection($0).id) == id })
      {
        try store.setHead(["id": "vs_" + randomName(length: 24)])
      }
      // An index of the one before it would tell of other rows.
      if let id = try store.head()["id"] { try? FileManager.default.removeItem(at: place.indexes(id)) }
      try store.close()
    }
    return try collection(name)
  }
}
