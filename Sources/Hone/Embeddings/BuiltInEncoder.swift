internal import CHoneBuiltIn
internal import Foundation
internal import HoneFiles
internal import HoneModels
internal import HoneTokenizers

/// The static model that is part of the program, so that vectors need no download.
enum BuiltInEncoder {
  static let name = "hone-static"

  private static func data(_ file: Int) -> Data? {
    var size = 0
    guard let bytes = unsafe hone_built_in(Int32(file), &size), size > 0 else { return nil }
    return unsafe Data(bytesNoCopy: UnsafeMutableRawPointer(mutating: bytes), count: size, deallocator: .none)
  }

  /// The whole model; nil in a program that was built without one.
  static func load() throws -> LoadedEncoder? {
    guard let vocabulary = data(HONE_BUILT_IN_STATIC_VOCABULARY), let weights = data(HONE_BUILT_IN_STATIC_WEIGHTS),
      let described = data(HONE_BUILT_IN_STATIC_INFO)
    else { return nil }
    let tensors = try Safetensors(data: weights, name: "the built-in static model")
    return LoadedEncoder(
      network: .vectors(try StaticVectors(reading: tensors)),
      tokenizer: .wordPiece(try WordPieceTokenizer(vocabularyText: [UInt8](vocabulary))),
      settings: EncoderSettings(contextLength: Int.max),
      info: try JSONDecoder().decode(ModelInfo.self, from: described))
  }

  /// Writes its files into a folder.
  static func write(to folder: URL) throws {
    let target = ModelFolder(url: folder)
    let files = [
      (HONE_BUILT_IN_STATIC_VOCABULARY, "vocab.txt"), (HONE_BUILT_IN_STATIC_WEIGHTS, ModelFolder.weightsName),
    ]
    for (file, name) in files { try data(file)?.write(to: target.file(name)) }
    try Data("{\n  \"model_type\": \"model2vec\",\n  \"normalize\": true\n}\n".utf8).write(
      to: target.file(ModelFolder.configName))
  }

  static func summary() throws -> ModelSummary? {
    guard let weights = data(HONE_BUILT_IN_STATIC_WEIGHTS), let described = data(HONE_BUILT_IN_STATIC_INFO) else {
      return nil
    }
    let shape = try Safetensors(data: weights, name: "the built-in static model").shape(of: "embeddings") ?? [0, 0]
    let info = try JSONDecoder().decode(ModelInfo.self, from: described)
    return ModelSummary(
      name: name, kind: .encoder, parameters: shape.reduce(1, *), contextLength: nil, dimensions: shape.last,
      bytes: weights.count, created: info.created, isBuiltIn: true, info: info)
  }
}
