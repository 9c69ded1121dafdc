public import Foundation
internal import HoneFiles
internal import HoneModels

/// A model as a list shows it.
public struct ModelSummary: Sendable, Codable {
  /// What a model is for.
  public enum Kind: String, Sendable, Codable {
    /// It goes on with a text.
    case language
    /// It turns a text into a vector.
    case encoder
    /// It turns a picture into a vector.
    case image
  }

  public let name: String
  public let kind: Kind
  public let parameters: Int
  /// Tokens that it sees at a time; nil: any number.
  public let contextLength: Int?
  /// Numbers of a vector, where it embeds.
  public let dimensions: Int?
  public let bytes: Int
  public let created: Int
  public let isBuiltIn: Bool
  public let info: ModelInfo
}

extension Home {
  /// Names that mean another model: those of the hosted service's base models mean the built-in one.
  static let aliases = Dictionary(
    uniqueKeysWithValues: [
      "ada", "babbage", "curie", "davinci", "text-ada-001", "text-babbage-001", "text-curie-001", "text-davinci-001",
      "text-davinci-002", "text-davinci-003", "babbage-002", "davinci-002", "gpt-3.5-turbo-instruct",
    ].map { ($0, BuiltInModel.name) })

  /// Every model that can be used by name, the built-in one first.
  public func listModels() throws -> [ModelSummary] {
    var result: [ModelSummary] = []
    if let builtIn = try BuiltInModel.summary() { result.append(builtIn) }
    if let builtIn = try BuiltInEncoder.summary() { result.append(builtIn) }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: models.path)) ?? []
    for name in names.sorted() where !name.hasPrefix(".") && !name.contains(checkpointMark) {
      if let summary = try? summary(ofFolder: models.appendingPathComponent(name), name: name) {
        result.append(summary)
      }
    }
    return result
  }

  /// One model by name.
  public func showModel(_ name: String) throws -> ModelSummary {
    let name = Self.aliases[name] ?? name
    if name == BuiltInModel.name, !hasFolder(name), let summary = try BuiltInModel.summary() { return summary }
    if name == BuiltInEncoder.name, !hasFolder(name), let summary = try BuiltInEncoder.summary() { return summary }
    return try summary(ofFolder: folder(ofModel: name), name: name)
  }

  private func summary(ofFolder url: URL, name: String) throws -> ModelSummary {
    let folder = ModelFolder(url: url)
    let size =
      try? FileManager.default.attributesOfItem(atPath: folder.file(ModelFolder.weightsName).path)[.size] as? Int
    if let summary = try folder.imageEncoderSummary(name: name) { return summary }
    if let summary = try folder.encoderSummary(name: name, bytes: size ?? 0) { return summary }
    let config = try folder.loadConfig()
    let info = try folder.loadInfo(name: name, config)
    return ModelSummary(
      name: name, kind: .language, parameters: config.parameterCount, contextLength: config.contextLength,
      dimensions: nil, bytes: size ?? 0,
      created: info.created, isBuiltIn: false, info: info)
  }

  /// Deletes a model's folder. The built-in model is part of the program and stays.
  public func removeModel(_ name: String) throws {
    if [BuiltInModel.name, BuiltInEncoder.name].contains(name), !hasFolder(name) {
      throw HoneError("\(name): is built into the program", remedy: "there is nothing to remove")
    }
    try FileManager.default.removeItem(at: folder(ofModel: name))
  }

  /// Copies a model's folder to `target`, which must not exist yet, and reads the copy back before it counts: it must have
  /// the same weights, and answer as was noted at the end of training. On an error nothing is left there.
  ///
  /// With `bfloat16` the weights are rounded to half their size (`ModelProbe.roundedTolerance` says how far the answers may
  /// move), and the copy is named `renamed`, if that is given.
  ///
  /// - Returns: what a person should know of the copy.
  @discardableResult
  public func exportModel(
    _ name: String, to target: URL, bfloat16: Bool = false, renamed: String? = nil
  ) throws -> [String] {
    guard !FileManager.default.fileExists(atPath: target.path) else {
      throw HoneError("\(target.path): expected nothing there, found something", remedy: "name a new folder")
    }
    var model = try loadModel(name)
    try model.checkProbe()
    if bfloat16 {
      model.weights = rounded(model.weights, model.config)
      try model.checkProbe(within: ModelProbe.roundedTolerance)
      if model.info.probe != nil { try model.setProbe() }
    }
    if let renamed {
      model.info.name = renamed
      model.info.base = renamed
      model.info.parent = nil
    }
    try replaceDirectory(at: target) { folder in
      _ = try ModelFolder.write(model, to: folder, bfloat16: bfloat16)
      let copy = try ModelFolder(url: folder).load(name: name)
      guard copy.weights == model.weights else {
        throw HoneError(
          "\(target.path): the copy reads back other weights than were written", remedy: "check the disk",
          fault: .machine)
      }
      try copy.checkProbe()
    }
    if model.info.probe != nil || model.info.parent == nil { return [] }
    return ["\(name): its answers were not noted when it was trained, so only its weights were compared"]
  }

  /// Reads a model by name or alias, or from a folder given as a path.
  func loadModel(_ name: String) throws -> LoadedModel {
    let name = Self.aliases[name] ?? name
    try checkIsLanguageModel(name)
    if hasFolder(name) { return try ModelFolder(url: folder(ofModel: name)).load(name: name) }
    if name == BuiltInModel.name, let model = try BuiltInModel.load() { return model }
    let path = URL(fileURLWithPath: name, isDirectory: true)
    if name.contains("/"), FileManager.default.fileExists(atPath: path.path) {
      return try ModelFolder(url: path).load(name: path.lastPathComponent)
    }
    throw unknownModel(name)
  }

  /// - Throws: `HoneError` for a model that embeds, which has no answers.
  func checkIsLanguageModel(_ name: String) throws {
    try checkIsNoImageEncoder(name)
    guard name == BuiltInEncoder.name || hasFolder(name), isEncoder(name) else { return }
    throw HoneError(
      "model: expected a language model, found '\(name)', which turns texts into vectors",
      remedy: "use it with `hone embed` or /v1/embeddings, or name a language model", parameter: "model")
  }

  /// - Throws: `HoneError` for a model of pictures.
  func checkIsNoImageEncoder(_ name: String) throws {
    guard hasFolder(name), ModelFolder(url: try folder(ofModel: name)).holdsImageEncoder else { return }
    throw HoneError(
      "model: expected a model of texts, found '\(name)', which is one of pictures",
      remedy: "use it with `hone images`, or name another model", parameter: "model")
  }

  func hasFolder(_ name: String) -> Bool {
    Self.isModelName(name)
      && FileManager.default.fileExists(atPath: models.appendingPathComponent(name).path)
  }

  func folder(ofModel name: String) throws -> URL {
    guard hasFolder(name) else { throw unknownModel(name) }
    return models.appendingPathComponent(name, isDirectory: true)
  }

  func unknownModel(_ name: String) -> HoneError {
    HoneError(
      "model: expected the name of a model, found '\(name)', which is not here",
      remedy: "see `hone models list`, or get it with `hone pull \(name)`", parameter: "model", code: "model_not_found")
  }

  /// Whether a name can be a folder's: no path, nothing hidden, of a sane length.
  static func isModelName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 200 && !name.hasPrefix(".")
      && !name.unicodeScalars.contains { $0 == "/" || $0 == "\\" || $0.value < 32 }
  }
}

/// Every weight as the bfloat16 nearest to it.
private func rounded(_ weights: GPT2Weights, _ config: GPT2Config) -> GPT2Weights {
  var result = weights
  result.forEachTensor(of: config) { _, values in
    for index in values.indices { values[index] = Float(bitPattern: UInt32(bfloat16Bits(values[index])) << 16) }
  }
  return result
}
