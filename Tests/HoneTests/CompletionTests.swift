import Foundation
import Hone
import Testing

private func bench() throws -> Workbench {
  let bench = try Workbench()
  try bench.makeModel()
  return bench
}

private func request(_ prompts: String..., change: (inout CompletionRequest) -> Void = { _ in }) -> CompletionRequest {
  var request = CompletionRequest(prompts: prompts.map { .text($0) })
  request.seed = 5
  request.maxTokens = 12
  change(&request)
  return request
}

@Test func scoresByEchoAndByGenerationAgree() throws {
  let bench = try bench()
  let prompt: [Int32] = [260, 270, 261]
  let generated = try bench.home.complete(
    model: "tiny",
    request {
      $0.prompts = [.tokens(prompt)]
      $0.temperature = 0
      $0.logprobs = 2
    })
  let choice = try #require(generated.choices.first)
  let logprobs = try #require(choice.logprobs)
  let scored = try bench.home.complete(
    model: "tiny",
    request {
      $0.prompts = [.tokens(prompt + choice.tokens)]
      $0.maxTokens = 0
      $0.echo = true
      $0.logprobs = 0
    })
  let echoed = try #require(scored.choices.first?.logprobs)
  #expect(choice.tokens.count == 12 && scored.completionTokens == 0)
  #expect(echoed.tokenLogprobs.first == .some(nil))
  let tail = echoed.tokenLogprobs.suffix(logprobs.tokenLogprobs.count)
  for (a, b) in zip(tail, logprobs.tokenLogprobs) {
    #expect(abs((a ?? 0) - (b ?? 0)) < 1e-4)
  }
}

@Test func batchRowsEqualSingleRows() throws {
  let bench = try bench()
  let prompts = ["the cat", "the dog number 7 says", "x", "", "woof woof woof woof woof"]
  let change: (inout CompletionRequest) -> Void = {
    $0.temperature = 0; $0.logprobs = 3
  }
  var batch = request(change: change)
  batch.prompts = prompts.map { .text($0) }
  let together = try bench.home.complete(model: "tiny", batch).choices
  for (index, prompt) in prompts.enumerated() {
    let alone = try #require(try bench.home.complete(model: "tiny", request(prompt, change: change)).choices.first)
    #expect(together[index].text == alone.text)
    #expect(together[index].finishReason == alone.finishReason)
    let pairs = zip(together[index].logprobs?.tokenLogprobs ?? [], alone.logprobs?.tokenLogprobs ?? [])
    for (a, b) in pairs { #expect(abs((a ?? 0) - (b ?? 0)) < 1e-4) }
  }
}

@Test func theSameSeedGivesTheSameSamples() throws {
  let bench = try bench()
  let first = try bench.home.complete(model: "tiny", request("the") { $0.count = 4 })
  let second = try bench.home.complete(model: "tiny", request("the") { $0.count = 4 })
  #expect(first == second)
  #expect(Set(first.choices.map(\.text)).count > 1)
  let other = try bench.home.complete(
    model: "tiny",
    request("the") {
      $0.count = 4; $0.seed = 6
    })
  #expect(other.choices.map(\.text) != first.choices.map(\.text))
}

@Test func bestOfReturnsTheMostProbableOfItsDraws() throws {
  let bench = try bench()
  let all = try bench.home.complete(
    model: "tiny",
    request("the cow") {
      $0.count = 6; $0.logprobs = 0
    })
  let best = try bench.home.complete(
    model: "tiny",
    request("the cow") {
      $0.bestOf = 6; $0.logprobs = 0
    })
  func mean(_ choice: CompletionChoice) -> Float {
    let values = (choice.logprobs?.tokenLogprobs ?? []).compactMap { $0 }
    return values.reduce(0, +) / Float(max(1, values.count))
  }
  let chosen = try #require(best.choices.first)
  #expect(best.choices.count == 1)
  #expect(all.choices.map(mean).max() == mean(chosen))
}

@Test func textIsCutBeforeTheStopString() throws {
  let bench = try bench()
  let free = try #require(
    try bench.home.complete(
      model: "tiny",
      request("the dog") {
        $0.temperature = 0; $0.maxTokens = 30
      }
    ).choices.first)
  let stop = String(free.text.dropFirst(6).prefix(3))
  let cut = try #require(
    try bench.home.complete(
      model: "tiny",
      request("the dog") {
        $0.temperature = 0; $0.maxTokens = 30; $0.stop = [stop]
      }
    ).choices.first)
  let range = try #require(free.text.range(of: stop))
  #expect(cut.text == String(free.text[..<range.lowerBound]))
  #expect(cut.finishReason == .stop)
}

@Test func streamedPiecesJoinToTheText() throws {
  let bench = try bench()
  for seed in UInt64(1)...8 {
    var pieces: [Int: String] = [:]
    let result = try bench.home.complete(
      model: "tiny",
      request("the", "moo") {
        $0.seed = seed; $0.stop = ["ay", "\u{FFFD}x"]; $0.count = 2
      }
    ) { event in
      if case .text(let index, let piece) = event { pieces[index, default: ""] += piece }
    }
    for choice in result.choices { #expect(pieces[choice.index] ?? "" == choice.text, "seed \(seed)") }
  }
}

@Test func logitBiasForbidsAndForces() throws {
  let bench = try bench()
  let forced = try bench.home.complete(
    model: "tiny",
    request("the") {
      $0.logitBias = [65: 100]; $0.maxTokens = 5; $0.logprobs = 0
    })
  #expect(forced.choices.first?.text == "AAAAA")
  // Log-probabilities are those before the bias.
  let first = try #require(forced.choices.first?.logprobs?.tokenLogprobs.first ?? nil)
  #expect(first < -2)
}

@Test(arguments: ["max_tokens", "temperature", "top_p", "n", "best_of", "logprobs", "stop", "logit_bias", "prompt"])
func aFieldOutOfRangeIsNamed(field: String) throws {
  let bench = try bench()
  let bad = request("the") {
    switch field {
    case "max_tokens": $0.maxTokens = 0
    case "temperature": $0.temperature = .nan
    case "top_p": $0.topP = 1.5
    case "n": $0.count = 0
    case "best_of": $0.bestOf = 0
    case "logprobs": $0.logprobs = 6
    case "stop": $0.stop = [""]
    case "logit_bias": $0.logitBias = [100_000: 1]
    default: $0.prompts = [.tokens([-1])]
    }
  }
  let error = #expect(throws: HoneError.self) { try bench.home.complete(model: "tiny", bad) }
  #expect(error?.parameter == field)
}

@Test func aPromptBeyondTheContextIsAnError() throws {
  let bench = try bench()
  let error = #expect(throws: HoneError.self) {
    try bench.home.complete(model: "tiny", request(String(repeating: "the cat ", count: 60)))
  }
  #expect(error?.code == "context_length_exceeded")
}
