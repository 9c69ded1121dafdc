public import Foundation
internal import HoneFiles
internal import HoneSearch

extension Home {
  var codeShelf: CodeShelf { CodeShelf(folder: url.appendingPathComponent("indexes/code", isDirectory: true)) }

  /// The folder where indexes of code are kept.
  public var codeIndexes: URL { codeShelf.folder }

  /// Indexes the code under a folder, or brings its index up to date: only files whose content changed are read anew.
  ///
  /// `name`: of the index; nil: the folder's. `model`: an encoder; nil: the one the index has, or `hone-static`.
  /// - Throws: `HoneError` for a folder that is none and a model that does not embed; `CancellationError`.
  public func indexCode(
    _ folder: URL, name: String? = nil, model: String? = nil,
    onProgress: (_ stage: String, _ done: Int, _ total: Int) -> Void = { _, _, _ in }
  ) throws -> CodeIndexReport {
    let root = folder.standardizedFileURL.resolvingSymlinksInPath()
    var isFolder: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: root.path, isDirectory: &isFolder), isFolder.boolValue else {
      throw HoneError(
        "\(folder.path): expected a folder of code, found \(isFolder.boolValue ? "none" : "no folder")",
        remedy: "name a folder", parameter: "folder")
    }
    let shelf = codeShelf
    let name = name ?? shelf.name(for: root)
    guard Self.isModelName(name) else {
      throw HoneError("name: expected a name without slashes, found '\(name)'", remedy: "choose another name")
    }
    let note = shelf.readNote(name)
    if let note, note.root != root.path {
      throw HoneError(
        "name: expected a name that is free, found an index of \(note.root)",
        remedy: "choose another name, or remove that one with `hone code rm \(name)`", parameter: "name",
        kind: .conflict)
    }
    let embedder = try embedder(model ?? note?.model ?? BuiltInEncoder.name)
    let job = CodeIndexing(root: root, name: name, embedder: embedder, shelf: shelf, began: .now)
    return try job.run(onProgress)
  }

  /// Every index of code.
  public func listCodeIndexes() -> [CodeIndexInfo] {
    codeShelf.names.map { name in
      let note = codeShelf.readNote(name)
      do {
        let index = try CodeIndex(contentsOf: codeShelf.index(name))
        return CodeIndexInfo(
          name: name, root: index.about.root, model: index.about.model, files: index.files.count,
          functions: index.units.count, bytes: index.byteCount, damage: nil)
      } catch {
        return CodeIndexInfo(
          name: name, root: note?.root ?? "", model: note?.model ?? "", files: 0, functions: 0, bytes: 0,
          damage: "\(error)")
      }
    }
  }

  /// Deletes an index of code; the code stays.
  public func removeCodeIndex(_ name: String) throws {
    let name = try codeShelf.meant(name)
    try FileManager.default.removeItem(at: codeShelf.folder.appendingPathComponent(name))
  }

  /// Lends an index; a damaged or missing one is made again first, and `tell` hears of it.
  func withCodeIndex<Result>(
    _ name: String?, tell: (String) -> Void, _ body: (String, CodeIndex) throws -> Result
  ) throws -> Result {
    let name = try codeShelf.meant(name)
    do {
      return try body(name, CodeIndex(contentsOf: codeShelf.index(name)))
    } catch let error as CodeIndexError {
      guard let note = codeShelf.readNote(name) else { throw error }
      tell("\(error.description); it was made again")
      _ = try indexCode(URL(fileURLWithPath: note.root, isDirectory: true), name: name)
      return try body(name, CodeIndex(contentsOf: codeShelf.index(name)))
    }
  }
}

/// One run of indexing.
private struct CodeIndexing {
  let root: URL
  let name: String
  let embedder: Embedder
  let shelf: CodeShelf
  let began: ContinuousClock.Instant

  func run(_ onProgress: (String, Int, Int) -> Void) throws -> CodeIndexReport {
    let (previous, reason) = earlier()
    do {
      return try build(since: previous, rebuilt: reason, onProgress)
    } catch let error as CodeIndexError {
      return try build(since: nil, rebuilt: error.description, onProgress)
    }
  }

  /// The index there is, if it can be gone on with; or why not.
  private func earlier() -> (CodeIndex?, String?) {
    guard FileManager.default.fileExists(atPath: shelf.index(name).path) else { return (nil, nil) }
    do {
      let index = try CodeIndex(contentsOf: shelf.index(name))
      guard index.about.fingerprint == embedder.model.fingerprint else {
        return (nil, "another model makes its vectors")
      }
      return (index, nil)
    } catch {
      return (nil, "\(error)")
    }
  }

  private func build(
    since previous: CodeIndex?, rebuilt: String?, _ onProgress: (String, Int, Int) -> Void
  ) throws -> CodeIndexReport {
    let scan = try CodeScan(root, since: previous) { onProgress("files", $0, $1) }
    let vectors = try vectors(scan.fresh.flatMap(\.meanings), onProgress)
    let about = CodeIndex.About(
      root: root.path, model: embedder.model.info.name, fingerprint: embedder.model.fingerprint,
      dimensions: embedder.model.dimensions)
    let data = try CodeIndex.encode(scan, about: about, vectors: vectors, since: previous)
    try shelf.write(data, CodeShelf.Note(root: root.path, model: about.model), as: name)
    return report(try CodeIndex(contentsOf: shelf.index(name)), scan, rebuilt)
  }

  private func vectors(_ texts: [String], _ onProgress: (String, Int, Int) -> Void) throws -> [Float] {
    var vectors: [Float] = []
    let portion = 512
    for start in stride(from: 0, to: texts.count, by: portion) {
      try Task.checkCancellation()
      let part = texts[start..<min(start + portion, texts.count)]
      vectors += try embedder.embed(part.map { .text($0) }, EmbeddingOptions(task: "document")).values
      onProgress("functions", start + part.count, texts.count)
    }
    return vectors
  }

  private func report(_ index: CodeIndex, _ scan: CodeScan, _ rebuilt: String?) -> CodeIndexReport {
    func count(_ kind: CodeUnit.Kind) -> Int { index.units.count { $0.kind == kind } }
    let known = index.files.map { SourceLanguage(path: $0.path).rawValue }.filter { $0 != "none" }
    return CodeIndexReport(
      name: name, root: root.path, path: shelf.index(name).path, bytes: index.byteCount, model: index.about.model,
      files: index.files.count, functions: count(.function), types: count(.type), windows: count(.lines),
      languages: Dictionary(known.map { ($0, 1) }, uniquingKeysWith: +), trigrams: index.trigramCount,
      filesRead: scan.fresh.count, filesKept: scan.kept.count, filesRemoved: scan.removedCount,
      skipped: Dictionary(scan.skipped.map { ($0.reason.rawValue, 1) }, uniquingKeysWith: +),
      skippedPaths: scan.skipped.prefix(1000).map { .init(path: $0.path, reason: $0.reason.rawValue) },
      rebuilt: rebuilt, seconds: (ContinuousClock.now - began) / .seconds(1))
  }
}
