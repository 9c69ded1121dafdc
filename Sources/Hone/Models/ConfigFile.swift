internal import Foundation
internal import HoneModels

/// `config.json` of the Hugging Face layout, as far as a GPT-2 needs it.
enum ConfigFile {
  private struct Fields: Decodable {
    var model_type: String?
    var vocab_size: Int?
    var n_positions: Int?
    var n_ctx: Int?
    var n_embd: Int?
    var n_layer: Int?
    var n_head: Int?
    var n_inner: Int?
    var layer_norm_epsilon: Float?
    var activation_function: String?
    var tie_word_embeddings: Bool?
    var scale_attn_by_inverse_layer_idx: Bool?
  }

  static func decode(_ bytes: [UInt8]) throws -> GPT2Config {
    let fields: Fields
    do {
      fields = try JSONDecoder().decode(Fields.self, from: Data(bytes))
    } catch {
      throw HoneError(
        "config.json: expected a JSON object of model sizes, found something else", remedy: "get the model again")
    }
    guard (fields.model_type ?? "gpt2") == "gpt2" else {
      throw unsupported("model_type", "gpt2", fields.model_type ?? "")
    }
    let activation = fields.activation_function ?? "gelu_new"
    guard ["gelu_new", "gelu_pytorch_tanh"].contains(activation) else {
      throw unsupported("activation_function", "gelu_new", activation)
    }
    guard fields.tie_word_embeddings ?? true else { throw unsupported("tie_word_embeddings", "true", "false") }
    guard !(fields.scale_attn_by_inverse_layer_idx ?? false) else {
      throw unsupported("scale_attn_by_inverse_layer_idx", "false", "true")
    }
    func size(_ value: Int?, _ name: String) throws -> Int {
      guard let value else {
        throw HoneError("config.json: expected a number \(name), found none", remedy: "get the model again")
      }
      return value
    }
    return try GPT2Config(
      vocabSize: size(fields.vocab_size, "vocab_size"),
      contextLength: size(fields.n_positions ?? fields.n_ctx, "n_positions"),
      hiddenSize: size(fields.n_embd, "n_embd"), layerCount: size(fields.n_layer, "n_layer"),
      headCount: size(fields.n_head, "n_head"), innerSize: fields.n_inner, epsilon: fields.layer_norm_epsilon ?? 1e-5)
  }

  private static func unsupported(_ field: String, _ expected: String, _ found: String) -> HoneError {
    HoneError(
      "config.json: expected \(field) to be \(expected), found \(found)",
      remedy: "Hone runs the GPT-2 family (gpt2 to gpt2-xl, distilgpt2); choose one of these")
  }

  private struct Written: Encodable {
    let architectures = ["GPT2LMHeadModel"]
    let model_type = "gpt2"
    let activation_function = "gelu_new"
    let vocab_size: Int
    let n_positions: Int
    let n_ctx: Int
    let n_embd: Int
    let n_layer: Int
    let n_head: Int
    let n_inner: Int
    let layer_norm_epsilon: Float
    let bos_token_id: Int32?
    let eos_token_id: Int32?
    let tie_word_embeddings = true
    let attn_pdrop = 0.1
    let embd_pdrop = 0.1
    let resid_pdrop = 0.1
    let initializer_range = 0.02
    let torch_dtype = "float32"
  }

  static func encode(_ config: GPT2Config, endOfText: Int32?) throws -> Data {
    try encodeJSON(
      Written(
        vocab_size: config.vocabSize, n_positions: config.contextLength, n_ctx: config.contextLength,
        n_embd: config.hiddenSize, n_layer: config.layerCount, n_head: config.headCount, n_inner: config.innerSize,
        layer_norm_epsilon: config.epsilon, bos_token_id: endOfText, eos_token_id: endOfText))
  }

  static func tokenizerConfig(contextLength: Int) -> String {
    """
    {
      "add_prefix_space": false,
      "bos_token": "<|endoftext|>",
      "eos_token": "<|endoftext|>",
      "model_max_length": \(contextLength),
      "tokenizer_class": "GPT2Tokenizer",
      "unk_token": "<|endoftext|>"
    }

    """
  }
}
