internal import Foundation
internal import HoneFiles
internal import HoneKernels
internal import HoneModels
internal import HoneTokenizers

/// What turns text into vectors, read whole.
struct LoadedEncoder: Sendable {
  enum Network: Sendable {
    case bert(BERTWeights, BERTConfig)
    case vectors(StaticVectors)
  }

  var network: Network
  /// What is multiplied with every vector at the end; nil: nothing.
  var projection: EncoderProjection?
  var tokenizer: EncoderTokenizer
  var settings: EncoderSettings
  var info: ModelInfo
  /// Where its files are; nil: in the program.
  var folder: ModelFolder?

  /// Numbers of a vector before the projection.
  var dimensions: Int {
    switch network {
    case .bert(_, let config): config.hiddenSize
    case .vectors(let vectors): vectors.dimensions
    }
  }
}

/// A matrix that vectors were fitted to a task with. Shapes: matrix (inputs, outputs).
struct EncoderProjection: Sendable, Equatable {
  let matrix: [Float]
  let inputs: Int
  let outputs: Int
}

extension ModelFolder {
  static let projectionName = "projection.safetensors"

  /// The matrix beside the weights; nil where there is none.
  private func loadProjection(inputs: Int) throws -> EncoderProjection? {
    guard FileManager.default.fileExists(atPath: file(Self.projectionName).path) else { return nil }
    let tensors = try Safetensors(contentsOf: file(Self.projectionName))
    guard let shape = tensors.shape(of: "projection"), shape.count == 2, shape[0] == inputs, shape[1] > 0 else {
      throw ModelError.wrongShape(
        name: "projection", expected: [inputs], found: tensors.shape(of: "projection") ?? [])
    }
    let matrix = try tensors.floats("projection")
    guard matrix.allSatisfy(\.isFinite) else { throw ModelError.notFinite(name: "projection") }
    return EncoderProjection(matrix: matrix, inputs: inputs, outputs: shape[1])
  }

  /// The files that a copy of an encoder needs, beside its weights.
  static let encoderFiles = [
    "config.json", "tokenizer.json", "vocab.txt", "tokenizer_config.json", "special_tokens_map.json", "modules.json",
    "sentence_bert_config.json", "config_sentence_transformers.json",
  ]

  /// Reads an encoder whole. `name` is used where there is no `hone.json`.
  func loadEncoder(name: String) throws -> LoadedEncoder {
    let config = try EncoderConfigFile(readConfig())
    let tokenizer = try loadEncoderTokenizer()
    let network: LoadedEncoder.Network
    var settings: EncoderSettings
    switch config {
    case .bert(let sizes):
      let tensors = try Safetensors.open(folder: url)
      guard tokenizer.vocabSize <= sizes.vocabSize else {
        throw HoneError(
          "\(name): expected a tokenizer of at most \(sizes.vocabSize) tokens, found \(tokenizer.vocabSize)",
          remedy: "the tokenizer and the weights are of different models; get both again")
      }
      let weights = try BERTWeights(config: sizes) { name in
        guard let shape = tensors.shape(of: name) else { return nil }
        return (shape, try tensors.floats(name))
      }
      network = .bert(weights, sizes)
      settings = try EncoderSettings(folder: url, contextLength: sizes.contextLength)
      guard settings.window > tokenizer.prefix.count + tokenizer.suffix.count else {
        throw HoneError(
          "\(name): expected a window of more tokens than a text is framed by, found \(settings.window)",
          remedy: "mend max_seq_length in sentence_bert_config.json")
      }
    case .vectors:
      network = .vectors(try StaticVectors(reading: Safetensors.open(folder: url)))
      settings = EncoderSettings(contextLength: Int.max)
    }
    let info = try loadEncoderInfo(name: name)
    if let prompts = info.prompts { settings.prompts.merge(prompts) { $1 } }
    var encoder = LoadedEncoder(network: network, tokenizer: tokenizer, settings: settings, info: info)
    encoder.folder = self
    encoder.projection = try loadProjection(inputs: encoder.dimensions)
    return encoder
  }

  private func readConfig() throws -> [UInt8] {
    do {
      return [UInt8](try Data(contentsOf: file(Self.configName)))
    } catch {
      throw HoneError(
        "\(url.lastPathComponent): expected a file config.json, found none",
        remedy: "name a folder in the Hugging Face layout (config.json, model.safetensors, tokenizer files)")
    }
  }

