package import HoneKernels

// rows: tokens or patches of all sequences    hidden: hidden_size of a tower

/// Two towers laid out for inference: pictures and texts become vectors of one space.
///
/// A picture or text gives the same vector alone or among others, with any number of threads.
/// Source: Radford et al. 2021.
package struct CLIPModel: Sendable {
  package let config: CLIPConfig
  private let textTower, imageTower: CLIPTower
  private let tokenTable, textPlaces: [Float]  // (vocab, hidden), (context, hidden)
  private let classRow, imagePlaces: [Float]  // (hidden), (1 + patches, hidden)
  private let patches, textProjection, imageProjection: PackedMatrix
  private let firstNorm, textNorm, imageNorm: Norm

  private struct Norm: Sendable {
    let gain, bias: [Float]
    let epsilon: Float

    func apply(_ out: inout [Float], _ x: [Float], rows: Int) {
      var (mean, rstd) = (zeros(rows), zeros(rows))
      layerNorm(
        &out, &mean, &rstd, x, gain: gain, bias: bias, rows: rows, hidden: gain.count, epsilon: epsilon)
    }
  }

  package init(_ weights: CLIPWeights, _ config: CLIPConfig, precision: PackedPrecision) {
    self.config = config
    textTower = CLIPTower(weights.textLayers, config.text, sight: .causal, precision)
    imageTower = CLIPTower(weights.imageLayers, config.vision, sight: .full, precision)
    (tokenTable, textPlaces) = (weights.tokenTable, weights.textPlaces)
    (classRow, imagePlaces) = (weights.classRow, weights.imagePlaces)
    func pack(_ weight: [Float], _ inputs: Int, _ outputs: Int) -> PackedMatrix {
      PackedMatrix(weight, inputs: inputs, outputs: outputs, transposed: true, precision: precision)
    }
    patches = pack(weights.patchWeight, config.patchNumbers, config.vision.hiddenSize)
    textProjection = pack(weights.textProjection, config.text.hiddenSize, config.projectionSize)
    imageProjection = pack(weights.imageProjection, config.vision.hiddenSize, config.projectionSize)
    firstNorm = Norm(gain: weights.firstGain, bias: weights.firstBias, epsilon: config.vision.epsilon)
    textNorm = Norm(gain: weights.textGain, bias: weights.textBias, epsilon: config.text.epsilon)
    imageNorm = Norm(gain: weights.imageGain, bias: weights.imageBias, epsilon: config.vision.epsilon)
  }

  /// Bytes in memory.
  package var bytes: Int {
    textTower.bytes + imageTower.bytes + patches.bytes + textProjection.bytes + imageProjection.bytes
      + (tokenTable.count + textPlaces.count + imagePlaces.count) * 4
  }

  /// The vectors of pictures, not yet of length 1.
  ///
  /// Shapes: pictures (imageSize, imageSize, 3), mean and spread taken out; result (pictures, projectionSize).
  package func vectors(ofPictures pictures: [[Float]]) -> [Float] {
    parallelMap(pictures.count) { vector(ofPicture: pictures[$0]) }.flatMap(\.self)
  }

  private func vector(ofPicture picture: [Float]) -> [Float] {
    let (hidden, size) = (config.vision.hiddenSize, config.imageSize)
    precondition(picture.count == size * size * 3, "\(picture.count) numbers for a picture of \(size) × \(size)")
    let rows = 1 + config.patchCount
    var embedded = zeros(config.patchCount * hidden)
    linear(&embedded, patchRows(picture), patches, [], rows: config.patchCount)
    var room = CLIPRoom()
    room.states = classRow + embedded
    addRows(&room.states, imagePlaces, count: rows * hidden)
    var normed = zeros(rows * hidden)
    firstNorm.apply(&normed, room.states, rows: rows)
    room.states = normed
    imageTower.run(&room, offsets: [0, rows])
    var pooled = zeros(hidden)
    imageNorm.apply(&pooled, room.states, rows: 1)  // the row of the class
    var result = zeros(config.projectionSize)
    linear(&result, pooled, imageProjection, [], rows: 1)
    return result
  }

  /// A picture cut into patches. Shapes: picture (imageSize, imageSize, 3); result (patches, 3, patchSize, patchSize).
  private func patchRows(_ picture: [Float]) -> [Float] {
    let (size, patch, side) = (config.imageSize, config.patchSize, config.patchesPerSide)
    var result = zeros(config.patchCount * config.patchNumbers)
    var out = result.mutableSpan
    let x = picture.span
    var place = 0
    for top in 0..<side {
      for left in 0..<side {
        for part in 0..<3 {
          for row in top * patch..<(top + 1) * patch {
            for column in left * patch..<(left + 1) * patch {
              out[place] = x[(row * size + column) * 3 + part]
              place += 1
            }
          }
        }
      }
    }
    return result
  }

  /// The vectors of texts, not yet of length 1. Shapes: result (texts, projectionSize).
  ///
  /// - Precondition: every text has 1 to `contextLength` tokens, all of the vocabulary.
  package func vectors(ofTexts texts: [[Int32]]) -> [Float] {
    parallelMap(texts.count) { vector(ofText: texts[$0]) }.flatMap(\.self)
  }

  private func vector(ofText tokens: [Int32]) -> [Float] {
    let hidden = config.text.hiddenSize
    precondition(
      !tokens.isEmpty && tokens.count <= config.contextLength
        && tokens.allSatisfy { $0 >= 0 && Int($0) < config.vocabSize },
      "a text of \(tokens.count) tokens, context \(config.contextLength), vocabulary \(config.vocabSize)")
    var room = CLIPRoom()
    room.states = zeros(tokens.count * hidden)
    embedding(
      &room.states, tokens: tokens, positions: Array(0..<Int32(tokens.count)), tokenTable: tokenTable,
      positionTable: textPlaces, rows: tokens.count, hidden: hidden)
    textTower.run(&room, offsets: [0, tokens.count])
    let end = endRow(tokens)
    var pooled = zeros(hidden)
    textNorm.apply(&pooled, Array(room.states[end * hidden..<(end + 1) * hidden]), rows: 1)
    var result = zeros(config.projectionSize)
    linear(&result, pooled, textProjection, [], rows: 1)
    return result
  }

  /// The row that stands for a text: its first end token; with no such token, the first.
  private func endRow(_ tokens: [Int32]) -> Int {
    let end = config.endToken ?? tokens.max() ?? 0
    return tokens.firstIndex(of: end) ?? 0
  }
}
