public import Foundation
package import HoneFiles
internal import HoneKernels
internal import HoneModels
internal import HoneTokenizers

/// A model that turns pictures into vectors of length 1, in memory and ready for any number of requests; some turn texts
/// into vectors of the same space.
///
/// A picture gives the same vector alone or among others.
///
///     let encoder = try Home().imageEncoder("mobilenet_v2_035")
///     let vectors = try encoder.embed([URL(fileURLWithPath: "rose.jpg")])
public struct ImageEncoder: Sendable {
  /// What the model is and where it comes from.
  public let info: ModelInfo
  /// Numbers of a vector.
  public let dimensions: Int
  /// Names the weights, the sizes and how pictures are prepared: vectors of different fingerprints cannot be compared.
  public let fingerprint: String
  private let network: Network
  private let preparation: ImagePreparation

  private enum Network: Sendable {
    case mobileNet(MobileNet)
    case clip(CLIPModel, CLIPTokenizer)
  }

  init(_ loaded: LoadedImageEncoder) {
    (info, preparation) = (loaded.info, loaded.preparation)
    var facts = [loaded.info.fingerprint] + loaded.preparation.facts
    switch loaded.network {
    case .mobileNet(let weights, let config):
      network = .mobileNet(MobileNet(weights, config))
      dimensions = config.dimensions
      facts.append("\(config)")
    case .clip(let weights, let config, let tokenizer):
      network = .clip(CLIPModel(weights, config, precision: .float32), tokenizer)
      dimensions = config.projectionSize
      facts.append("\(config)")
    }
    fingerprint = sha256(of: Array(facts.joined(separator: "\n").utf8))
  }

  /// Bytes of its numbers in memory.
  public var bytes: Int {
    switch network {
    case .mobileNet(let network): network.bytes
    case .clip(let model, _): model.bytes
    }
  }

  /// Whether texts have vectors too, so that pictures can be found by words.
  public var readsText: Bool { if case .clip = network { true } else { false } }

  /// The vectors of JPEG and PNG files.
  ///
  /// - Throws: an error that names the first file which cannot be read.
  public func embed(_ files: [URL]) throws -> [[Float]] {
    let prepared = parallelMap(files.count) { index in
      Result { numbers(try PixelImage(contentsOf: files[index])) }
    }
    return vectors(try prepared.map { try $0.get() })
  }

  /// The vectors of texts; what is longer than the model's context is cut off.
  ///
  /// - Throws: `HoneError` for a model of pictures alone.
  public func embed(texts: [String]) throws -> [[Float]] { rows(try features(texts: texts)) }

  /// What the network gives for texts, not yet of length 1. Shapes: result (texts, dimensions).
  package func features(texts: [String]) throws -> [Float] {
    guard case .clip(let model, let tokenizer) = network else {
      throw HoneError(
        "model: expected one that reads texts too, found \(info.name), which knows pictures alone",
        remedy: "search with a picture (--like), or index with a CLIP model", parameter: "model")
    }
    let limit = model.config.contextLength
    guard limit >= 2 else {
      throw HoneError("\(info.name): expected a context of 2 or more, found \(limit)", remedy: "get the model again")
    }
    return model.vectors(ofTexts: texts.map { tokenizer.framed($0, limit: limit).tokens })
  }

  /// A picture as the model takes it. Shapes: result (height, width, 3).
  package func numbers(_ image: PixelImage) -> [Float] { preparation.numbers(image) }

  /// The vectors of pictures as the model takes them.
  package func vectors(_ pictures: [[Float]]) -> [[Float]] { rows(features(pictures)) }

  /// What the network gives, not yet of length 1. Shapes: result (pictures, dimensions).
  package func features(_ pictures: [[Float]]) -> [Float] {
    switch network {
    case .mobileNet(let network): network.features(pictures)
    case .clip(let model, _): model.vectors(ofPictures: pictures)
    }
  }

  private func rows(_ values: [Float]) -> [[Float]] {
    var values = values
    normalizeRows(&values, dimensions: dimensions)
    return stride(from: 0, to: values.count, by: dimensions).map { Array(values[$0..<$0 + dimensions]) }
  }
}

extension Home {
  /// A model of pictures, in memory.
  ///
  /// `name`: of a model in the home, or a path of a folder: a MobileNet (`topology.json` and weights), or a CLIP in the
  /// Hugging Face layout.
  /// - Throws: `HoneError` for unknown, damaged and other kinds of models.
  public func imageEncoder(_ name: String) throws -> ImageEncoder {
    let path = URL(fileURLWithPath: name, isDirectory: true)
    let isPath = name.contains("/") && FileManager.default.fileExists(atPath: path.path)
    let folder = ModelFolder(url: isPath ? path : try self.folder(ofModel: name))
    guard folder.holdsImageEncoder else {
      throw HoneError(
        "model: expected a model of pictures, found '\(name)', which is one of texts",
        remedy: "get one with `hone pull NAME --from FOLDER`", parameter: "model")
    }
    return ImageEncoder(try folder.loadImageEncoder(name: isPath ? path.lastPathComponent : name))
  }

  /// The models of pictures in the home, by name.
  func imageEncoderNames() throws -> [String] { try listModels().filter { $0.kind == .image }.map(\.name) }

  /// Copies a folder with a model of pictures into the home, after reading all of it.
  func importImageEncoder(_ name: String, from source: URL) throws -> ModelSummary {
    try checkIsNew(name)
    var info = try ModelFolder(url: source).loadImageEncoder(name: name).info
    try makeFolders()
    try replaceDirectory(at: models.appendingPathComponent(name, isDirectory: true)) { target in
      for file in ModelFolder.imageFiles { try copy(file, from: source, to: target) }
      try copyWeights(from: source, to: target)
      info.name = name
      if info.parent == nil { info.base = name }
      info.created = Int(Date().timeIntervalSince1970)
      info.fingerprint = try ModelFolder(url: target).imageFingerprint()
      try encodeJSON(info).write(to: target.appendingPathComponent(ModelFolder.infoName))
    }
    return try showModel(name)
  }
}
