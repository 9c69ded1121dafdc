import Foundation
import Hone

struct Prompts: Decodable {
  var scoring: [[Int32]]
  var prefill: [Int32]
  var generation: [[Int32]]
  var new_tokens: Int
}

/// `inference MODEL PROMPTS PRECISION`: the tasks of `peer_inference.py` on the same prompts, a line of JSON for each.
func inference(_ arguments: [String]) throws {
  guard arguments.count == 3, let precision = WeightPrecision(rawValue: arguments[2]) else {
    throw UsageError(text: "inference MODEL PROMPTS float32|bfloat16|int8")
  }
  let prompts = try JSONDecoder().decode(Prompts.self, from: Data(contentsOf: URL(fileURLWithPath: arguments[1])))
  let model = try CompletionModel(folder: arguments[0], precision)

  func measure(_ task: String, units: Int, repeats: Int, _ prompts: [[Int32]], _ tokens: Int, logprobs: Int?) throws {
    var request = CompletionRequest(prompts: prompts.map { .tokens($0) })
    request.maxTokens = tokens
    request.temperature = 0
    request.logprobs = logprobs
    var seconds: [Double] = []
    var first = 0
    for round in (task == "scoring" ? 1 : 0)...repeats {
      let start = ContinuousClock.now
      let result = try model.complete(request)
      if round > 0 { seconds.append((ContinuousClock.now - start) / .seconds(1)) }
      first = Int(result.choices.first?.tokens.first ?? -1)
    }
    try printLine([
      "task": task, "precision": precision.rawValue, "seconds": seconds, "units": seconds.map { _ in units },
      "first_token": first, "peak_memory_bytes": peakMemoryBytes(),
    ])
  }

  try measure("prefill 512", units: 1, repeats: 5, [prompts.prefill], 1, logprobs: nil)
  for batch in [1, 8] {
    try measure(
      "decode, batch \(batch)", units: batch * prompts.new_tokens, repeats: 3, Array(prompts.generation.prefix(batch)),
      prompts.new_tokens, logprobs: nil)
  }
  try measure("scoring", units: prompts.scoring.count, repeats: 1, prompts.scoring, 1, logprobs: 5)
}
