import Foundation
import Hone
import Testing

private func bench() throws -> Workbench {
  let bench = try Workbench()
  try bench.makeModel()
  return bench
}

/// A request that keeps an engine with one place busy for thousands of steps.
private var endless: CompletionRequest {
  var request = CompletionRequest(prompt: "the")
  (request.count, request.maxTokens, request.seed) = (128, 55, 1)
  return request
}

private func collect(_ stream: AsyncThrowingStream<CompletionEvent, any Error>) async throws -> Streamed {
  var all = Streamed()
  for try await event in stream { all.add(event) }
  return all
}

@Test func callersAtOnceGetWhatEachGetsAlone() async throws {
  let engine = try bench().engine { ($0.sequences, $0.promptRows) = (5, 8) }
  let requests = servingRequests(seed: 11)
  let alone = try requests.map { try engine.model.complete($0) }
  try await withThrowingTaskGroup(of: Void.self) { group in
    for round in 0..<3 {
      for (index, request) in requests.enumerated() {
        group.addTask {
          try await Task.sleep(for: .milliseconds((index * 7 + round * 3) % 10))
          #expect(try await engine.complete(request) == alone[index], "request \(index)")
        }
        guard request.bestOf == nil else { continue }
        group.addTask {
          let streamed = try await collect(engine.stream(request))
          #expect(streamed.equals(alone[index]), "stream of request \(index)")
        }
      }
    }
    try await group.waitForAll()
  }
  await engine.finish()
  #expect(engine.guestCount == 0)
}

@Test func aDroppedStreamFreesItsPlace() async throws {
  let engine = try bench().engine { $0.sequences = 1 }
  var stream: AsyncThrowingStream? = engine.stream(endless)
  var seen = 0
  if let stream {
    for try await event in stream {
      if case .text = event { seen += 1 }
      if seen == 2 { break }
    }
  }
  #expect(engine.guestCount == 128)
  stream = nil
  var next = CompletionRequest(prompt: "the cat")
  (next.maxTokens, next.seed) = (3, 2)
  #expect(try await engine.complete(next) == engine.model.complete(next))
  #expect(engine.guestCount == 0)
  await engine.finish()
  #expect(await engine.steps < 128 * 55 / 2)
}

@Test func aCancelledCallerFreesItsPlace() async throws {
  let engine = try bench().engine { $0.sequences = 1 }
  let task = Task { try await engine.complete(endless) }
  while await engine.steps < 3 { try await Task.sleep(for: .milliseconds(1)) }
  task.cancel()
  await #expect(throws: CancellationError.self) { try await task.value }
  await engine.finish()
  #expect(engine.guestCount == 0)
  #expect(await engine.load == (0, 0))
  #expect(await engine.steps < 128 * 55 / 2)
}

@Test func aFullQueueIsRefused() async throws {
  let engine = try bench().engine { ($0.sequences, $0.waiting) = (1, 3) }
  let first = Task { try await engine.complete(endless) }
  while engine.guestCount == 0 { try await Task.sleep(for: .milliseconds(1)) }
  let refused = await #expect(throws: ServingError.self) {
    try await engine.complete(CompletionRequest(prompt: "the"))
  }
  #expect(refused == .tooBusy(waiting: 128, most: 4, retryAfterSeconds: 60))
  await #expect(throws: ServingError.self) {
    for try await _ in engine.stream(CompletionRequest(prompt: "the")) {}
  }
  first.cancel()
  _ = try? await first.value
  #expect(try await engine.complete(CompletionRequest(prompt: "the")).choices.count == 1)
}

@Test func aSlowReaderNeitherStopsOthersNorHoardsEvents() async throws {
  let engine = try bench().engine { $0.sequences = 2 }
  var request = CompletionRequest(prompt: "the")
  (request.count, request.maxTokens, request.seed, request.logprobs) = (2, 50, 4, 1)
  var slow = engine.stream(request).makeAsyncIterator()
  #expect(try await slow.next() == .started(promptTokens: 1, warnings: []))
  var quick = CompletionRequest(prompt: "the cat")
  (quick.maxTokens, quick.seed) = (3, 2)
  #expect(try await engine.complete(quick) == engine.model.complete(quick))
  await engine.finish()  // the sequences end though nobody reads
  var all = Streamed()
  while let event = try await slow.next() { all.add(event) }
  let expected = try engine.model.complete(request)
  #expect(all.equals(expected))
  // Of each choice its entries, its text and its end; then the end of all.
  #expect(all.eventCount <= 2 * 3 + 1)
}

@Test func aBadFieldIsToldBeforeAnythingRuns() async throws {
  let engine = try bench().engine()
  var bad = CompletionRequest(prompt: "the")
  bad.temperature = 3
  let error = await #expect(throws: HoneError.self) { try await engine.complete(bad) }
  #expect(error?.parameter == "temperature")
  await #expect(throws: HoneError.self) { try await collect(engine.stream(bad)) }
  #expect(engine.guestCount == 0)
}
