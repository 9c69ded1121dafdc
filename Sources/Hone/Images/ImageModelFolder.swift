internal import Foundation
internal import HoneFiles
internal import HoneKernels
internal import HoneModels
internal import HoneTokenizers

/// A model of pictures, read whole.
struct LoadedImageEncoder: Sendable {
  enum Network: Sendable {
    case mobileNet(MobileNetWeights, MobileNetConfig)
    case clip(CLIPWeights, CLIPConfig, CLIPTokenizer)
  }

  var network: Network
  var preparation: ImagePreparation
  var info: ModelInfo
}

extension ModelFolder {
  static let preprocessorName = "preprocessor_config.json"

  /// The files that a copy of a model of pictures needs, beside its weights.
  static let imageFiles = [
    TopologyFile.name, configName, preprocessorName, "tokenizer.json", "vocab.json", "merges.txt",
    "tokenizer_config.json", "special_tokens_map.json",
  ]

  /// Whether the folder says that it holds a model of pictures.
  var holdsImageEncoder: Bool {
    exists(TopologyFile.name) || (try? read(Self.configName)).map(CLIPConfigFile.isOne) ?? false
  }

  private func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name).path) }

  private func read(_ name: String) throws -> [UInt8] {
    do {
      return try [UInt8](Data(contentsOf: file(name)))
    } catch {
      throw HoneError(
        "\(url.lastPathComponent): expected a file \(name), found none", remedy: "get the model again")
    }
  }

  /// The tensors of the folder: `model.safetensors` or its parts, or the only file of tensors there is.
  private func imageTensors() throws -> Safetensors {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).filter {
      $0.hasSuffix(".safetensors")
    }
    if names.count == 1 { return try Safetensors(contentsOf: file(names[0])) }
    return try Safetensors.open(folder: url)
  }

  /// Reads a model of pictures whole. `name` is used where there is no `hone.json`.
  func loadImageEncoder(name: String) throws -> LoadedImageEncoder {
    let tensors = try imageTensors()
    func tensor(_ name: String) throws -> (shape: [Int], values: [Float])? {
      guard let shape = tensors.shape(of: name) else { return nil }
      return (shape, try tensors.floats(name))
    }
    var info = try loadEncoderInfo(name: name)
    if info.fingerprint.isEmpty { info.fingerprint = try imageFingerprint() }
    if exists(TopologyFile.name) {
      let config = try TopologyFile.decode(read(TopologyFile.name))
      guard config.input.height == config.input.width else {
        throw TopologyFile.fail("an input as wide as high", "\(config.input.height) × \(config.input.width)")
      }
      return LoadedImageEncoder(
        network: .mobileNet(try MobileNetWeights(config: config, reading: tensor), config),
        preparation: .plain(size: config.input.height), info: info)
    }
    let config = try CLIPConfigFile.decode(read(Self.configName))
    let tokenizer = try loadCLIPTokenizer()
    guard tokenizer.vocabSize <= config.vocabSize else {
      throw HoneError(
        "\(name): expected a tokenizer of at most \(config.vocabSize) tokens, found \(tokenizer.vocabSize)",
        remedy: "the tokenizer and the weights are of different models; get both again")
    }
    return LoadedImageEncoder(
      network: .clip(try CLIPWeights(config: config, reading: tensor), config, tokenizer),
      preparation: try ImagePreparation(preprocessorJSON: read(Self.preprocessorName), size: config.imageSize),
      info: info)
  }

  private func loadCLIPTokenizer() throws -> CLIPTokenizer {
    if exists("vocab.json"), exists("merges.txt") {
      return try CLIPTokenizer(vocabularyJSON: read("vocab.json"), merges: read("merges.txt"))
    }
    return try CLIPTokenizer(tokenizerJSON: read("tokenizer.json"))
  }

  /// What the folder says of its model of pictures; nil where it holds another kind of model.
  func imageEncoderSummary(name: String) throws -> ModelSummary? {
    guard holdsImageEncoder else { return nil }
    let info = try loadEncoderInfo(name: name)
    let bytes = try FileManager.default.contentsOfDirectory(atPath: url.path).filter { $0.hasSuffix(".safetensors") }
      .reduce(0) { $0 + (try FileManager.default.attributesOfItem(atPath: file($1).path)[.size] as? Int ?? 0) }
    let (parameters, dimensions): (Int, Int)
    if exists(TopologyFile.name) {
      let config = try TopologyFile.decode(read(TopologyFile.name))
      (parameters, dimensions) = (config.parameterCount, config.dimensions)
    } else {
      let config = try CLIPConfigFile.decode(read(Self.configName))
      (parameters, dimensions) = (config.parameterCount, config.projectionSize)
    }
    return ModelSummary(
      name: name, kind: .image, parameters: parameters, contextLength: nil, dimensions: dimensions, bytes: bytes,
      created: info.created, isBuiltIn: false, info: info)
  }

  /// SHA-256 of everything that vectors of pictures depend on.
  func imageFingerprint() throws -> String {
    let names = try FileManager.default.contentsOfDirectory(atPath: url.path)
      .filter { $0.hasSuffix(".safetensors") || Self.imageFiles.contains($0) }.sorted()
    let sums = try names.map { try sha256(of: file($0)) }
    return sha256(of: Array(sums.joined(separator: "\n").utf8))
  }
}
