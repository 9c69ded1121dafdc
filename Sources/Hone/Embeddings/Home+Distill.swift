internal import Foundation
internal import HoneAnalysis
internal import HoneFiles
internal import HoneKernels
internal import HoneModels
internal import HoneTokenizers
internal import HoneTraining

/// How a static model is made from an encoder.
public struct DistillOptions: Sendable, Equatable {
  /// Numbers of a vector.
  public var dimensions = 256
  /// A token of probability p has the weight a / (a + p), with this a: frequent tokens say little.
  public var frequencyWeight: Float = 1e-4
  /// Passes over the texts that the table is fitted to.
  public var epochs = 2
  public var seed: UInt64 = 0

  public init() {}
}

/// What distilling does, as it goes on.
public enum DistillEvent: Sendable, Equatable {
  /// The teacher embeds tokens or texts.
  case embedding(done: Int, total: Int, what: String)
  /// One pass over the texts, and its mean of 1 − cosine.
  case epoch(Int, loss: Double)
}

extension Home {
  /// Makes a static model from an encoder: one vector a token, hundreds of times faster.
  ///
  /// Each token of the vocabulary is embedded alone, the vectors are turned to their principal components and weighted
  /// by how rare the token is (Zipf's law over the ids); with `texts` the table is then fitted to what the encoder makes
  /// of them. `target` is a new name in the home, or a new folder where it has a slash.
  /// Source: the model2vec library, and Arora, Liang and Ma 2017 for the weights.
  public func distill(
    _ teacherName: String, to target: String, texts: [String] = [], _ options: DistillOptions = DistillOptions(),
    onEvent: (DistillEvent) throws -> Void = { _ in }
  ) throws -> ModelSummary? {
    let isFolder = target.contains("/")
    if isFolder {
      guard !FileManager.default.fileExists(atPath: target) else {
        throw HoneError("\(target): expected nothing there, found something", remedy: "name a new folder")
      }
    } else {
      try checkIsNew(target)
    }
    let teacher = try loadEncoder(teacherName)
    guard case .bert(let weights, let config) = teacher.network else {
      throw HoneError(
        "\(teacherName): expected an encoder with layers, found a static model", remedy: "distill from the encoder")
    }
    guard options.dimensions >= 1, options.dimensions <= config.hiddenSize else {
      throw HoneError(
        "dimensions: expected 1 to \(config.hiddenSize), found \(options.dimensions)", remedy: "choose fewer",
        parameter: "dimensions")
    }
    let encoder = BERTEncoder(weights, config, precision: .fastForVectors)
    let vocabulary = StaticVocabulary(teacher.tokenizer)
    var table = try tokenTable(encoder, teacher, vocabulary, options, onEvent)
    if !texts.isEmpty {
      table.values = try fitted(table, EmbeddingModel(teacher), vocabulary, texts, options, onEvent)
    }
    let url =
      isFolder ? URL(fileURLWithPath: target, isDirectory: true) : models.appendingPathComponent(target)
    if !isFolder { try makeFolders() }
    let name = isFolder ? url.lastPathComponent : target
    try replaceDirectory(at: url) { folder in
      try write(
        table.values, vocabulary, teacher, name: name, teacherName: teacherName, texts: texts.count, options,
        to: folder)
    }
    return isFolder ? nil : try showModel(name)
  }

  private typealias TokenTable = (values: [Float], components: PrincipalComponents)

  /// The weighted components of each token's vector. Shapes: values (tokens, dimensions).
  private func tokenTable(
    _ encoder: BERTEncoder, _ teacher: LoadedEncoder, _ vocabulary: StaticVocabulary, _ options: DistillOptions,
    _ onEvent: (DistillEvent) throws -> Void
  ) throws -> TokenTable {
    var vectors: [Float] = []
    let portion = 2048
    for start in stride(from: 0, to: vocabulary.ids.count, by: portion) {
      let part = vocabulary.ids[start..<min(vocabulary.ids.count, start + portion)]
      let sequences = part.map { teacher.tokenizer.prefix + [$0] + teacher.tokenizer.suffix }
      vectors += encoder.embed(sequences, pooling: teacher.settings.pooling)
      try onEvent(.embedding(done: start + part.count, total: vocabulary.ids.count, what: "tokens"))
      try Task.checkCancellation()
    }
    let dimensions = options.dimensions
    let components = PrincipalComponents(vectors, inputs: encoder.config.hiddenSize, outputs: dimensions)
    var values = components.project(vectors)
    let all = vocabulary.ids.indices.reduce(0.0) { $0 + 1 / Double($1 + 2) }
    for row in vocabulary.ids.indices {
      let probability = Float(1 / Double(row + 2) / all)
      let weight = options.frequencyWeight / (options.frequencyWeight + probability)
      for i in row * dimensions..<(row + 1) * dimensions { values[i] *= weight }
    }
    return (values, components)
  }

  /// The table after it was fitted to what the teacher makes of texts.
  private func fitted(
    _ table: TokenTable, _ teacher: EmbeddingModel, _ vocabulary: StaticVocabulary, _ texts: [String],
    _ options: DistillOptions, _ onEvent: (DistillEvent) throws -> Void
  ) throws -> [Float] {
    var targets: [Float] = []
    var tokens: [[Int32]] = []
    let portion = 2048
    for start in stride(from: 0, to: texts.count, by: portion) {
      let part = Array(texts[start..<min(texts.count, start + portion)])
      targets += table.components.project(try teacher.embed(part).values, centred: false)
      tokens += part.map { vocabulary.rows(teacher.tokens(of: $0)) }
      try onEvent(.embedding(done: start + part.count, total: texts.count, what: "texts"))
      try Task.checkCancellation()
    }
    normalizeRows(&targets, dimensions: options.dimensions)
    var settings = StaticFitOptions()
    settings.epochs = options.epochs
    settings.seed = options.seed
    var fit = StaticFit(
      table: table.values, dimensions: options.dimensions, texts: tokens, targets: targets, options: settings)
    try fit.run { epoch, loss in
      try onEvent(.epoch(epoch, loss: loss))
      try Task.checkCancellation()
    }
    return fit.table
  }

