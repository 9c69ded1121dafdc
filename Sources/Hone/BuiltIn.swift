internal import CHoneBuiltIn
internal import Foundation
internal import HoneFiles
internal import HoneModels
internal import HoneTokenizers

/// The model that is part of the program, so that everything works without a download.
enum BuiltInModel {
  static let name = "nano"

  private static func data(_ file: Int) -> Data? {
    var size = 0
    guard let bytes = unsafe hone_built_in(Int32(file), &size), size > 0 else { return nil }
    return unsafe Data(bytesNoCopy: UnsafeMutableRawPointer(mutating: bytes), count: size, deallocator: .none)
  }

  private static var info: ModelInfo? {
    data(HONE_BUILT_IN_INFO).flatMap { try? JSONDecoder().decode(ModelInfo.self, from: $0) }
  }

  /// Its words alone, made once; nil in a program that was built without a model.
  static let tokenizer: Tokenizer? = {
    guard let vocabulary = data(HONE_BUILT_IN_VOCABULARY), let merges = data(HONE_BUILT_IN_MERGES) else { return nil }
    return try? Tokenizer(vocabularyJSON: [UInt8](vocabulary), merges: [UInt8](merges))
  }()

  /// The whole model; nil in a program that was built without one.
  static func load() throws -> LoadedModel? {
    guard let config = data(HONE_BUILT_IN_CONFIG), let weights = data(HONE_BUILT_IN_WEIGHTS), let tokenizer, let info
    else { return nil }
    let sizes = try ConfigFile.decode([UInt8](config))
    let tensors = try Safetensors(data: weights, name: "the built-in model")
    return LoadedModel(
      config: sizes, weights: try ModelFolder.weights(tensors, sizes), tokenizer: tokenizer, info: info)
  }

  static func summary() throws -> ModelSummary? {
    guard let config = data(HONE_BUILT_IN_CONFIG), let weights = data(HONE_BUILT_IN_WEIGHTS), let info else {
      return nil
    }
    let sizes = try ConfigFile.decode([UInt8](config))
    return ModelSummary(
      name: name, kind: .language, parameters: sizes.parameterCount, contextLength: sizes.contextLength,
      dimensions: nil, bytes: weights.count,
      created: info.created, isBuiltIn: true, info: info)
  }
}
