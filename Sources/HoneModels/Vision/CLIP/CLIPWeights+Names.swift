// hidden: hidden_size of a tower    inner: intermediate_size    projection: projection_dim

/// The weights of both towers as a checkpoint has them: matrices are (outputs, inputs).
package struct CLIPWeights: Sendable {
  /// One block.
  struct Layer: Sendable {
    var qkvWeight: [Float] = []  // (3·hidden, hidden)
    var qkvBias: [Float] = []  // (3·hidden)
    var projectionWeight, projectionBias: [Float]  // (hidden, hidden), (hidden)
    var attentionGain, attentionBias, innerGain, innerBias: [Float]  // (hidden)
    var upWeight, upBias: [Float]  // (inner, hidden), (inner)
    var downWeight, downBias: [Float]  // (hidden, inner), (hidden)
  }

  var tokenTable, textPlaces: [Float]  // (vocab, hidden), (context, hidden)
  var textLayers: [Layer]
  var textGain, textBias, textProjection: [Float]  // (hidden), (hidden), (projection, hidden)
  var classRow, patchWeight, imagePlaces: [Float]  // (hidden), (hidden, 3·patch·patch), (1 + patches, hidden)
  var firstGain, firstBias: [Float]  // (hidden) before the first block
  var imageLayers: [Layer]
  var imageGain, imageBias, imageProjection: [Float]  // (hidden), (hidden), (projection, hidden)

  /// Reads every tensor of a checkpoint by name; this file is the only place that knows the names.
  ///
  /// `tensor` gives shape and values for a name, or nil where the checkpoint has none of that name.
  /// Source: the names of `CLIPModel` in the Hugging Face layout.
  /// - Throws: `ModelError`, or what `tensor` throws.
  package init(config: CLIPConfig, reading tensor: (String) throws -> (shape: [Int], values: [Float])?) throws {
    func values(_ name: String, _ shape: Int...) throws -> [Float] {
      guard let found = try tensor(name) else { throw ModelError.missingTensor(name: name, shape: shape) }
      guard found.shape == shape, found.values.count == shape.reduce(1, *) else {
        throw ModelError.wrongShape(name: name, expected: shape, found: found.shape)
      }
      guard found.values.allSatisfy(\.isFinite) else { throw ModelError.notFinite(name: name) }
      return found.values
    }
    func layers(_ tower: CLIPConfig.Tower, _ name: String) throws -> [Layer] {
      let (hidden, inner) = (tower.hiddenSize, tower.innerSize)
      return try (0..<tower.layerCount).map { index in
        let layer = "\(name).encoder.layers.\(index)"
        var result = Layer(
          projectionWeight: try values("\(layer).self_attn.out_proj.weight", hidden, hidden),
          projectionBias: try values("\(layer).self_attn.out_proj.bias", hidden),
          attentionGain: try values("\(layer).layer_norm1.weight", hidden),
          attentionBias: try values("\(layer).layer_norm1.bias", hidden),
          innerGain: try values("\(layer).layer_norm2.weight", hidden),
          innerBias: try values("\(layer).layer_norm2.bias", hidden),
          upWeight: try values("\(layer).mlp.fc1.weight", inner, hidden),
          upBias: try values("\(layer).mlp.fc1.bias", inner),
          downWeight: try values("\(layer).mlp.fc2.weight", hidden, inner),
          downBias: try values("\(layer).mlp.fc2.bias", hidden))
        for part in ["q", "k", "v"] {
          result.qkvWeight += try values("\(layer).self_attn.\(part)_proj.weight", hidden, hidden)
          result.qkvBias += try values("\(layer).self_attn.\(part)_proj.bias", hidden)
        }
        return result
      }
    }
    let (text, image, projection) = (config.text.hiddenSize, config.vision.hiddenSize, config.projectionSize)
    tokenTable = try values("text_model.embeddings.token_embedding.weight", config.vocabSize, text)
    textPlaces = try values("text_model.embeddings.position_embedding.weight", config.contextLength, text)
    textLayers = try layers(config.text, "text_model")
    textGain = try values("text_model.final_layer_norm.weight", text)
    textBias = try values("text_model.final_layer_norm.bias", text)
    textProjection = try values("text_projection.weight", projection, text)
    let patch = config.patchSize
    classRow = try values("vision_model.embeddings.class_embedding", image)
    patchWeight = try values("vision_model.embeddings.patch_embedding.weight", image, 3, patch, patch)
    imagePlaces = try values("vision_model.embeddings.position_embedding.weight", 1 + config.patchCount, image)
    // The checkpoint's own spelling.
    firstGain = try values("vision_model.pre_layrnorm.weight", image)
    firstBias = try values("vision_model.pre_layrnorm.bias", image)
    imageLayers = try layers(config.vision, "vision_model")
    imageGain = try values("vision_model.post_layernorm.weight", image)
    imageBias = try values("vision_model.post_layernorm.bias", image)
    imageProjection = try values("visual_projection.weight", projection, image)
  }
}
