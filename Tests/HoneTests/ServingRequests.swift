import Foundation
import Hone

/// Requests of every kind, as many callers send them at once.
func servingRequests(seed: UInt64) -> [CompletionRequest] {
  func request(_ prompts: [String], _ change: (inout CompletionRequest) -> Void) -> CompletionRequest {
    var request = CompletionRequest(prompts: prompts.map { .text($0) })
    request.seed = seed
    request.maxTokens = 9
    change(&request)
    return request
  }
  let long = String(repeating: "the cow number 3 says -> moo ", count: 5)
  return [
    request(["the cat"]) { $0.temperature = 0 },
    request(["the", "moo moo"]) { $0.count = 3 },
    request([long]) {
      $0.maxTokens = 4; $0.logprobs = 3
    },
    request(["the dog number 7 says"]) {
      $0.echo = true; $0.logprobs = 2; $0.count = 2
    },
    request([long, "woof"]) {
      $0.echo = true; $0.logprobs = 0; $0.maxTokens = 0
    },
    request(["the cow"]) {
      $0.bestOf = 5; $0.count = 2; $0.logprobs = 1; $0.temperature = 1.3
    },
    request(["woof woof"]) {
      $0.topP = 0.7; $0.stop = ["a", "oo"]; $0.count = 4; $0.logprobs = 5; $0.maxTokens = 20
    },
    request(["x"]) {
      $0.presencePenalty = 1; $0.frequencyPenalty = 0.5; $0.logitBias = [65: 4, 260: -100]
    },
    request(["the cat number"]) {
      $0.echo = true; $0.count = 2; $0.maxTokens = 1
    },
    request(["a", "b", "c", "d"]) {
      $0.maxTokens = 1; $0.count = 3
    },
  ]
}

/// What the events of a stream add up to.
struct Streamed {
  var texts: [Int: String] = [:]
  var logprobs: [Int: TokenLogprobs] = [:]
  var choices: [Int: CompletionChoice] = [:]
  var completionTokens: Int?
  var eventCount = 0

  mutating func add(_ event: CompletionEvent) {
    eventCount += 1
    switch event {
    case .started: break
    case .text(let index, let text): texts[index, default: ""] += text
    case .logprobs(let index, let more):
      logprobs[index, default: TokenLogprobs()].append(more)
    case .finished(let index, let choice): choices[index] = choice
    case .ended(let tokens): completionTokens = tokens
    }
  }

  /// Whether the pieces join to what the choices say, and these are the result's.
  func equals(_ result: CompletionResult) -> Bool {
    result.completionTokens == completionTokens && choices.count == result.choices.count
      && result.choices.allSatisfy {
        choices[$0.index] == $0 && texts[$0.index] ?? "" == $0.text && logprobs[$0.index] == $0.logprobs
      }
  }
}

extension Workbench {
  /// An engine with the small model.
  func engine(
    _ weights: WeightPrecision = .float32, _ change: (inout ServingLimits) -> Void = { _ in }
  ) throws -> BatchEngine {
    var limits = ServingLimits()
    change(&limits)
    return BatchEngine(try home.completionModel("tiny", weights: weights), limits: limits)
  }
}
