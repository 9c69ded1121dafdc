import Foundation
import Hone
import HoneFiles
import HoneKernels
import HoneModels
import HoneTraining

private struct Workload: Decodable {
  struct Row: Decodable {
    var tokens: [Int32]
    var weights: [Float]
  }
  var workload: String
  var batches: [[Row]]
}

/// `train MODEL WORKLOAD [STEPS]`: the steps of `peer_training.py` on the same batches, and the same line of JSON.
func train(_ arguments: [String]) throws {
  guard arguments.count >= 2 else { throw UsageError(text: "train MODEL WORKLOAD [STEPS]") }
  let workload = try JSONDecoder().decode(
    Workload.self, from: Data(contentsOf: URL(fileURLWithPath: arguments[1])))
  let steps = arguments.count > 2 ? Int(arguments[2]) ?? 3 : 3
  var (config, weights) = try readModel(arguments[0])
  var moments = AdamWMoments(config: config)
  var gradients = GPT2Weights(zeros: config)
  var room = GPT2Workspace()
  var (seconds, tokens, losses): ([Double], [Int], [Double]) = ([], [], [])
  for step in 0...steps {
    let rows = workload.batches[step % workload.batches.count]
    let start = ContinuousClock.now
    var batch = PackedBatch()
    for row in rows { batch.append(row.tokens, weights: row.weights) }
    gradients.forEachTensor(of: config) { _, values in
      for index in values.indices { values[index] = 0 }
    }
    let found = gpt2Gradients(
      &gradients, &room, weights, config, batch, scale: Float(1 / batch.totalWeight))
    _ = adamWStep(
      &weights, &moments, gradients, config: config, options: AdamWOptions(), learningRate: 5e-5, step: step + 1)
    losses.append(zip(found.losses, batch.weights).reduce(0) { $0 + Double($1.0 * $1.1) } / batch.totalWeight)
    guard step > 0 else { continue }
    seconds.append((ContinuousClock.now - start) / .seconds(1))
    tokens.append(rows.reduce(0) { $0 + $1.tokens.count })
  }
  try printLine([
    "task": workload.workload, "precision": Engine.current.precision.rawValue, "threads": Engine.current.threads,
    "seconds": seconds, "units": tokens, "losses": losses, "peak_memory_bytes": peakMemoryBytes(),
    "kernels": Engine.current.kernels, "library": Engine.current.matrixLibrary,
  ])
}

/// A GPT-2 folder of the Hugging Face layout.
func readModel(_ path: String) throws -> (GPT2Config, GPT2Weights) {
  struct Sizes: Decodable {
    var vocab_size: Int
    var n_positions: Int
    var n_embd: Int
    var n_layer: Int
    var n_head: Int
  }
  let folder = URL(fileURLWithPath: path)
  let sizes = try JSONDecoder().decode(
    Sizes.self, from: Data(contentsOf: folder.appending(path: "config.json")))
  let config = try GPT2Config(
    vocabSize: sizes.vocab_size, contextLength: sizes.n_positions, hiddenSize: sizes.n_embd,
    layerCount: sizes.n_layer, headCount: sizes.n_head)
  let file = try Safetensors.open(folder: folder)
  let weights = try GPT2Weights(config: config) { name in
    try file.shape(of: name).map { ($0, try file.floats(name)) }
  }
  return (config, weights)
}

func printLine(_ fields: [String: Any]) throws {
  print(String(decoding: try JSONSerialization.data(withJSONObject: fields, options: .sortedKeys), as: UTF8.self))
}
