internal import Foundation
internal import HoneStore

/// A name that means another model.
public struct Alias: Sendable, Codable, Equatable {
  public let name: String
  public let model: String
}

extension Home {
  /// The names that somebody gave, sorted. A server that has the home need not be asked.
  public func listAliases() throws -> [Alias] {
    guard FileManager.default.fileExists(atPath: url.appendingPathComponent("hone.sqlite").path) else { return [] }
    let store = try Store(in: url)
    defer { try? store.close() }
    return try store.aliases().sorted { $0.key < $1.key }.map { Alias(name: $0.key, model: $0.value) }
  }

  /// Lets a name mean a model from now on; nil lets it mean what it did before.
  public func setAlias(_ name: String, to model: String?) throws {
    guard Self.isModelName(name) else {
      throw HoneError("alias: expected a name without slashes, found '\(name)'", remedy: "choose another name")
    }
    if let model {
      guard model != name, hasFolder(model) || model == BuiltInModel.name || model == BuiltInEncoder.name else {
        throw unknownModel(model)
      }
    } else {
      guard try listAliases().contains(where: { $0.name == name }) else {
        throw HoneError("alias: expected a name of `hone alias list`, found '\(name)'", remedy: "choose one of these")
      }
    }
    try makeFolders()
    let store = try Store(in: url)
    defer { try? store.close() }
    try store.setAlias(name, to: model)
  }

  /// The model that a name means where vectors are asked for, and the task that is in the name.
  ///
  /// Names of the hosted service's models mean the built-in one; of the older pairs for search one half is for queries
  /// and one for documents.
  public func encoderMeant(by name: String) throws -> (model: String, task: String?) {
    if hasFolder(name) || name.contains("/") { return (name, nil) }
    let task = Self.task(inName: name)
    if name == BuiltInEncoder.name { return (name, nil) }
    if let alias = try listAliases().first(where: { $0.name == name }) { return (alias.model, task) }
    let isHosted = name.hasPrefix("text-embedding-") || task != nil || name.hasPrefix("text-similarity-")
    return isHosted ? (BuiltInEncoder.name, task) : (name, nil)
  }

  /// `text-search-ada-query-001` and its like.
  static func task(inName name: String) -> String? {
    guard name.hasPrefix("text-search-") || name.hasPrefix("code-search-") else { return nil }
    if name.contains("-query-") || name.contains("-text-") { return "query" }
    return name.contains("-doc-") || name.contains("-code-") ? "document" : nil
  }
}
