public import Foundation
internal import HoneFiles
internal import HoneModels
internal import HoneTokenizers

/// What a model with random weights is made from.
public enum NewModel: Sendable {
  /// The sizes and the tokenizer of another model.
  case like(String)
  /// Sizes of its own, and a tokenizer trained on texts.
  case sizes(
    texts: [URL], column: String?, vocabSize: Int, layers: Int, hidden: Int, heads: Int, context: Int)
}

extension Home {
  /// Makes a model with random weights, to be trained on texts.
  ///
  /// `learningRate` is what a multiplier of 1 will stand for when it, or what is tuned from it, is fine-tuned;
  /// `tokenTableRate` multiplies it for the table of token vectors.
  public func makeModel(
    _ name: String, from source: NewModel, seed: UInt64, learningRate: Float? = nil, tokenTableRate: Float? = nil
  ) throws -> ModelSummary {
    try checkIsNew(name)
    let config: GPT2Config
    let tokenizer: Tokenizer
    var otherRate: Float?
    var otherTableRate: Float?
    switch source {
    case .like(let other):
      let model = try loadModel(other)
      otherRate = model.info.learningRate
      otherTableRate = model.info.tokenTableRate
      (config, tokenizer) = (model.config, model.tokenizer)
    case .sizes(let files, let column, let vocabSize, let layers, let hidden, let heads, let context):
      config = try GPT2Config(
        vocabSize: vocabSize, contextLength: context, hiddenSize: hidden, layerCount: layers, headCount: heads)
      guard vocabSize >= 257 else {
        throw HoneError("vocab-size: expected 257 or more, found \(vocabSize)", remedy: "choose a larger vocabulary")
      }
      guard !files.isEmpty else {
        throw HoneError(
          "text: expected files to train a tokenizer on, found none",
          remedy: "name them with --text, or a model with --like")
      }
      let texts = try files.flatMap { try readTexts($0, column: column) }
      tokenizer = try Tokenizer.train(texts: texts.map { Array($0.utf8) }, vocabSize: vocabSize)
      guard tokenizer.vocabSize == vocabSize else {
        throw HoneError(
          "text: expected enough text for \(vocabSize) tokens, found only \(tokenizer.vocabSize) that occur twice",
          remedy: "give more text or a smaller --vocab-size")
      }
    }
    var model = LoadedModel(
      config: config, weights: GPT2Weights(random: config, seed: seed), tokenizer: tokenizer,
      info: ModelInfo(
        name: name, created: Int(Date().timeIntervalSince1970), parent: nil, base: name, fingerprint: "",
        learningRate: learningRate ?? otherRate ?? ModelInfo.defaultLearningRate(hiddenSize: config.hiddenSize)))
    model.info.tokenTableRate = tokenTableRate ?? otherTableRate
    return try keep(model, as: name)
  }

  /// Copies a folder in the Hugging Face layout into the home, after reading all of it.
  public func importModel(_ name: String, from folder: URL) throws -> ModelSummary {
    try checkIsNew(name)
    if ModelFolder(url: folder).holdsImageEncoder { return try importImageEncoder(name, from: folder) }
    if ModelFolder(url: folder).holdsEncoder { return try importEncoder(name, from: folder) }
    var model = try ModelFolder(url: folder).load(name: name)
    if model.info.parent == nil { model.info.base = name }
    model.info.name = name
    return try keep(model, as: name)
  }

  func checkIsNew(_ name: String) throws {
    guard Self.isModelName(name) else {
      throw HoneError("expected a name without slashes, found '\(name)'", remedy: "choose another name")
    }
    guard !hasFolder(name) else {
      throw HoneError("\(name): is there already", remedy: "choose another name, or `hone models rm \(name)` first")
    }
  }

  private func keep(_ model: LoadedModel, as name: String) throws -> ModelSummary {
    try makeFolders()
    try replaceDirectory(at: models.appendingPathComponent(name, isDirectory: true)) { folder in
      _ = try ModelFolder.write(model, to: folder)
    }
    return try showModel(name)
  }
}
