import Foundation
import Hone
import Testing

/// A home that a service of this process has, and a client that reaches it through its socket.
private func open(_ bench: Workbench) async throws -> (service: Service, client: any ServiceClient) {
  let service = try await bench.service {
    $0.runsJobs = false
    $0.answersTerminals = true
  }
  let client = try await bench.home.service(runsJobs: false)
  try #require(!(client is Service))
  return (service, client)
}

/// The error that a call is refused with.
private func refusal<Value>(_ body: () async throws -> Value) async -> HoneError? {
  do {
    _ = try await body()
    return nil
  } catch {
    return error as? HoneError
  }
}

private func pieces(_ all: [UInt8]...) -> AsyncThrowingStream<[UInt8], any Error> {
  AsyncThrowingStream { stream in
    for piece in all { stream.yield(piece) }
    stream.finish()
  }
}

@Test func everyCallThroughTheSocketGivesWhatTheServiceGives() async throws {
  let bench = try Workbench()
  try bench.makeModel()
  let (service, client) = try await open(bench)
  let request = try await bench.jobRequest(service)
  var made = try await client.createJob(request, surface: .fineTuning, owner: "tester")
  made = try await service.wait(for: made.id) { $0.status == "queued" }
  #expect(made.hyperparameters.batchSize == 4 && made.owner == "tester")
  #expect(try await client.job(made.id) == made)
  let second = try await client.createJob(request, surface: .fineTunes, owner: "tester")
  let page = try await client.jobs(ListQuery(limit: 1), filter: .unmarked)
  #expect(page.data.map(\.id) == [second.id] && page.hasMore)
  #expect(try await client.jobs(ListQuery(), filter: .all(["a": "b"])).data.isEmpty)
  #expect(try await client.pauseJob(made.id).status == "paused")
  #expect(try await client.resumeJob(made.id).status == "queued")
  #expect(try await client.cancelJob(made.id).id == made.id)
  made = try await service.wait(for: made.id) { $0.status == "cancelled" }
  #expect(try await client.job(made.id) == made)
  try await client.deleteJob(made.id)
  #expect(await refusal { try await service.job(made.id) }?.kind == .notFound)

  let key = try await client.createKey(
    name: "laptop", value: "sk-0123456789", scopes: [.infer, .read], owner: "me", requestsPerMinute: 7,
    tokensPerMinute: nil)
  #expect(key.key == "sk-0123456789" && key.info.scopes == [.read, .infer] && key.info.requestsPerMinute == 7)
  #expect(try await client.keys() == service.keys())
  #expect(try await client.revokeKey("laptop").revokedAt != nil)
  service.count(key: key.info.id, promptTokens: 5)
  let usage = try await client.usage(from: "2000-01-01", through: "2100-01-01", key: key.info.id)
  #expect(try await usage == service.usage(key: key.info.id) && usage.map(\.promptTokens) == [5])
  #expect(await refusal { try await client.removeModel("tiny") }?.code == "model_in_use")
  try await client.deleteJob(second.id)
  try await client.removeModel("tiny")
  #expect(await refusal { try bench.home.showModel("tiny") }?.code == "model_not_found")
  await client.leave()
  await service.stop()
}

@Test func aFileArrivesWholeThroughTheSocket() async throws {
  let bench = try Workbench()
  let (service, client) = try await open(bench)
  let (first, long) = ([UInt8]("one\n".utf8), (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
  let file = try await client.addFile(
    name: "a.bin", purpose: "user_data", owner: "me", expiresAfter: 60, content: pieces(first, [], long))
  #expect(try await file == service.file(file.id))
  #expect(try await [UInt8](Data(contentsOf: service.content(ofFile: file.id))) == first + long)
  await service.stop()
}

@Test func refusalsAreTheSameThroughTheSocket() async throws {
  let bench = try Workbench()
  let (service, client) = try await open(bench)
  let none = JobRequest(model: "tiny", trainingFile: "file-none")
  let long = [UInt8](repeating: 0x78, count: 9_000_000)
  let calls: [@Sendable (any ServiceClient) async throws -> Void] = [
    { _ = try await $0.job("no such job") },
    { try await $0.deleteJob("") },
    { for await _ in try await $0.eventStream(ofJob: "none", after: 0) {} },
    { _ = try await $0.createJob(none, surface: .fineTunes, owner: "me") },
    { _ = try await $0.revokeKey("nobody\u{1F600}\n") },
    { try await $0.removeModel("../etc") },
    {
      _ = try await $0.createKey(
        name: "", value: nil, scopes: [], owner: nil, requestsPerMinute: nil, tokensPerMinute: nil)
    },
    {
      // Refused at its beginning, with most of it still to come.
      _ = try await $0.addFile(
        name: "bad.jsonl", purpose: "fine-tune", owner: "me", expiresAfter: nil, content: pieces([0x7B, 0x0A], long))
    },
    { _ = try await $0.addFile(name: "a", purpose: "?", owner: "me", expiresAfter: nil, content: pieces(long)) },
    { _ = try await $0.addFile(name: "a", purpose: "batch", owner: "me", expiresAfter: nil, content: pieces()) },
  ]
  for (number, call) in calls.enumerated() {
    let expected = await refusal { try await call(service) }
    #expect(expected != nil, "call \(number)")
    #expect(await refusal { try await call(client) } == expected, "call \(number)")
  }
  await service.stop()
}

@Test func eventsComeAsTheyHappenAndEndWithTheJob() async throws {
  let bench = try Workbench()
  try bench.makeModel()
  let (service, client) = try await open(bench)
  let job = try await service.createJob(
    try await bench.jobRequest(service), surface: .fineTuning, owner: "tester")
  var seen: [JobEventInfo] = []
  for await event in try await client.eventStream(ofJob: job.id, after: 0) {
    seen.append(event)
    if seen.count == 1 { _ = try await client.cancelJob(job.id) }
  }
  #expect(try await seen == service.allEvents(of: job.id))
  #expect(seen.last?.message == "Fine-tune cancelled")
  var rest: [Int] = []
  for await event in try await client.eventStream(ofJob: job.id, after: 1) { rest.append(event.number) }
  #expect(rest == seen.dropFirst().map(\.number))
  for await _ in try await client.eventStream(ofJob: job.id, after: .max) { Issue.record("an event after the last") }
  await service.stop()
}

@Test func aServiceThatStopsEndsItsFollowersAndTakesItsSocketAway() async throws {
  let bench = try Workbench()
  try bench.makeModel()
  let (service, client) = try await open(bench)
  let job = try await service.createJob(
    try await bench.jobRequest(service), surface: .fineTuning, owner: "tester")
  let events = try await client.eventStream(ofJob: job.id, after: 0)
  let following = Task {
    var count = 0
    for await _ in events { count += 1 }
    return count
  }
  try await Task.sleep(for: .milliseconds(100))
  await service.stop()
  #expect(await following.value >= 1)
  let error = await refusal { try await client.job(job.id) }
  #expect(error?.code == "home_left" && error?.message.contains("process \(getpid())") == true)
  #expect(!FileManager.default.fileExists(atPath: bench.home.url.path + "/terminal/socket"))
  // The next one finds the home free.
  let own = try await bench.home.service(runsJobs: false)
  #expect(own is Service)
  #expect(try await own.job(job.id).id == job.id)
  await own.leave()
}
