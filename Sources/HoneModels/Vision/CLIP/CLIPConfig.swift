/// The sizes of a pair of towers, one for pictures and one for texts, whose vectors can be compared.
///
/// Source: `config.json` of `CLIPModel` in the Hugging Face layout; the field each size is named there stands behind it.
package struct CLIPConfig: Sendable, Equatable {
  /// What bends the values inside a block.
  package enum Activation: String, Sendable {
    case quick = "quick_gelu"
    case erf = "gelu"
    case tanh = "gelu_new"
  }

  /// The sizes of one tower.
  package struct Tower: Sendable, Equatable {
    package let hiddenSize: Int  // hidden_size
    package let layerCount: Int  // num_hidden_layers
    package let headCount: Int  // num_attention_heads
    package let innerSize: Int  // intermediate_size
    package let epsilon: Float  // layer_norm_eps
    package let activation: Activation  // hidden_act

    package var headDim: Int { hiddenSize / headCount }

    /// Checks the sizes against each other. - Throws: `ModelError.badConfig`.
    package init(
      hiddenSize: Int, layerCount: Int, headCount: Int, innerSize: Int, epsilon: Float = 1e-5,
      activation: Activation = .quick
    ) throws(ModelError) {
      try checkSize("hidden_size", hiddenSize, 1 << 15)
      try checkSize("num_hidden_layers", layerCount, 1 << 10)
      try checkSize("num_attention_heads", headCount, hiddenSize)
      try checkSize("intermediate_size", innerSize, 1 << 17)
      guard hiddenSize % headCount == 0 else {
        throw .badConfig(
          field: "num_attention_heads", expected: "a divisor of hidden_size \(hiddenSize)", found: "\(headCount)")
      }
      guard epsilon.isFinite, epsilon > 0 else {
        throw .badConfig(field: "layer_norm_eps", expected: "a positive number", found: "\(epsilon)")
      }
      (self.hiddenSize, self.layerCount, self.headCount) = (hiddenSize, layerCount, headCount)
      (self.innerSize, self.epsilon, self.activation) = (innerSize, epsilon, activation)
    }

    fileprivate var parameterCount: Int {
      layerCount * (4 * hiddenSize * hiddenSize + 2 * hiddenSize * innerSize + 9 * hiddenSize + innerSize)
    }
  }

  package let text: Tower  // text_config
  package let vision: Tower  // vision_config
  package let vocabSize: Int  // text_config.vocab_size
  package let contextLength: Int  // text_config.max_position_embeddings
  /// The token whose row is the text's; nil: the one with the largest id, as older checkpoints mean it.
  package let endToken: Int32?  // text_config.eos_token_id
  /// Rows and columns of a picture.
  package let imageSize: Int  // vision_config.image_size
  /// Rows and columns of a patch.
  package let patchSize: Int  // vision_config.patch_size
  /// Numbers of a vector.
  package let projectionSize: Int  // projection_dim

  /// Checks the sizes against each other and against what this machine could hold.
  ///
  /// - Throws: `ModelError.badConfig`.
  package init(
    text: Tower, vision: Tower, vocabSize: Int, contextLength: Int, endToken: Int32?, imageSize: Int, patchSize: Int,
    projectionSize: Int
  ) throws(ModelError) {
    try checkSize("vocab_size", vocabSize, 1 << 22)
    try checkSize("max_position_embeddings", contextLength, 1 << 16)
    try checkSize("image_size", imageSize, 1 << 12)
    try checkSize("patch_size", patchSize, imageSize)
    try checkSize("projection_dim", projectionSize, 1 << 15)
    guard imageSize / patchSize <= 256 else {
      throw .badConfig(
        field: "patch_size", expected: "at most 256 patches along a side of \(imageSize)", found: "\(patchSize)")
    }
    if let endToken, endToken < 0 || Int(endToken) >= vocabSize {
      throw .badConfig(field: "eos_token_id", expected: "0 to \(vocabSize - 1)", found: "\(endToken)")
    }
    (self.text, self.vision, self.vocabSize, self.contextLength) = (text, vision, vocabSize, contextLength)
    (self.endToken, self.imageSize, self.patchSize, self.projectionSize) = (
      endToken, imageSize, patchSize, projectionSize
    )
  }

  /// Patches along a side; what is left over at the right and below is not looked at.
  package var patchesPerSide: Int { imageSize / patchSize }
  package var patchCount: Int { patchesPerSide * patchesPerSide }
  /// Numbers of a patch.
  package var patchNumbers: Int { 3 * patchSize * patchSize }

  /// Numbers that training changes.
  package var parameterCount: Int {
    let textRows = vocabSize + contextLength + 2 + projectionSize
    let visionRows = patchNumbers + patchCount + 2 + 4 + projectionSize
    return text.parameterCount + vision.parameterCount + textRows * text.hiddenSize + visionRows * vision.hiddenSize + 1
  }
}

private func checkSize(_ field: String, _ value: Int, _ most: Int) throws(ModelError) {
  guard value >= 1, value <= most else {
    throw .badConfig(field: field, expected: "1 to \(most)", found: "\(value)")
  }
}
