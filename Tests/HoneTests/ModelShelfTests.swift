import Foundation
import Hone
import Testing

private func request(_ prompt: String, tokens: Int = 3) -> CompletionRequest {
  var request = CompletionRequest(prompt: prompt)
  (request.maxTokens, request.seed) = (tokens, 1)
  return request
}

/// A home with three models, and the bytes that one of them takes on a shelf.
private func library() async throws -> (bench: Workbench, bytes: Int) {
  let bench = try Workbench()
  for name in ["a", "b", "c"] { try bench.makeModel(name) }
  let shelf = ModelShelf(bench.home, memory: 1 << 20)
  _ = try await shelf.engine("a")
  return (bench, await shelf.usedBytes)
}

private func shelf(_ bench: Workbench, memory: Int) -> ModelShelf {
  var limits = ServingLimits()
  limits.cacheBytes = 0
  return ModelShelf(bench.home, memory: memory, limits: limits)
}

@Test func theModelNotUsedForLongestGivesWay() async throws {
  let bench = try await library().bench
  let probe = shelf(bench, memory: 1 << 20)
  _ = try await probe.engine("a")
  let bytes = await probe.usedBytes
  let shelf = shelf(bench, memory: 2 * bytes)
  _ = try await shelf.engine("a")
  _ = try await shelf.engine("b")
  _ = try await shelf.engine("a")
  _ = try await shelf.engine("c")
  #expect(await shelf.loaded == ["c", "a"])
  #expect(await shelf.usedBytes <= 2 * bytes)
  _ = try await shelf.engine("b")
  #expect(await shelf.loaded == ["b", "c"])
  #expect(await shelf.loads == 4)
}

@Test func aModelThatGivesWayEndsItsAnswersFirst() async throws {
  let bench = try await library().bench
  let probe = shelf(bench, memory: 1 << 20)
  _ = try await probe.engine("a")
  let shelf = shelf(bench, memory: await probe.usedBytes)
  let engine = try await shelf.engine("a")
  var long = request("the", tokens: 50)
  long.count = 20
  let answer = Task { [long] in try await engine.complete(long) }
  while await engine.steps == 0 { await Task.yield() }
  _ = try await shelf.engine("b")
  #expect(engine.guestCount == 0 || engine.guestCount == 20)
  #expect(await engine.load == (0, 0))
  #expect(try await answer.value == engine.model.complete(long))
  #expect(await shelf.loaded == ["b"])
}

@Test func manyCallersLoadAModelOnce() async throws {
  let bench = try await library().bench
  let shelf = shelf(bench, memory: 1 << 24)
  try await withThrowingTaskGroup(of: CompletionResult.self) { group in
    for index in 0..<12 {
      group.addTask { try await shelf.complete(model: index % 3 == 0 ? "b" : "a", request("the")) }
    }
    for try await result in group { #expect(result.choices.count == 1) }
  }
  #expect(await shelf.loads == 2)
}

@Test func whatIsNoModelIsNotFound() async throws {
  let bench = try await library().bench
  let shelf = shelf(bench, memory: 1 << 24)
  let path = bench.home.url.appendingPathComponent("models/a").path
  for name in ["nobody", "", ".", "..", "../models/a", path] {
    let error = await #expect(throws: HoneError.self) { try await shelf.engine(name) }
    #expect(error?.code == "model_not_found", "\(name)")
  }
  #expect(await shelf.loads == 0)
}

@Test func aModelThatNeverFitsIsRefused() async throws {
  let bench = try await library().bench
  let shelf = shelf(bench, memory: 1000)
  let error = await #expect(throws: HoneError.self) { try await shelf.engine("a") }
  #expect(error?.code == "model_too_large")
}

@Test func aNameIsResolvedBeforeItIsLookedUp() async throws {
  let bench = try await library().bench
  let shelf = ModelShelf(bench.home, memory: 1 << 24) { $0 == "my-deployment" ? "b" : $0 }
  _ = try await shelf.engine("my-deployment")
  #expect(await shelf.loaded == ["b"])
  await shelf.forget("b")
  #expect(await shelf.loaded.isEmpty)
  #expect(try await ModelShelf(bench.home, memory: 1 << 30).engine("ada").model.info.name == "nano")
}
