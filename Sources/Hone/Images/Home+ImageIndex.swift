public import Foundation
internal import HoneFiles
internal import HoneKernels
internal import HoneSearch
internal import HoneStore

extension Home {
  /// The collection of pictures that is meant where none is named.
  public static let imageCollection = "images"
  /// What a collection of pictures says of itself.
  private static let imageMark = (name: "holds", value: "images")

  /// Indexes the pictures under a folder, or brings its part of the collection up to date: only files whose bytes changed
  /// are looked at anew. Files that cannot be read are skipped and reported.
  ///
  /// Each portion is on disk before the next one begins, so an interrupted call goes on where it was when it is made again.
  /// `model`: of pictures; nil: the collection's own, or the only one in the home.
  /// - Throws: `HoneError` for a folder that is none, and for another model than that of the vectors.
  public func indexImages(
    _ folder: URL, collection name: String = Home.imageCollection, model: String? = nil,
    onProgress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws -> ImageIndexReport {
    let began = ContinuousClock.now
    let root = folder.standardizedFileURL.resolvingSymlinksInPath()
    var isFolder: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: root.path, isDirectory: &isFolder), isFolder.boolValue else {
      throw HoneError("\(folder.path): expected a folder of pictures, found none", remedy: "name a folder")
    }
    let isNew = !collectionNames().contains(name)
    let meant = try isNew ? imageModel(model) : model ?? imageCollection(name).model
    let encoder = try imageEncoder(meant)
    let collection =
      try isNew
      ? makeCollection(
        name, model: meant.contains("/") ? URL(fileURLWithPath: meant).standardizedFileURL.path : meant,
        fingerprint: encoder.fingerprint, dimensions: encoder.dimensions,
        more: [Self.imageMark.name: Self.imageMark.value])
      : imageCollection(name)
    try collection.check(encoder)
    var job = ImageIndexing(
      root: root, collection: collection, encoder: encoder,
      report: ImageIndexReport(collection: name, root: root.path, model: encoder.info.name))
    try job.run(onProgress)
    try collection.buildIndex()
    job.report.images = try collection.rows.count()
    job.report.seconds = (ContinuousClock.now - began) / .seconds(1)
    return job.report
  }

  private func imageModel(_ asked: String?) throws -> String {
    if let asked { return asked }
    let names = try imageEncoderNames()
    guard names.count == 1 else {
      throw HoneError(
        "model: expected one model of pictures, found \(names.isEmpty ? "none" : names.joined(separator: ", "))",
        remedy: names.isEmpty
          ? "get one: hone pull NAME --from FOLDER, or hone pull openai/clip-vit-base-patch32" : "choose one with -m",
        parameter: "model")
    }
    return names[0]
  }

  /// A collection that holds pictures.
  ///
  /// - Throws: `HoneError` for one that holds texts, and for none of that name.
  func imageCollection(_ name: String) throws -> SearchCollection {
    guard !imageCollectionNames().isEmpty || collectionNames().contains(name) else {
      throw HoneError(
        "\(name): expected a collection of pictures, found none", remedy: "make one: hone images index PHOTOS/",
        parameter: "collection", code: "collection_not_found", kind: .notFound)
    }
    let collection = try collection(name)
    guard try collection.rows.head()[Self.imageMark.name] == Self.imageMark.value else {
      throw HoneError(
        "\(name): expected a collection of pictures, found one of texts",
        remedy: "name another one with --collection", parameter: "collection", kind: .conflict)
    }
    return collection
  }

  private func imageCollectionNames() -> [String] {
    collectionNames().filter {
      (try? collection($0).rows.head()[Self.imageMark.name]) == Self.imageMark.value
    }
  }

  /// Every collection of pictures.
  public func listImageCollections() throws -> [ImageCollectionInfo] {
    try imageCollectionNames().map { name in
      let collection = try collection(name)
      let info = try collection.info()
      return ImageCollectionInfo(
        name: name, images: info.rows, folders: try collection.imageFolders(), model: info.model,
        bytes: info.bytes + info.indexBytes)
    }
  }

  /// Removes a collection of pictures; the pictures stay.
  public func removeImageCollection(_ name: String) throws {
    _ = try imageCollection(name)
    try removeCollection(name)
  }
}

extension SearchCollection {
  /// Refuses a model that is not the one that the vectors are of.
  func check(_ encoder: ImageEncoder) throws {
    let expected = try fingerprint
    guard encoder.fingerprint == expected else {
      throw HoneError(
        "\(name): expected vectors of \(try model) (\(expected.prefix(12))), found the model \(encoder.info.name) "
          + "(\(encoder.fingerprint.prefix(12)))",
        remedy: "vectors of different models cannot be mixed; index into another collection",
        parameter: "model", code: "mixed_lineage", kind: .conflict)
    }
  }