  /// Whether the folder says that it holds a model that embeds.
  var holdsEncoder: Bool { (try? readConfig()).map(EncoderConfigFile.isOne) ?? false }

  private func loadEncoderTokenizer() throws -> EncoderTokenizer {
    let manager = FileManager.default
    if manager.fileExists(atPath: file("tokenizer.json").path) {
      return try EncoderTokenizer(tokenizerJSON: [UInt8](Data(contentsOf: file("tokenizer.json"))))
    }
    guard manager.fileExists(atPath: file("vocab.txt").path) else {
      throw HoneError(
        "\(url.lastPathComponent): expected tokenizer.json or vocab.txt, found neither",
        remedy: "copy the tokenizer files into the folder")
    }
    return .wordPiece(
      try WordPieceTokenizer(
        vocabularyText: [UInt8](Data(contentsOf: file("vocab.txt"))), normalizer: try normalizer()))
  }

  /// How `tokenizer_config.json` says that text is treated; lower case where it says nothing.
  private func normalizer() throws -> BertNormalizer {
    guard let bytes = try? [UInt8](Data(contentsOf: file("tokenizer_config.json"))) else { return BertNormalizer() }
    let fields = try JSONValue(parsing: bytes)
    func flag(_ name: String) -> Bool? { if case .bool(let flag)? = fields[name] { flag } else { nil } }
    let lowercases = flag("do_lower_case") ?? true
    return BertNormalizer(
      splitsChinese: flag("tokenize_chinese_chars") ?? true, stripsAccents: flag("strip_accents") ?? lowercases,
      lowercases: lowercases)
  }

  /// What the folder says of its encoder; nil where it holds another kind of model.
  func encoderSummary(name: String, bytes: Int) throws -> ModelSummary? {
    guard holdsEncoder else { return nil }
    let config = try EncoderConfigFile(readConfig())
    let info = try loadEncoderInfo(name: name)
    switch config {
    case .bert(let sizes):
      let settings = try EncoderSettings(folder: url, contextLength: sizes.contextLength)
      return ModelSummary(
        name: name, kind: .encoder, parameters: sizes.parameterCount, contextLength: settings.window,
        dimensions: sizes.hiddenSize, bytes: bytes, created: info.created, isBuiltIn: false, info: info)
    case .vectors:
      let shape = try Safetensors.open(folder: url).shape(of: "embeddings") ?? []
      return ModelSummary(
        name: name, kind: .encoder, parameters: shape.reduce(1, *), contextLength: nil, dimensions: shape.last,
        bytes: bytes, created: info.created, isBuiltIn: false, info: info)
    }
  }

  func loadEncoderInfo(name: String) throws -> ModelInfo {
    guard FileManager.default.fileExists(atPath: file(Self.infoName).path) else {
      return ModelInfo(name: name, created: 0, parent: nil, base: name, fingerprint: "", learningRate: 2e-5)
    }
    do {
      return try JSONDecoder().decode(ModelInfo.self, from: Data(contentsOf: file(Self.infoName)))
    } catch {
      throw HoneError(
        "\(name)/hone.json: expected a model's description in format 1, found something else",
        remedy: "delete hone.json to use the model as one from elsewhere")
    }
  }
}

extension StaticVectors {
  /// Reads the tensors of a static model: `embeddings`, and where they are there `weights` and `mapping`.
  ///
  /// Source: the layout of model2vec. `embeddings` may be bytes; their scale is then in `weights`.
  init(reading tensors: Safetensors) throws {
    guard let shape = tensors.shape(of: "embeddings"), shape.count == 2, shape[0] > 0, shape[1] > 0 else {
      throw ModelError.missingTensor(name: "embeddings", shape: [])
    }
    let scales =
      tensors.shape(of: "weights") == nil
      ? [Float](repeating: 1, count: shape[0]) : try tensors.floats("weights")
    let mapping = tensors.shape(of: "mapping") == nil ? nil : try tensors.integers("mapping")
    let table: ScaledTable =
      tensors.isBytes("embeddings")
      ? .int8(try tensors.bytes("embeddings")) : .float32(try tensors.floats("embeddings"))
    try self.init(dimensions: shape[1], table: table, scales: scales, rowOfToken: mapping)
  }
}
