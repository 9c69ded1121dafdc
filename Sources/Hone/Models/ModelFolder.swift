internal import Foundation
internal import HoneFiles
internal import HoneModels
internal import HoneTokenizers

/// A model's weights, sizes and words, read whole.
struct LoadedModel: Sendable {
  var config: GPT2Config
  var weights: GPT2Weights
  var tokenizer: Tokenizer
  var info: ModelInfo
}

/// A folder in the Hugging Face layout: `config.json`, `model.safetensors`, tokenizer files, and our `hone.json`.
struct ModelFolder {
  let url: URL

  static let infoName = "hone.json"
  static let weightsName = "model.safetensors"
  static let configName = "config.json"

  func file(_ name: String) -> URL { url.appendingPathComponent(name) }

  private func bytes(_ names: String...) throws -> [UInt8]? {
    for name in names where FileManager.default.fileExists(atPath: file(name).path) {
      return try [UInt8](Data(contentsOf: file(name)))
    }
    return nil
  }

  /// Reads all of it. `name` is used where there is no `hone.json`.
  func load(name: String) throws -> LoadedModel {
    let config = try loadConfig()
    let tokenizer = try loadTokenizer()
    guard tokenizer.vocabSize <= config.vocabSize else {
      throw HoneError(
        "\(name): expected a tokenizer of at most \(config.vocabSize) tokens, found \(tokenizer.vocabSize)",
        remedy: "the tokenizer and the weights are of different models; get both again")
    }
    let tensors = try Safetensors.open(folder: url)
    return LoadedModel(
      config: config, weights: try Self.weights(tensors, config), tokenizer: tokenizer,
      info: try loadInfo(name: name, config))
  }

  /// The weights that a file of tensors holds for these sizes.
  static func weights(_ tensors: Safetensors, _ config: GPT2Config) throws -> GPT2Weights {
    try GPT2Weights(config: config) { name in
      guard let shape = tensors.shape(of: name) else { return nil }
      return (shape, try tensors.floats(name))
    }
  }

  func loadConfig() throws -> GPT2Config {
    guard let bytes = try bytes(Self.configName) else {
      throw HoneError(
        "\(url.lastPathComponent): expected a file config.json, found none",
        remedy: "name a folder in the Hugging Face layout (config.json, model.safetensors, tokenizer files)")
    }
    return try ConfigFile.decode(bytes)
  }

  func loadTokenizer() throws -> Tokenizer {
    if let vocabulary = try bytes("vocab.json", "encoder.json"), let merges = try bytes("merges.txt", "vocab.bpe") {
      return try Tokenizer(vocabularyJSON: vocabulary, merges: merges)
    }
    if let json = try bytes("tokenizer.json") { return try Tokenizer(tokenizerJSON: json) }
    throw HoneError(
      "\(url.lastPathComponent): expected vocab.json with merges.txt, or tokenizer.json; found neither",
      remedy: "copy the tokenizer files into the folder")
  }

  func loadInfo(name: String, _ config: GPT2Config) throws -> ModelInfo {
    if let bytes = try bytes(Self.infoName) {
      do {
        return try JSONDecoder().decode(ModelInfo.self, from: Data(bytes))
      } catch {
        throw HoneError(
          "\(name)/hone.json: expected a model's description in format 1, found something else",
          remedy: "delete hone.json to use the model as one from elsewhere")
      }
    }
    return ModelInfo(
      name: name, created: 0, parent: nil, base: name, fingerprint: "",
      learningRate: ModelInfo.defaultLearningRate(hiddenSize: config.hiddenSize))
  }

  /// Writes all of it into this folder, which must exist. Gives the fingerprint of the weights.
  static func write(_ model: LoadedModel, to url: URL, bfloat16: Bool = false) throws -> ModelInfo {
    let folder = ModelFolder(url: url)
    let tensors = model.weights.values(of: model.config).map { ($0.tensor.name, $0.tensor.shape, $0.values) }
    try Safetensors.write(
      tensors.map { (name: $0.0, shape: $0.1, values: $0.2) }, dtype: bfloat16 ? .bfloat16 : .float32,
      metadata: ["format": "pt"], to: folder.file(weightsName))
    try ConfigFile.encode(model.config, endOfText: model.tokenizer.endOfText).write(to: folder.file(configName))
    try Data(model.tokenizer.vocabularyJSON()).write(to: folder.file("vocab.json"))
    try Data(model.tokenizer.mergesText()).write(to: folder.file("merges.txt"))
    try Data(model.tokenizer.tokenizerJSON()).write(to: folder.file("tokenizer.json"))
    try Data(ConfigFile.tokenizerConfig(contextLength: model.config.contextLength).utf8).write(
      to: folder.file("tokenizer_config.json"))
    var info = model.info
    info.fingerprint = try sha256(of: folder.file(weightsName))
    try encodeJSON(info).write(to: folder.file(infoName))
    return info
  }
}

/// One JSON object with sorted keys, for files that people read.
func encodeJSON(_ value: some Encodable) throws -> Data {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
  return try encoder.encode(value) + Data("\n".utf8)
}
