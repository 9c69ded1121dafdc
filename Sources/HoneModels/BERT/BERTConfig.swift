/// The sizes of an encoder of the BERT family.
///
/// Source: `config.json` of the Hugging Face layout; the field each size is named there stands behind it.
package struct BERTConfig: Sendable, Equatable {
  /// What bends the values inside a block.
  package enum Activation: String, Sendable {
    case erf = "gelu"
    case tanh = "gelu_new"
  }

  package let vocabSize: Int  // vocab_size
  package let contextLength: Int  // max_position_embeddings
  package let typeCount: Int  // type_vocab_size
  package let hiddenSize: Int  // hidden_size
  package let layerCount: Int  // num_hidden_layers
  package let headCount: Int  // num_attention_heads
  package let innerSize: Int  // intermediate_size
  package let epsilon: Float  // layer_norm_eps
  package let activation: Activation  // hidden_act

  package var headDim: Int { hiddenSize / headCount }

  /// Checks the sizes against each other and against what this machine could hold.
  ///
  /// - Throws: `ModelError.badConfig`.
  package init(
    vocabSize: Int, contextLength: Int, typeCount: Int = 2, hiddenSize: Int, layerCount: Int, headCount: Int,
    innerSize: Int, epsilon: Float = 1e-12, activation: Activation = .erf
  ) throws(ModelError) {
    func check(_ field: String, _ value: Int, _ most: Int) throws(ModelError) {
      guard value >= 1, value <= most else {
        throw .badConfig(field: field, expected: "1 to \(most)", found: "\(value)")
      }
    }
    try check("vocab_size", vocabSize, 1 << 22)
    try check("max_position_embeddings", contextLength, 1 << 20)
    try check("type_vocab_size", typeCount, 1 << 10)
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
    self.contextLength = contextLength
    self.typeCount = typeCount
    self.hiddenSize = hiddenSize
    self.layerCount = layerCount
    self.headCount = headCount
    self.innerSize = innerSize
    self.epsilon = epsilon
    self.activation = activation
  }

  /// Numbers that training changes.
  package var parameterCount: Int {
    let perLayer = 4 * hiddenSize * hiddenSize + 2 * hiddenSize * innerSize + 9 * hiddenSize + innerSize
    return (vocabSize + contextLength + typeCount + 2) * hiddenSize + layerCount * perLayer
  }
}
