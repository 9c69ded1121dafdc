internal import Foundation
internal import HoneFiles
internal import HoneSearch
internal import HoneStore

extension Home {
  var collections: URL { url.appendingPathComponent("collections", isDirectory: true) }

  /// Makes a collection for vectors of a model.
  ///
  /// - Throws: `HoneError` for a name that is taken or none, for an unknown model, and for settings out of range.
  public func makeCollection(
    _ name: String, model: String, settings: VectorSettings = VectorSettings(), id: String? = nil
  ) throws -> SearchCollection {
    try checkIsFree(collection: name)
    let loaded = try embeddingModel(model)
    return try makeCollection(
      name, model: encoderMeant(by: model).model, fingerprint: loaded.fingerprint, dimensions: loaded.dimensions,
      settings: settings, id: id)
  }

  private func checkIsFree(collection name: String) throws {
    guard Self.isModelName(name) else {
      throw HoneError(
        "name: expected letters, digits, and . _ - inside, found '\(name.prefix(60))'", remedy: "choose another name",
        parameter: "name")
    }
    let place = CollectionPlace(home: self, name: name)
    guard !FileManager.default.fileExists(atPath: place.folder.path) else {
      throw HoneError(
        "name: expected one that is free, found the collection '\(name)'",
        remedy: "choose another name, or remove it: hone index rm \(name)", parameter: "name", kind: .conflict)
    }
  }

  /// Makes a collection for vectors of any model. `more`: what else it says of itself.
  func makeCollection(
    _ name: String, model: String, fingerprint: String, dimensions: Int,
    settings: VectorSettings = VectorSettings(), id: String? = nil, more: [String: String] = [:]
  ) throws -> SearchCollection {
    try checkIsFree(collection: name)
    try settings.check()
    let place = CollectionPlace(home: self, name: name)
    let head = [
      "id": id ?? "vs_" + randomName(length: 24), "model": model, "fingerprint": fingerprint,
      "dimensions": "\(dimensions)", "created": "\(Int(Date().timeIntervalSince1970))",
    ].merging(settings.head.compactMapValues(\.self)) { $1 }.merging(more) { $1 }
    try replaceDirectory(at: place.folder, swaps: false) { folder in
      let store = try CollectionStore(at: folder.appendingPathComponent("rows.sqlite"), head: head, terms: { $0 })
      try store.close()
    }
    return try SearchCollection(opening: place)
  }

  /// Opens a collection.
  ///
  /// - Throws: `HoneError` for one that is not there or whose rows cannot be read; others are as they were.
  public func collection(_ name: String) throws -> SearchCollection {
    let place = CollectionPlace(home: self, name: name)
    guard Self.isModelName(name), FileManager.default.fileExists(atPath: place.rows.path) else {
      let others = collectionNames()
      throw HoneError(
        "\(name.prefix(60)): expected a collection, found none of that name",
        remedy: others.isEmpty
          ? "make one: hone index add NAME FILE" : "choose one of: \(others.prefix(20).joined(separator: ", "))",
        parameter: "name", code: "collection_not_found", kind: .notFound)
    }
    do {
      return try SearchCollection(opening: place)
    } catch let error as StoreError {
      throw HoneError(
        "\(name): expected a collection that can be read, found damage (\(error))",
        remedy: "look at it with `hone index check \(name)`, or put back a backup: hone index restore \(name) FILE",
        fault: .machine)
    }
  }

  /// The names of all collections, in order.
  public func collectionNames() -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: collections.path)) ?? []
    return names.filter { name in
      Self.isModelName(name)
        && FileManager.default.fileExists(atPath: CollectionPlace(home: self, name: name).rows.path)
    }.sorted()
  }

  /// Removes a collection with its index.
  public func removeCollection(_ name: String) throws {
    let place = CollectionPlace(home: self, name: name)
    guard Self.isModelName(name), FileManager.default.fileExists(atPath: place.folder.path) else {
      _ = try collection(name)
      return
    }
    let id = try? collection(name).id
    // Under another name first, so that a kill leaves no half of it.
    let gone = collections.appendingPathComponent(".\(name)-\(UUID().uuidString)")
    try FileManager.default.moveItem(at: place.folder, to: gone)
    try FileManager.default.removeItem(at: gone)
    if let id { try? FileManager.default.removeItem(at: place.indexes(id)) }
  }
}
