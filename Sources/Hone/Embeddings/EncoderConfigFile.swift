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
    var pad_token_id: Int?
    var relative_attention_num_buckets: Int?
    // DistilBERT's names
    var dim: Int?
    var n_layers: Int?
    var n_heads: Int?
    var hidden_dim: Int?
    var activation: String?
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
    let type = fields.model_type ?? "nothing"
    if Self.staticTypes.contains(type) {
      self = .vectors
    } else if let family = Self.families[type] {
      self = .bert(try Self.sizes(fields, family))
    } else {
      let known = (Self.families.keys.sorted() + Self.staticTypes).joined(separator: ", ")
      throw Self.unsupported("model_type", "one of \(known)", type)
    }
  }

  /// Whether a `config.json` is that of a model that embeds, as far as its type says.
  static func isOne(_ bytes: [UInt8]) -> Bool {
    let type = (try? JSONDecoder().decode(Fields.self, from: Data(bytes)))?.model_type
    return type.map { families[$0] != nil || staticTypes.contains($0) } ?? false
  }

  private static let staticTypes = ["model2vec", "hone-static"]
  private static let families: [String: BERTConfig.Family] = [
    "bert": .bert, "distilbert": .distilBERT, "roberta": .roBERTa, "xlm-roberta": .roBERTa, "camembert": .roBERTa,
    "mpnet": .mpNet,
  ]

  private static func sizes(_ fields: Fields, _ family: BERTConfig.Family) throws -> BERTConfig {
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
    let bend = fields.hidden_act ?? fields.activation ?? "gelu"
    guard let activation = activations[bend] else { throw unsupported("hidden_act", "gelu or gelu_new", bend) }
    let buckets = fields.relative_attention_num_buckets ?? 32
    guard family != .mpNet || buckets == 32 else {
      throw unsupported("relative_attention_num_buckets", "32", "\(buckets)")
    }
    let hasTypes = family == .bert || family == .roBERTa
    return try BERTConfig(
      vocabSize: size(fields.vocab_size, "vocab_size"),
      positionCount: size(fields.max_position_embeddings, "max_position_embeddings"),
      typeCount: hasTypes ? fields.type_vocab_size ?? 2 : 0,
      hiddenSize: size(fields.hidden_size ?? fields.dim, "hidden_size"),
      layerCount: size(fields.num_hidden_layers ?? fields.n_layers, "num_hidden_layers"),
      headCount: size(fields.num_attention_heads ?? fields.n_heads, "num_attention_heads"),
      innerSize: size(fields.intermediate_size ?? fields.hidden_dim, "intermediate_size"),
      epsilon: fields.layer_norm_eps ?? 1e-12, activation: activation, family: family,
      paddingToken: fields.pad_token_id ?? (family == .roBERTa || family == .mpNet ? 1 : 0))
  }

  private static func unsupported(_ field: String, _ expected: String, _ found: String) -> HoneError {
    HoneError(
      "config.json: expected \(field) to be \(expected), found \(found)",
      remedy:
        "Hone embeds with the BERT family (MiniLM, MPNet, BGE, E5, GTE) and with static models; choose one of these")
  }
}
