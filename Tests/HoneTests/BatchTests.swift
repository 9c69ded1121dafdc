import Foundation
import Hone
import HoneTestSupport
import Testing

private func model(_ weights: WeightPrecision = .float32) throws -> CompletionModel {
  let bench = try Workbench()
  try bench.makeModel()
  return try bench.home.completionModel("tiny", weights: weights)
}

/// Runs a batch to its end, adding requests at given steps; gives the results and what was streamed.
private func run(
  _ model: CompletionModel, _ limits: SequenceBatch.Limits, _ arrivals: [(step: Int, request: CompletionRequest)]
) throws -> [(result: CompletionResult?, stream: Streamed)] {
  var batch = SequenceBatch(model, limits)
  var found: [(result: CompletionResult?, stream: Streamed)] = []
  var rest = arrivals[...]
  while !rest.isEmpty || !batch.isIdle {
    while let next = rest.first, next.step <= batch.steps || batch.isIdle {
      rest.removeFirst()
      let number = batch.add(try model.plan(next.request))
      #expect(number == found.count)
      found.append((nil, Streamed()))
    }
    for (request, news) in batch.step() {
      switch news {
      case .event(let event): found[request].stream.add(event)
      case .done(let result): found[request].result = result
      }
    }
  }
  return found
}

@Test(arguments: [WeightPrecision.float32, .int8])
func anAnswerIsTheSameBitsInAnyCompany(weights: WeightPrecision) throws {
  let model = try model(weights)
  let requests = servingRequests(seed: 7)
  let alone = try requests.map { try model.complete($0) }
  for seed in UInt64(1)...(runsEverything ? 200 : 12) {
    var generator = Seeded(seed)
    var limits = SequenceBatch.Limits()
    limits.sequences = Int.random(in: 1...9, using: &generator)
    limits.promptRows = Int.random(in: 1...40, using: &generator)
    limits.mixedPromptRows = Int.random(in: 1...20, using: &generator)
    limits.scoredRows = Int.random(in: 1...9, using: &generator)
    limits.cacheBytes = Int.random(in: 0...200_000, using: &generator)
    let order = requests.indices.shuffled(using: &generator)
    var step = 0
    let arrivals = order.map { index in
      step += Int.random(in: 0...6, using: &generator)
      return (step: step, request: requests[index])
    }
    for (place, answer) in try run(model, limits, arrivals).enumerated() {
      let index = order[place]
      #expect(answer.result == alone[index], "request \(index), seed \(seed)")
      guard requests[index].bestOf == nil else { continue }
      #expect(answer.stream.equals(alone[index]), "stream of request \(index), seed \(seed)")
    }
  }
}

@Test func aPromptIsTakenInOnceForAllItsDraws() throws {
  let model = try model()
  var request = CompletionRequest(prompt: String(repeating: "the cow says moo ", count: 8))
  (request.count, request.maxTokens, request.seed) = (10, 5, 3)
  var limits = SequenceBatch.Limits()
  (limits.sequences, limits.promptRows, limits.mixedPromptRows) = (3, 4, 4)
  var batch = SequenceBatch(model, limits)
  let plan = try model.plan(request)
  _ = batch.add(plan)
  while !batch.isIdle { _ = batch.step() }
  let promptTokens = try model.complete(request).promptTokens
  // Prompt by fours, then ten draws of five tokens, three at a time: taking the prompt in again would add steps.
  #expect(batch.steps <= (promptTokens + 3) / 4 + 4 * 5 + 2)
}

/// The same sequences, once as draws that share their prompt's rows and once as prompts that are each taken in.
@Test(arguments: [WeightPrecision.float32, .int8], [false, true])
func drawsFromOnePromptEqualThoseThatTakeItInThemselves(weights: WeightPrecision, echo: Bool) throws {
  let model = try model(weights)
  var shared = CompletionRequest(prompt: "the dog number 7 says -> woof the cow")
  (shared.count, shared.maxTokens, shared.seed, shared.logprobs, shared.echo) = (7, 12, 9, 2, echo)
  var apart = shared
  (apart.count, apart.prompts) = (1, Array(repeating: shared.prompts[0], count: 7))
  var limits = SequenceBatch.Limits()
  limits.sequences = 3
  let found = try run(model, limits, [(0, shared), (0, apart)])
  let (together, each) = (try #require(found[0].result), try #require(found[1].result))
  #expect(together.choices == each.choices)
  #expect(Set(together.choices.map(\.text)).count > 1)
}

@Test func aLongPromptDoesNotStopShortOnes() throws {
  let model = try model()
  var long = CompletionRequest(prompt: String(repeating: "the cow says moo ", count: 10))
  long.maxTokens = 1
  var short = CompletionRequest(prompt: "the")
  (short.maxTokens, short.seed) = (6, 1)
  var limits = SequenceBatch.Limits()
  (limits.promptRows, limits.mixedPromptRows) = (4, 4)
  var batch = SequenceBatch(model, limits)
  let first = batch.add(try model.plan(long))
  var ends: [Int: Int] = [:]
  var second: Int?
  while !batch.isIdle {
    for (request, news) in batch.step() {
      if case .done = news { ends[request] = batch.steps }
    }
    if second == nil { second = batch.add(try model.plan(short)) }
  }
  let (longEnd, shortEnd) = (try #require(ends[first]), try #require(second.flatMap { ends[$0] }))
  // One step before it came, one for its prompt, one for each further token.
  #expect(shortEnd <= 1 + short.maxTokens)
  #expect(longEnd > shortEnd)
}

@Test func aRemovedRequestFreesItsPlaces() throws {
  let model = try model()
  var many = CompletionRequest(prompt: "the")
  (many.count, many.maxTokens) = (20, 40)
  var limits = SequenceBatch.Limits()
  (limits.sequences, limits.cacheBytes) = (2, 0)
  var batch = SequenceBatch(model, limits)
  let request = batch.add(try model.plan(many))
  _ = batch.step()
  #expect(batch.runningCount > 0 && batch.waitingCount > 0)
  batch.remove(request)
  #expect(batch.isIdle && batch.runningCount == 0 && batch.waitingCount == 0)
  var next = CompletionRequest(prompt: "the cat")
  (next.maxTokens, next.seed) = (3, 2)
  _ = batch.add(try model.plan(next))
  let before = batch.steps
  while !batch.isIdle { _ = batch.step() }
  #expect(batch.steps - before <= 3)
}

@Test func aLargeRequestLeavesPlacesToOthers() throws {
  let model = try model()
  var large = CompletionRequest(prompts: (0..<40).map { .text("the cat number \($0)") })
  (large.maxTokens, large.count) = (20, 2)
  var small = CompletionRequest(prompt: "the dog")
  (small.maxTokens, small.seed) = (2, 1)
  var limits = SequenceBatch.Limits()
  limits.sequences = 4
  var batch = SequenceBatch(model, limits)
  _ = batch.add(try model.plan(large))
  for _ in 0..<3 { _ = batch.step() }
  let request = batch.add(try model.plan(small))
  var end: Int?
  while end == nil, !batch.isIdle {
    for case (request, .done) in batch.step() { end = batch.steps }
  }
  // It waits for one place at most, not for the eighty sequences before it.
  #expect(try #require(end) <= 3 + 20 + 4)
}
