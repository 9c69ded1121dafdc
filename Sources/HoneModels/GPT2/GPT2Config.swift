/// The sizes of a model of the GPT-2 family.
///
/// Source: `config.json` of the Hugging Face layout; the field each size is named there stands behind it.
package struct GPT2Config: Sendable, Equatable {
  package var vocabSize: Int  // vocab_size
  package var contextLength: Int  // n_positions (older: n_ctx)
  package var hiddenSize: Int  // n_embd
  package var layerCount: Int  // n_layer
  package var headCount: Int  // n_head
  package var innerSize: Int  // n_inner, or 4 · n_embd when null
  package var epsilon: Float  // layer_norm_epsilon

  package var headDim: Int { hiddenSize / headCount }

  /// Checks the sizes against each other and against what this machine could hold.
  ///
  /// - Throws: `ModelError.badConfig`.
  package init(
    vocabSize: Int, contextLength: Int, hiddenSize: Int, layerCount: Int, headCount: Int, innerSize: Int? = nil,
    epsilon: Float = 1e-5
  ) throws(ModelError) {
    func check(_ field: String, _ value: Int, _ most: Int) throws(ModelError) {
      guard value >= 1, value <= most else {
        throw .badConfig(field: field, expected: "1 to \(most)", found: "\(value)")
      }
    }
    try check("vocab_size", vocabSize, 1 << 22)
    try check("n_positions", contextLength, 1 << 20)
    try check("n_embd", hiddenSize, 1 << 15)
    try check("n_layer", layerCount, 1 << 10)
    try check("n_head", headCount, hiddenSize)
    let innerSize = innerSize ?? 4 * hiddenSize
    try check("n_inner", innerSize, 1 << 17)
    guard hiddenSize % headCount == 0 else {
      throw .badConfig(field: "n_head", expected: "a divisor of n_embd \(hiddenSize)", found: "\(headCount)")
    }
    guard epsilon.isFinite, epsilon > 0 else {
      throw .badConfig(field: "layer_norm_epsilon", expected: "a positive number", found: "\(epsilon)")
    }
    self.vocabSize = vocabSize
    self.contextLength = contextLength
    self.hiddenSize = hiddenSize
    self.layerCount = layerCount
    self.headCount = headCount
    self.innerSize = innerSize
    self.epsilon = epsilon
  }

  /// Numbers that training changes; the output table is the token table and counts once.
  package var parameterCount: Int {
    let perLayer = 4 * hiddenSize * hiddenSize + 2 * hiddenSize * innerSize + 9 * hiddenSize + innerSize
    return (vocabSize + contextLength) * hiddenSize + layerCount * perLayer + 2 * hiddenSize
  }
}
