import Foundation
import Hone

/// `serving MODEL PROMPTS PRECISION STREAMS`: so many streams at once from one engine, beside eight sequences in one call.
///
/// Every stream starts at the same moment with one of the generation prompts; ids beyond the model's vocabulary wrap.
/// A line of JSON: tokens/s of each, their ratio, and the milliseconds until a stream's first text.
func serving(_ arguments: [String]) async throws {
  guard arguments.count == 4, let precision = WeightPrecision(rawValue: arguments[2]), let streams = Int(arguments[3])
  else { throw UsageError(text: "serving MODEL PROMPTS float32|bfloat16|int8 STREAMS") }
  let prompts = try JSONDecoder().decode(Prompts.self, from: Data(contentsOf: URL(fileURLWithPath: arguments[1])))
  let model = try CompletionModel(folder: arguments[0], precision)
  let engine = BatchEngine(model)
  let ids = prompts.generation.map { prompt in prompt.map { $0 % Int32(model.vocabSize) } }

  func request(_ prompts: [[Int32]]) -> CompletionRequest {
    var request = CompletionRequest(prompts: prompts.map { .tokens($0) })
    request.maxTokens = newTokens
    request.temperature = 0
    return request
  }
  let newTokens = prompts.new_tokens
  for round in 0...2 {
    let alone = try rate { try model.complete(request(Array(ids.prefix(8)))).completionTokens }
    let start = ContinuousClock.now
    let answers = try await withThrowingTaskGroup(of: (first: Double, tokens: Int).self) { group in
      for number in 0..<streams {
        let request = request([ids[number % ids.count]])
        group.addTask { try await listen(engine.stream(request), from: start) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    let took = (ContinuousClock.now - start) / .seconds(1)
    guard round > 0 else { continue }
    let served = Double(answers.reduce(0) { $0 + $1.tokens }) / took
    let first = answers.map(\.first).sorted()
    try printLine([
      "task": "serving", "precision": precision.rawValue, "streams": streams, "tokens_per_second": served,
      "batch_8_tokens_per_second": alone, "ratio": served / alone,
      "first_text_ms_p50": 1000 * first[first.count / 2], "first_text_ms_p99": 1000 * first[first.count * 99 / 100],
      "peak_memory_bytes": peakMemoryBytes(),
    ])
  }
}

/// Tokens per second of a call that gives its tokens.
private func rate(_ body: () throws -> Int) rethrows -> Double {
  let start = ContinuousClock.now
  let tokens = try body()
  return Double(tokens) / ((ContinuousClock.now - start) / .seconds(1))
}

private func listen(
  _ stream: AsyncThrowingStream<CompletionEvent, any Error>, from start: ContinuousClock.Instant
) async throws -> (first: Double, tokens: Int) {
  var first: Double?
  var tokens = 0
  for try await event in stream {
    switch event {
    case .text: first = first ?? (ContinuousClock.now - start) / .seconds(1)
    case .ended(let count): tokens = count
    case .started, .logprobs, .finished: break
    }
  }
  return (first ?? (ContinuousClock.now - start) / .seconds(1), tokens)
}