  private func write(
    _ values: [Float], _ vocabulary: StaticVocabulary, _ teacher: LoadedEncoder, name: String, teacherName: String,
    texts: Int, _ options: DistillOptions, to folder: URL
  ) throws {
    let target = ModelFolder(url: folder)
    let dimensions = options.dimensions
    let (bytes, scales) = quantized(values, dimensions: dimensions)
    try Safetensors.write(
      bytes: (name: "embeddings", shape: [scales.count, dimensions], values: bytes),
      floats: [(name: "weights", shape: [scales.count], values: scales)], to: target.file(ModelFolder.weightsName))
    try write(teacher, vocabulary, to: target)
    try Data("{\n  \"model_type\": \"model2vec\",\n  \"hidden_dim\": \(dimensions),\n  \"normalize\": true\n}\n".utf8)
      .write(to: target.file(ModelFolder.configName))
    var info = ModelInfo(
      name: name, created: Int(Date().timeIntervalSince1970), parent: nil, base: teacher.info.base, fingerprint: "",
      learningRate: 0)
    info.hyperparameters = [
      "teacher": teacherName, "teacher_fingerprint": teacher.info.fingerprint, "dimensions": "\(dimensions)",
      "frequency_weight": "\(options.frequencyWeight)", "texts": "\(texts)",
      "epochs": "\(texts > 0 ? options.epochs : 0)",
      "seed": "\(options.seed)",
    ]
    info.fingerprint = try target.weightsFingerprint()
    try encodeJSON(info).write(to: target.file(ModelFolder.infoName))
    let copy = try target.loadEncoder(name: name)
    info.vectors = try EncoderProbe(asking: EmbeddingModel(copy, .float32))
    try encodeJSON(info).write(to: target.file(ModelFolder.infoName))
  }

  /// The tokenizer of the teacher: word pieces as those that have rows, any other as it is, with a row for every token.
  private func write(_ teacher: LoadedEncoder, _ vocabulary: StaticVocabulary, to target: ModelFolder) throws {
    guard let tokenizer = StaticVocabulary.reducible(teacher.tokenizer) else {
      let name = "tokenizer.json"
      guard let file = teacher.folder?.file(name) else { return }
      try FileManager.default.copyItem(at: file, to: target.file(name))
      return
    }
    try Data(vocabulary.text(tokenizer)).write(to: target.file("vocab.txt"))
    let normalizer = tokenizer.normalizer
    try encodeJSON([
      "do_lower_case": normalizer.lowercases, "strip_accents": normalizer.stripsAccents,
      "tokenize_chinese_chars": normalizer.splitsChinese,
    ]).write(to: target.file("tokenizer_config.json"))
  }

  /// Each row as bytes from -127 to 127 and what one unit of it is worth.
  private func quantized(_ values: [Float], dimensions: Int) -> (bytes: [Int8], scales: [Float]) {
    var (bytes, scales): ([Int8], [Float]) = ([], [])
    bytes.reserveCapacity(values.count)
    for start in stride(from: 0, to: values.count, by: dimensions) {
      let row = values[start..<start + dimensions]
      let largest = row.reduce(0) { max($0, abs($1)) }
      scales.append(largest / 127)
      bytes += row.map { largest > 0 ? Int8(($0 / largest * 127).rounded()) : 0 }
    }
    return (bytes, scales)
  }
}

/// The tokens of a teacher that a static model has rows for: all but those that stand for nothing.
private struct StaticVocabulary {
  let ids: [Int32]  // the teacher's id of each row
  private let rowOfToken: [Int32]

  init(_ tokenizer: EncoderTokenizer) {
    guard Self.reducible(tokenizer) != nil else {
      ids = Array(0..<Int32(tokenizer.vocabSize))
      rowOfToken = ids
      return
    }
    ids = (0..<Int32(tokenizer.vocabSize)).filter { id in
      let name = tokenizer.name(of: id) ?? ""
      return !name.isEmpty && !(name.hasPrefix("[unused") && name.hasSuffix("]"))
    }
    var rows = [Int32](repeating: -1, count: tokenizer.vocabSize)
    for (row, id) in ids.enumerated() { rows[Int(id)] = Int32(row) }
    rowOfToken = rows
  }

  /// Word pieces that can be told by a `vocab.txt`, which has room for BERT's special tokens alone.
  static func reducible(_ tokenizer: EncoderTokenizer) -> WordPieceTokenizer? {
    guard case .wordPiece(let pieces) = tokenizer else { return nil }
    let around = (tokenizer.prefix + tokenizer.suffix).map { tokenizer.name(of: $0) }
    return around == ["[CLS]", "[SEP]"] ? pieces : nil
  }

  func rows(_ tokens: [Int32]) -> [Int32] { tokens.compactMap { rowOfToken[Int($0)] >= 0 ? rowOfToken[Int($0)] : nil } }

  /// `vocab.txt`: the name of each row.
  func text(_ tokenizer: WordPieceTokenizer) -> [UInt8] {
    ids.flatMap { Array((tokenizer.name(of: $0) ?? "").utf8) + [UInt8(ascii: "\n")] }
  }
}
