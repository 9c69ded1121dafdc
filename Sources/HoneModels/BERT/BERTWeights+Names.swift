// outputs, inputs: the two sides of a checkpoint's matrices

/// What a tensor is called in a checkpoint, and its shape there.
package struct BERTTensor: Sendable, Equatable {
  package let name: String
  package let shape: [Int]

  package var count: Int { shape.reduce(1, *) }
  /// Weight decay pulls on matrices and tables, never on biases and gains.
  package var decays: Bool { shape.count > 1 }
}

extension BERTWeights {
  /// Reads every tensor of a checkpoint by name; this file is the only place that knows the names.
  ///
  /// `tensor` gives shape and values for a name, or nil where the checkpoint has none of that name. Names are tried
  /// with and without the family's prefix (`bert.`), and the norms' older names `gamma` and `beta`.
  /// Source: the names of `BertModel`, `DistilBertModel`, `RobertaModel` and `MPNetModel` in the Hugging Face layout.
  /// - Throws: `ModelError`, or what `tensor` throws.
  package init(config: BERTConfig, reading tensor: (String) throws -> (shape: [Int], values: [Float])?) throws {
    func values(_ wanted: BERTTensor) throws -> [Float] {
      for name in Self.spellings(of: wanted.name, config.family) {
        guard let found = try tensor(name) else { continue }
        guard found.shape == wanted.shape, found.values.count == wanted.count else {
          throw ModelError.wrongShape(name: name, expected: wanted.shape, found: found.shape)
        }
        guard found.values.allSatisfy(\.isFinite) else { throw ModelError.notFinite(name: name) }
        return found.values
      }
      throw ModelError.missingTensor(name: wanted.name, shape: wanted.shape)
    }
    self.init(zerosFor: config)
    let names = BERTNames(config)
    tokenTable = try values(names.tokenTable)
    positionTable = try values(names.positionTable)
    typeTable = try names.typeTable.map(values) ?? []
    bucketTable = try names.bucketTable.map(values) ?? []
    embeddingGain = try values(names.embeddingGain)
    embeddingBias = try values(names.embeddingBias)
    for index in layers.indices {
      let layer = names.layer(index)
      let hidden = config.hiddenSize
      for (part, name) in layer.qkvWeight.enumerated() {
        placeColumns(
          &layers[index].qkvWeight, transposed(try values(name), rows: hidden, columns: hidden), part: part, of: 3,
          rows: hidden, columns: hidden)
      }
      layers[index].qkvBias = try layer.qkvBias.flatMap(values)
      layers[index].projectionWeight = try transposed(values(layer.projectionWeight), layer.projectionWeight.shape)
      layers[index].projectionBias = try values(layer.projectionBias)
      layers[index].attentionGain = try values(layer.attentionGain)
      layers[index].attentionBias = try values(layer.attentionBias)
      layers[index].upWeight = try transposed(values(layer.upWeight), layer.upWeight.shape)
      layers[index].upBias = try values(layer.upBias)
      layers[index].downWeight = try transposed(values(layer.downWeight), layer.downWeight.shape)
      layers[index].downBias = try values(layer.downBias)
      layers[index].innerGain = try values(layer.innerGain)
      layers[index].innerBias = try values(layer.innerBias)
    }
  }

  /// The tensors of a checkpoint, as it names and lays them out.
  package func tensors(of config: BERTConfig) -> [(tensor: BERTTensor, values: [Float])] {
    let names = BERTNames(config)
    let hidden = config.hiddenSize
    var result = [
      (names.tokenTable, tokenTable), (names.positionTable, positionTable), (names.embeddingGain, embeddingGain),
      (names.embeddingBias, embeddingBias),
    ]
    if let name = names.typeTable { result.append((name, typeTable)) }
    if let name = names.bucketTable { result.append((name, bucketTable)) }
    for (index, layer) in layers.enumerated() {
      let name = names.layer(index)
      for part in 0..<3 {
        let weight = takeColumns(layer.qkvWeight, part: part, of: 3, rows: hidden, columns: hidden)
        result.append((name.qkvWeight[part], transposed(weight, rows: hidden, columns: hidden)))
        result.append((name.qkvBias[part], Array(layer.qkvBias[part * hidden..<(part + 1) * hidden])))
      }
      result += [
        (name.projectionWeight, transposed(layer.projectionWeight, name.projectionWeight.shape.reversed())),
        (name.projectionBias, layer.projectionBias), (name.attentionGain, layer.attentionGain),
        (name.attentionBias, layer.attentionBias),
        (name.upWeight, transposed(layer.upWeight, name.upWeight.shape.reversed())), (name.upBias, layer.upBias),
        (name.downWeight, transposed(layer.downWeight, name.downWeight.shape.reversed())),
        (name.downBias, layer.downBias), (name.innerGain, layer.innerGain), (name.innerBias, layer.innerBias),
      ]
    }
    return result.map { (tensor: $0.0, values: $0.1) }
  }

  private static func spellings(of name: String, _ family: BERTConfig.Family) -> [String] {
    var names = [name]
    if name.hasSuffix("LayerNorm.weight") { names.append(String(name.dropLast("weight".count)) + "gamma") }
    if name.hasSuffix("LayerNorm.bias") { names.append(String(name.dropLast("bias".count)) + "beta") }
    return names + names.map { "\(family.rawValue)." + $0 }
  }
}

