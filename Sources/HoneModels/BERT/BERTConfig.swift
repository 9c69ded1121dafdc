/// The sizes of an encoder of the BERT family.
///
/// Source: `config.json` of the Hugging Face layout; the field each size is named there stands behind it.
package struct BERTConfig: Sendable, Equatable {
  /// How checkpoints name their tensors, and what distinguishes their networks.
  ///
  /// - `distilBERT`: texts have no type.
  /// - `roBERTa` (XLM-RoBERTa and CamemBERT too): positions begin behind the padding token's id.
  /// - `mpNet`: likewise, texts have no type, and the distance of two tokens joins their score.
  package enum Family: String, Sendable {
    case bert
    case distilBERT = "distilbert"
    case roBERTa = "roberta"
    case mpNet = "mpnet"
  }

  /// What bends the values inside a block.
  package enum Activation: String, Sendable {
    case erf = "gelu"
    case tanh = "gelu_new"
  }

  package let vocabSize: Int  // vocab_size
  package let contextLength: Int  // max_position_embeddings, less `firstPosition`
  package let typeCount: Int  // type_vocab_size
  package let hiddenSize: Int  // hidden_size
  package let layerCount: Int  // num_hidden_layers
  package let headCount: Int  // num_attention_heads
  package let innerSize: Int  // intermediate_size
  package let epsilon: Float  // layer_norm_eps
  package let activation: Activation  // hidden_act

  package let family: Family  // model_type
  package let paddingToken: Int32  // pad_token_id

  package var headDim: Int { hiddenSize / headCount }
  /// Where the first token of a text stands in the table of positions.
  package var firstPosition: Int {
    switch family {
    case .bert, .distilBERT: 0
    case .roBERTa, .mpNet: Int(paddingToken) + 1
    }
  }
  /// Rows of the table of positions.
  package var positionCount: Int { contextLength + firstPosition }
  /// Rows of the table of what distances add to scores, one for each bucket of them; 0 where they add nothing.
  package var bucketCount: Int { family == .mpNet ? Self.buckets : 0 }
  static let buckets = 32

  /// Checks the sizes against each other and against what this machine could hold.
  ///
  /// - Throws: `ModelError.badConfig`.
  package init(
    vocabSize: Int, positionCount: Int, typeCount: Int = 2, hiddenSize: Int, layerCount: Int, headCount: Int,
    innerSize: Int, epsilon: Float = 1e-12, activation: Activation = .erf, family: Family = .bert,
    paddingToken: Int = 0
  ) throws(ModelError) {
    func check(_ field: String, _ value: Int, _ most: Int, least: Int = 1) throws(ModelError) {
      guard value >= least, value <= most else {
        throw .badConfig(field: field, expected: "\(least) to \(most)", found: "\(value)")
      }
    }
    try check("vocab_size", vocabSize, 1 << 22)
    try check("pad_token_id", paddingToken, vocabSize - 1, least: 0)
    let skipped = family == .roBERTa || family == .mpNet ? paddingToken + 1 : 0
    try check("max_position_embeddings", positionCount, 1 << 20, least: skipped + 1)
    let hasTypes = family == .bert || family == .roBERTa
    try check("type_vocab_size", typeCount, hasTypes ? 1 << 10 : 0, least: hasTypes ? 1 : 0)
    try check("hidden_size", hiddenSize, 1 << 15)
    try check("num_hidden_layers", layerCount, 1 << 10)
    try check("num_attention_heads", headCount, hiddenSize)
    try check("intermediate_size", innerSize, 1 << 17)
    guard hiddenSize % headCount == 0 else {
      throw .badConfig(
        field: "num_attention_heads", expected: "a divisor of hidden_size \(hiddenSize)", found: "\(headCount)")
    }
    guard epsilon.isFinite, epsilon > 0 else {
      throw .badConfig(field: "layer_norm_eps", expected: "a positive number", found: "\(epsilon)")
    }
    self.vocabSize = vocabSize
    contextLength = positionCount - skipped
    self.typeCount = typeCount
    self.hiddenSize = hiddenSize
    self.layerCount = layerCount
    self.headCount = headCount
    self.innerSize = innerSize
    self.epsilon = epsilon
    self.activation = activation
    self.family = family
    self.paddingToken = Int32(paddingToken)
  }

  /// Numbers that training changes.
  package var parameterCount: Int {
    let perLayer = 4 * hiddenSize * hiddenSize + 2 * hiddenSize * innerSize + 9 * hiddenSize + innerSize
    return (vocabSize + positionCount + typeCount + 2) * hiddenSize + layerCount * perLayer + bucketCount * headCount
  }
}