  /// How many pictures lie in folders of each name.
  func imageFolders() throws -> [String: Int] {
    let values = try current(fields: true).fields.values("folder")
    return values.reduce(into: [:]) { counts, entry in
      if case .text(let folder) = entry.value { counts[folder, default: 0] += 1 }
    }
  }
}

/// One run of indexing.
private struct ImageIndexing {
  /// A picture that is on its way into the collection.
  private struct Fresh {
    let key: String
    let hash: String
    let image: (width: Int, height: Int)
    let numbers: [Float]
  }

  private enum Outcome {
    case known
    case fresh(Fresh)
    case unreadable(String)
  }

  let root: URL
  let collection: SearchCollection
  let encoder: ImageEncoder
  var report: ImageIndexReport
  private var known: [String: String] = [:]  // the hash of each picture under the root, by its key

  init(root: URL, collection: SearchCollection, encoder: ImageEncoder, report: ImageIndexReport) {
    (self.root, self.collection, self.encoder, self.report) = (root, collection, encoder, report)
  }

  /// Pictures that are in memory at a time.
  private static let portion = 32

  mutating func run(_ onProgress: (Int, Int) throws -> Void) throws {
    try readKnown()
    let files = try ImageFiles(under: root)
    for (path, reason) in files.skipped { skip(path, reason) }
    for start in stride(from: 0, to: files.pictures.count, by: Self.portion) {
      try Task.checkCancellation()
      let part = Array(files.pictures[start..<min(start + Self.portion, files.pictures.count)])
      try take(part)
      try onProgress(start + part.count, files.pictures.count)
    }
    // What is left was not met.
    report.removed += try collection.remove(keys: known.keys.sorted())
  }

  private mutating func readKnown() throws {
    var last: Int64 = 0
    while case let part = try collection.rows.rows(after: last, limit: 4096), let end = part.last?.id {
      for row in part where row.key.hasPrefix(root.path + "/") {
        if case .text(let hash)? = row.fields["sha256"] { known[row.key] = hash }
      }
      last = end
    }
  }

  private mutating func skip(_ path: String, _ reason: String) {
    report.skipped[reason, default: 0] += 1
    if report.skippedPaths.count < 1000 { report.skippedPaths.append(.init(path: path, reason: reason)) }
  }

  private mutating func take(_ files: [URL]) throws {
    let (known, encoder) = (known, encoder)
    let outcomes = parallelMap(files.count) { Self.look(at: files[$0], known, encoder) }
    var fresh: [Fresh] = []
    for (file, outcome) in zip(files, outcomes) {
      switch outcome {
      case .known:
        self.known[file.path] = nil
        report.unchanged += 1
      case .unreadable(let reason): skip(file.path, reason)
      case .fresh(let picture):
        self.known[file.path] = nil
        fresh.append(picture)
      }
    }
    guard !fresh.isEmpty else { return }
    let vectors = encoder.vectors(fresh.map(\.numbers)).flatMap(\.self)
    let change = try collection.add(fresh.map(item), vectors: vectors)
    report.added += change.added
    report.replaced += change.replaced
    report.unchanged += change.unchanged
  }

  private static func look(at file: URL, _ known: [String: String], _ encoder: ImageEncoder) -> Outcome {
    guard let data = try? Data(contentsOf: file) else { return .unreadable("cannot be read") }
    let bytes = [UInt8](data)
    let hash = sha256(of: bytes)
    if known[file.path] == hash { return .known }
    do {
      let image = try PixelImage(decoding: bytes, file: file.lastPathComponent)
      return .fresh(
        Fresh(key: file.path, hash: hash, image: (image.width, image.height), numbers: encoder.numbers(image)))
    } catch {
      return .unreadable(error.reason)
    }
  }

  private func item(_ picture: Fresh) -> CollectionItem {
    let file = URL(fileURLWithPath: picture.key)
    let path = String(picture.key.dropFirst(root.path.count + 1))
    return CollectionItem(
      key: picture.key, text: path,
      fields: [
        "folder": .text(file.deletingLastPathComponent().lastPathComponent), "path": .text(path),
        "width": .number(Double(picture.image.width)), "height": .number(Double(picture.image.height)),
        "sha256": .text(picture.hash),
      ], part: root.path)
  }
}
