internal import Foundation
internal import HoneModels

/// `config.json` of a model that turns text into vectors.
enum EncoderConfigFile {
  case bert(BERTConfig)
  case vectors

  private struct Fields: Decodable {
    var model_type: String?
    var vocab_size: Int?
    var max_position_embeddings: Int?
    var type_vocab_size: Int?
    var hidden_size: Int?
    var num_hidden_layers: Int?
    var num_attention_heads: Int?
    var intermediate_size: Int?
    var layer_norm_eps: Float?
    var hidden_act: String?
    var position_embedding_type: String?
  }

  /// - Throws: `HoneError` for other kinds of models, `ModelError` for sizes that cannot be.
  init(_ bytes: [UInt8]) throws {
    let fields: Fields
    do {
      fields = try JSONDecoder().decode(Fields.self, from: Data(bytes))
    } catch {
      throw HoneError(
        "config.json: expected a JSON object of model sizes, found something else", remedy: "get the model again")
    }
    switch fields.model_type {
    case "model2vec", "hone-static": self = .vectors
    case "bert": self = .bert(try Self.sizes(fields))
    default: throw Self.unsupported("model_type", "bert or model2vec", fields.model_type ?? "nothing")
    }
  }

  /// Whether a `config.json` is that of a model that embeds, as far as its type says.
  static func isOne(_ bytes: [UInt8]) -> Bool {
    let type = (try? JSONDecoder().decode(Fields.self, from: Data(bytes)))?.model_type
    return type.map { ["model2vec", "hone-static", "bert"].contains($0) } ?? false
  }

  private static func sizes(_ fields: Fields) throws -> BERTConfig {
    func size(_ value: Int?, _ name: String) throws -> Int {
      guard let value else {
        throw HoneError("config.json: expected a number \(name), found none", remedy: "get the model again")
      }
      return value
    }
    let places = fields.position_embedding_type ?? "absolute"
    guard places == "absolute" else { throw unsupported("position_embedding_type", "absolute", places) }
    let activations: [String: BERTConfig.Activation] = [
      "gelu": .erf, "gelu_new": .tanh, "gelu_pytorch_tanh": .tanh, "gelu_fast": .tanh,
    ]
    guard let activation = activations[fields.hidden_act ?? "gelu"] else {
      throw unsupported("hidden_act", "gelu or gelu_new", fields.hidden_act ?? "")
    }
    return try BERTConfig(
      vocabSize: size(fields.vocab_size, "vocab_size"),
      contextLength: size(fields.max_position_embeddings, "max_position_embeddings"),
      typeCount: fields.type_vocab_size ?? 2, hiddenSize: size(fields.hidden_size, "hidden_size"),
      layerCount: size(fields.num_hidden_layers, "num_hidden_layers"),
      headCount: size(fields.num_attention_heads, "num_attention_heads"),
      innerSize: size(fields.intermediate_size, "intermediate_size"), epsilon: fields.layer_norm_eps ?? 1e-12,
      activation: activation)
  }

  private static func unsupported(_ field: String, _ expected: String, _ found: String) -> HoneError {
    HoneError(
      "config.json: expected \(field) to be \(expected), found \(found)",
      remedy: "Hone embeds with the BERT family (MiniLM, BGE, E5, GTE) and with static models; choose one of these")
  }
}
