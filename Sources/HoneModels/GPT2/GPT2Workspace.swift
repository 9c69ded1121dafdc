// rows: tokens of all sequences    hidden: n_embd    inner: n_inner    targets: rows that predict something
// upper rows: rows that attention's result is used of: all, but in the last block only the targets

/// Room for the passes over one batch, kept from batch to batch so that its memory is asked for once.
///
/// Arrays are at least as long as the batch needs; what they hold between calls means nothing.
package struct GPT2Workspace: Sendable {
  var layers: [GPT2LayerActivations] = []
  var residual: [Float] = []  // (rows, hidden) between blocks; (targets, hidden) after the last
  var normed: [Float] = []  // (targets, hidden) after the last layer norm
  var finalMean: [Float] = []  // (targets)
  var finalRstd: [Float] = []  // (targets)
  var logits: [Float] = []  // (chunk, vocab)
  var scratch = GPT2Scratch()
  var dResidual: [Float] = []  // (rows, hidden)
  var dFinal: [Float] = []  // (targets, hidden)
  var dScratch = GPT2BackwardScratch()

  package init() {}

  /// Makes room for the forward pass; without `keepingLayers` all blocks share one block's room.
  mutating func makeRoom(_ config: GPT2Config, rows: Int, targets: Int, chunk: Int, keepingLayers: Bool) {
    let hidden = config.hiddenSize
    let count = keepingLayers ? config.layerCount : 1
    while layers.count < count { layers.append(GPT2LayerActivations()) }
    for index in 0..<count { layers[index].makeRoom(config, rows: rows) }
    grow(&residual, rows * hidden)
    grow(&normed, targets * hidden)
    grow(&finalMean, targets)
    grow(&finalRstd, targets)
    grow(&logits, chunk * config.vocabSize)
    scratch.makeRoom(config, rows: rows)
  }

  /// Makes room for the backward pass.
  mutating func makeBackwardRoom(_ config: GPT2Config, rows: Int, targets: Int) {
    grow(&dResidual, rows * config.hiddenSize)
    grow(&dFinal, targets * config.hiddenSize)
    dScratch.makeRoom(config, rows: rows)
  }
}

/// What one block's forward pass leaves for its backward pass. Normalised rows and GELU values are computed again.
struct GPT2LayerActivations {
  var input: [Float] = []  // (rows, hidden) the residual stream on entry
  var attentionMean: [Float] = []  // (rows)
  var attentionRstd: [Float] = []  // (rows)
  var qkv: [Float] = []  // (rows, 3·hidden)
  var logSumExp: [Float] = []  // (rows, heads)
  var attended: [Float] = []  // (rows, hidden) before the projection
  var middle: [Float] = []  // (upper rows, hidden) the residual stream after attention
  var innerMean: [Float] = []  // (upper rows)
  var innerRstd: [Float] = []  // (upper rows)
  var up: [Float] = []  // (upper rows, inner) before GELU

  fileprivate mutating func makeRoom(_ config: GPT2Config, rows: Int) {
    let hidden = config.hiddenSize
    grow(&input, rows * hidden)
    grow(&attentionMean, rows)
    grow(&attentionRstd, rows)
    grow(&qkv, rows * 3 * hidden)
    grow(&logSumExp, rows * config.headCount)
    grow(&attended, rows * hidden)
    grow(&middle, rows * hidden)
    grow(&innerMean, rows)
    grow(&innerRstd, rows)
    grow(&up, rows * config.innerSize)
  }
}

/// Rows that live only inside one block, shared by all of them.
struct GPT2Scratch {
  var normed: [Float] = []  // (rows, hidden)
  var projected: [Float] = []  // (upper rows, hidden)
  var gelu: [Float] = []  // (upper rows, inner)
  var upperInput: [Float] = []  // (upper rows, hidden) rows gathered for the last block
  var upperAttended: [Float] = []  // (upper rows, hidden)

  fileprivate mutating func makeRoom(_ config: GPT2Config, rows: Int) {
    let hidden = config.hiddenSize
    grow(&normed, rows * hidden)
    grow(&projected, rows * hidden)
    grow(&gelu, rows * config.innerSize)
    grow(&upperInput, rows * hidden)
    grow(&upperAttended, rows * hidden)
  }
}

/// Rows that live only inside one block's backward pass, shared by all of them.
struct GPT2BackwardScratch {
  var mean: [Float] = []  // (rows)
  var rstd: [Float] = []  // (rows)
  var dBranch: [Float] = []  // (rows, hidden) gradient of what a branch adds to the residual stream, under dropout
  var dNormed: [Float] = []  // (rows, hidden)
  var dAttended: [Float] = []  // (rows, hidden)
  var dUp: [Float] = []  // (upper rows, inner)
  var dQKV: [Float] = []  // (rows, 3·hidden)

  fileprivate mutating func makeRoom(_ config: GPT2Config, rows: Int) {
    let hidden = config.hiddenSize
    grow(&mean, rows)
    grow(&rstd, rows)
    grow(&dNormed, rows * hidden)
    grow(&dAttended, rows * hidden)
    grow(&dUp, rows * config.innerSize)
    grow(&dQKV, rows * 3 * hidden)
  }
}

/// Makes an array at least as long as `count`; what it holds then means nothing.
func grow(_ array: inout [Float], _ count: Int) {
  guard array.count < count else { return }
  array = []  // the old room is given back first
  array = zeros(count)
}