/// The names of a checkpoint's tensors and their shapes there.
private struct BERTNames {
  let config: BERTConfig

  init(_ config: BERTConfig) { self.config = config }

  var tokenTable: BERTTensor { table("word_embeddings", config.vocabSize) }
  var positionTable: BERTTensor { table("position_embeddings", config.positionCount) }
  var typeTable: BERTTensor? { config.typeCount == 0 ? nil : table("token_type_embeddings", config.typeCount) }
  var bucketTable: BERTTensor? {
    guard config.bucketCount > 0 else { return nil }
    return BERTTensor(name: "encoder.relative_attention_bias.weight", shape: [config.bucketCount, config.headCount])
  }
  var embeddingGain: BERTTensor { vector("embeddings.LayerNorm.weight", config.hiddenSize) }
  var embeddingBias: BERTTensor { vector("embeddings.LayerNorm.bias", config.hiddenSize) }

  struct Layer {
    let qkvWeight, qkvBias: [BERTTensor]
    let projectionWeight, projectionBias, attentionGain, attentionBias: BERTTensor
    let upWeight, upBias, downWeight, downBias, innerGain, innerBias: BERTTensor
  }

  func layer(_ index: Int) -> Layer {
    let (hidden, inner) = (config.hiddenSize, config.innerSize)
    let spelling = LayerSpelling(config.family)
    let layer = "\(spelling.stack).layer.\(index)."
    func matrix(_ name: String, _ outputs: Int, _ inputs: Int) -> BERTTensor {
      BERTTensor(name: layer + name + ".weight", shape: [outputs, inputs])
    }
    func bias(_ name: String, _ count: Int) -> BERTTensor { vector(layer + name + ".bias", count) }
    func gain(_ name: String) -> BERTTensor { vector(layer + name + ".weight", hidden) }
    return Layer(
      qkvWeight: spelling.parts.map { matrix($0, hidden, hidden) },
      qkvBias: spelling.parts.map { bias($0, hidden) },
      projectionWeight: matrix(spelling.projection, hidden, hidden),
      projectionBias: bias(spelling.projection, hidden), attentionGain: gain(spelling.attentionNorm),
      attentionBias: bias(spelling.attentionNorm, hidden), upWeight: matrix(spelling.up, inner, hidden),
      upBias: bias(spelling.up, inner), downWeight: matrix(spelling.down, hidden, inner),
      downBias: bias(spelling.down, hidden), innerGain: gain(spelling.innerNorm),
      innerBias: bias(spelling.innerNorm, hidden))
  }

  /// What the parts of a block are called.
  private struct LayerSpelling {
    var stack = "encoder"
    var parts = ["query", "key", "value"].map { "attention.self." + $0 }
    var projection = "attention.output.dense"
    var attentionNorm = "attention.output.LayerNorm"
    var up = "intermediate.dense"
    var down = "output.dense"
    var innerNorm = "output.LayerNorm"

    init(_ family: BERTConfig.Family) {
      switch family {
      case .bert, .roBERTa: break
      case .distilBERT:
        stack = "transformer"
        parts = ["q", "k", "v"].map { "attention.\($0)_lin" }
        (projection, attentionNorm) = ("attention.out_lin", "sa_layer_norm")
        (up, down, innerNorm) = ("ffn.lin1", "ffn.lin2", "output_layer_norm")
      case .mpNet:
        parts = ["q", "k", "v"].map { "attention.attn." + $0 }
        (projection, attentionNorm) = ("attention.attn.o", "attention.LayerNorm")
      }
    }
  }

  private func table(_ name: String, _ rows: Int) -> BERTTensor {
    BERTTensor(name: "embeddings.\(name).weight", shape: [rows, config.hiddenSize])
  }

  private func vector(_ name: String, _ count: Int) -> BERTTensor { BERTTensor(name: name, shape: [count]) }
}

private func transposed(_ x: [Float], _ shape: [Int]) -> [Float] { transposed(x, rows: shape[0], columns: shape[1]) }

/// (rows, columns) as (columns, rows), in blocks that stay in the cache.
private func transposed(_ x: [Float], rows: Int, columns: Int) -> [Float] {
  var result = zeros(x.count)
  var out = result.mutableSpan
  let x = x.span
  let block = 32
  for firstRow in stride(from: 0, to: rows, by: block) {
    for firstColumn in stride(from: 0, to: columns, by: block) {
      for row in firstRow..<min(rows, firstRow + block) {
        for column in firstColumn..<min(columns, firstColumn + block) {
          out[column * rows + row] = x[row * columns + column]
        }
      }
    }
  }
  return result
}

/// Puts `x` (rows, columns) as the part-th of `parts` side by side in `out` (rows, parts · columns).
private func placeColumns(_ out: inout [Float], _ x: [Float], part: Int, of parts: Int, rows: Int, columns: Int) {
  for row in 0..<rows {
    let start = (row * parts + part) * columns
    out.replaceSubrange(start..<start + columns, with: x[row * columns..<(row + 1) * columns])
  }
}

private func takeColumns(_ x: [Float], part: Int, of parts: Int, rows: Int, columns: Int) -> [Float] {
  var result: [Float] = []
  result.reserveCapacity(rows * columns)
  for row in 0..<rows {
    let start = (row * parts + part) * columns
    result += x[start..<start + columns]
  }
  return result
}
