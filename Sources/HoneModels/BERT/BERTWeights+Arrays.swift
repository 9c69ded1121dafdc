extension BERTWeights {
  /// Visits every array in a fixed order, and says whether weight decay pulls on it: on matrices and tables.
  package mutating func forEachArray<Failure>(
    _ body: (_ decays: Bool, inout [Float]) throws(Failure) -> Void
  ) throws(Failure) {
    try body(true, &tokenTable)
    try body(true, &positionTable)
    try body(true, &typeTable)
    try body(true, &bucketTable)
    try body(false, &embeddingGain)
    try body(false, &embeddingBias)
    for index in layers.indices { try layers[index].forEachArray(body) }
  }

  /// The arrays in the order of `forEachArray`; they are shared, not copied.
  package var arrays: [[Float]] {
    var result: [[Float]] = []
    var copy = self
    copy.forEachArray { _, values in result.append(values) }
    return result
  }
}

extension BERTLayerWeights {
  fileprivate mutating func forEachArray<Failure>(
    _ body: (_ decays: Bool, inout [Float]) throws(Failure) -> Void
  ) throws(Failure) {
    try body(true, &qkvWeight)
    try body(false, &qkvBias)
    try body(true, &projectionWeight)
    try body(false, &projectionBias)
    try body(false, &attentionGain)
    try body(false, &attentionBias)
    try body(true, &upWeight)
    try body(false, &upBias)
    try body(true, &downWeight)
    try body(false, &downBias)
    try body(false, &innerGain)
    try body(false, &innerBias)
  }
}
