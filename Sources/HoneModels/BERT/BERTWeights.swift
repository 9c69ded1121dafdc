// hidden: hidden_size    inner: intermediate_size    types: type_vocab_size

/// The weights of an encoder, or gradients of the same shapes.
///
/// A checkpoint keeps matrices as (outputs, inputs) and queries, keys and values apart; here they are (inputs, outputs)
/// and side by side.
package struct BERTWeights: Sendable, Equatable {
  package var tokenTable: [Float]  // (vocab, hidden)
  package var positionTable: [Float]  // (positions, hidden)
  package var typeTable: [Float]  // (types, hidden), empty where texts have none
  package var bucketTable: [Float]  // (buckets, heads), empty where distances add nothing to scores
  package var embeddingGain: [Float]  // (hidden)
  package var embeddingBias: [Float]  // (hidden)
  package var layers: [BERTLayerWeights]

  /// Zeros, for gradients.
  package init(zerosFor config: BERTConfig) {
    let hidden = config.hiddenSize
    tokenTable = zeros(config.vocabSize * hidden)
    positionTable = zeros(config.positionCount * hidden)
    typeTable = zeros(config.typeCount * hidden)
    bucketTable = zeros(config.bucketCount * config.headCount)
    embeddingGain = zeros(hidden)
    embeddingBias = zeros(hidden)
    layers = [BERTLayerWeights](repeating: BERTLayerWeights(zerosFor: config), count: config.layerCount)
  }
}

/// One block: attention, then the inner layer; each is added to its input, and the sum is normalised.
package struct BERTLayerWeights: Sendable, Equatable {
  package var qkvWeight: [Float]  // (hidden, 3·hidden)
  package var qkvBias: [Float]  // (3·hidden)
  package var projectionWeight: [Float]  // (hidden, hidden)
  package var projectionBias: [Float]  // (hidden)
  package var attentionGain: [Float]  // (hidden)
  package var attentionBias: [Float]  // (hidden)
  package var upWeight: [Float]  // (hidden, inner)
  package var upBias: [Float]  // (inner)
  package var downWeight: [Float]  // (inner, hidden)
  package var downBias: [Float]  // (hidden)
  package var innerGain: [Float]  // (hidden)
  package var innerBias: [Float]  // (hidden)

  init(zerosFor config: BERTConfig) {
    let (hidden, inner) = (config.hiddenSize, config.innerSize)
    qkvWeight = zeros(hidden * 3 * hidden)
    qkvBias = zeros(3 * hidden)
    projectionWeight = zeros(hidden * hidden)
    projectionBias = zeros(hidden)
    attentionGain = zeros(hidden)
    attentionBias = zeros(hidden)
    upWeight = zeros(hidden * inner)
    upBias = zeros(inner)
    downWeight = zeros(inner * hidden)
    downBias = zeros(hidden)
    innerGain = zeros(hidden)
    innerBias = zeros(hidden)
  }
}
