internal import Foundation
internal import HoneFiles
internal import HoneModels

extension Home {
  /// A model that embeds, in memory, for any number of requests.
  ///
  /// `name`: of a model in the home, an alias, or a path of a folder in the sentence-transformers layout.
  /// - Throws: `HoneError` for unknown, damaged and other kinds of models.
  public func embeddingModel(_ name: String, precision: EmbeddingPrecision = .fast) throws -> EmbeddingModel {
    EmbeddingModel(try loadEncoder(name), precision)
  }

  /// Reads an encoder by name or alias, or from a folder given as a path.
  func loadEncoder(_ asked: String) throws -> LoadedEncoder {
    let name = try encoderMeant(by: asked).model
    if name == BuiltInEncoder.name, !hasFolder(name), let encoder = try BuiltInEncoder.load() { return encoder }
    try checkIsNoImageEncoder(name)
    if hasFolder(name) { return try ModelFolder(url: folder(ofModel: name)).loadEncoder(name: name) }
    if name == BuiltInModel.name || Self.aliases[name] != nil {
      throw HoneError(
        "model: expected a model that embeds, found the language model '\(name)'",
        remedy: "name an encoder, such as \(BuiltInEncoder.name)", parameter: "model")
    }
    let path = URL(fileURLWithPath: name, isDirectory: true)
    if name.contains("/"), FileManager.default.fileExists(atPath: path.path) {
      let folder = ModelFolder(url: path)
      var encoder = try folder.loadEncoder(name: path.lastPathComponent)
      if encoder.info.fingerprint.isEmpty { encoder.info.fingerprint = try folder.weightsFingerprint() }
      return encoder
    }
    throw unknownModel(name)
  }
}

extension ModelFolder {
  /// SHA-256 of the weights and the tokenizer, which an encoder's vectors depend on.
  func weightsFingerprint() throws -> String {
    let names = [Self.weightsName, "tokenizer.json", "vocab.txt", Self.projectionName].filter {
      FileManager.default.fileExists(atPath: file($0).path)
    }
    let sums = try names.map { try sha256(of: file($0)) }
    return sha256(of: Array(sums.joined(separator: "\n").utf8))
  }
}
