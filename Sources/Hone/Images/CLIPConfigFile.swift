internal import Foundation
internal import HoneModels

/// `config.json` of a CLIP model in the Hugging Face layout.
enum CLIPConfigFile {
  private struct Tower: Decodable {
    var hidden_size, num_hidden_layers, num_attention_heads, intermediate_size: Int?
    var layer_norm_eps: Float?
    var hidden_act: String?
    var vocab_size, max_position_embeddings, eos_token_id: Int?
    var image_size, patch_size, num_channels: Int?
  }

  private struct Fields: Decodable {
    var model_type: String?
    var projection_dim: Int?
    var text_config, vision_config: Tower?
  }

  /// Whether a `config.json` is one of these, as far as its type says.
  static func isOne(_ bytes: [UInt8]) -> Bool {
    (try? JSONDecoder().decode(Fields.self, from: Data(bytes)))?.model_type == "clip"
  }

  /// Fields that are missing have the values that the layout gives them: those of ViT-B/32.
  ///
  /// - Throws: `HoneError` for other kinds of models, `ModelError` for sizes that cannot be.
  static func decode(_ bytes: [UInt8]) throws -> CLIPConfig {
    let fields: Fields
    do {
      fields = try JSONDecoder().decode(Fields.self, from: Data(bytes))
    } catch {
      throw HoneError(
        "config.json: expected a JSON object of model sizes, found something else", remedy: "get the model again")
    }
    guard fields.model_type == "clip" else {
      throw HoneError(
        "config.json: expected model_type to be clip, found \(fields.model_type ?? "nothing")",
        remedy: "choose a CLIP model")
    }
    let (text, vision) = (fields.text_config ?? Tower(), fields.vision_config ?? Tower())
    guard vision.num_channels ?? 3 == 3 else {
      throw HoneError(
        "config.json: expected num_channels to be 3, found \(vision.num_channels ?? 0)", remedy: "choose another model")
    }
    let end = text.eos_token_id ?? 49407
    return try CLIPConfig(
      text: tower(text, hidden: 512, heads: 8, inner: 2048), vision: tower(vision, hidden: 768, heads: 12, inner: 3072),
      vocabSize: text.vocab_size ?? 49408, contextLength: text.max_position_embeddings ?? 77,
      // Older checkpoints say 2 and mean the largest id of a text.
      endToken: end == 2 ? nil : Int32(clamping: end), imageSize: vision.image_size ?? 224,
      patchSize: vision.patch_size ?? 32, projectionSize: fields.projection_dim ?? 512)
  }

  private static func tower(_ fields: Tower, hidden: Int, heads: Int, inner: Int) throws -> CLIPConfig.Tower {
    let name = fields.hidden_act ?? "quick_gelu"
    let names = ["gelu_pytorch_tanh": "gelu_new", "gelu_fast": "gelu_new"]
    guard let activation = CLIPConfig.Activation(rawValue: names[name] ?? name) else {
      throw HoneError(
        "config.json: expected hidden_act to be quick_gelu, gelu or gelu_new, found \(name)",
        remedy: "choose another model")
    }
    return try CLIPConfig.Tower(
      hiddenSize: fields.hidden_size ?? hidden, layerCount: fields.num_hidden_layers ?? 12,
      headCount: fields.num_attention_heads ?? heads, innerSize: fields.intermediate_size ?? inner,
      epsilon: fields.layer_norm_eps ?? 1e-5, activation: activation)
  }
}
