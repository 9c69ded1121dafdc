import Foundation
import HoneFiles
import HoneModels
import Testing

/// One model of `Golden`, with what `transformers` computed from it.
struct GoldenModel {
  struct Sequence: Decodable {
    var tokens: [Int32]
    var weights: [Float]
    var next: Top
  }

  struct Top: Decodable {
    var ids: [Int32]
    var logprobs: [Float]
  }

  struct Greedy: Decodable {
    var prompt: [Int32]
    var continuation: [Int32]
    var top: Top
  }

  struct Expected: Decodable {
    var sequences: [Sequence]
    var loss: Double
    var greedy: [Greedy]
  }

  private struct Manifest: Decodable { var tolerances: [String: Float] }

  private struct Sizes: Decodable {
    var vocab_size: Int
    var n_positions: Int
    var n_embd: Int
    var n_layer: Int
    var n_head: Int
    var layer_norm_epsilon: Float
  }

  let config: GPT2Config
  let weights: GPT2Weights
  let expected: Expected
  let tensors: Safetensors  // logits.N, token_losses.N and gradient.<name>
  private let manifest: Manifest

  init(_ name: String) throws {
    let golden = try #require(Bundle.module.url(forResource: "Golden", withExtension: nil))
    let folder = golden.appending(path: name)
    func decode<T: Decodable>(_ type: T.Type, _ file: String) throws -> T {
      try JSONDecoder().decode(type, from: Data(contentsOf: folder.appending(path: file)))
    }
    let sizes = try decode(Sizes.self, "config.json")
    let config = try GPT2Config(
      vocabSize: sizes.vocab_size, contextLength: sizes.n_positions, hiddenSize: sizes.n_embd,
      layerCount: sizes.n_layer, headCount: sizes.n_head, epsilon: sizes.layer_norm_epsilon)
    let file = try Safetensors(contentsOf: folder.appending(path: "model.safetensors"))
    self.config = config
    weights = try GPT2Weights(config: config) { name in
      try file.shape(of: name).map { ($0, try file.floats(name)) }
    }
    expected = try decode(Expected.self, "golden.json")
    manifest = try decode(Manifest.self, "manifest.json")
    tensors = try Safetensors(contentsOf: folder.appending(path: "golden.safetensors"))
  }

  func tolerance(_ name: String) throws -> Float { try #require(manifest.tolerances[name]) }

  var batch: PackedBatch {
    var batch = PackedBatch()
    for sequence in expected.sequences { batch.append(sequence.tokens, weights: sequence.weights) }
    return batch
  }
}

func largestDifference(_ a: some Collection<Float>, _ b: some Collection<Float>) -> Float {
  a.count == b.count ? zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } : .infinity
}
