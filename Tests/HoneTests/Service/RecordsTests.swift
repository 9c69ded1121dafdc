import Foundation
import Hone
import HoneStore
import Testing

@Test func aHomeHasOneServiceAndSaysWhose() async throws {
  let bench = try Workbench()
  let service = try await bench.service { $0.name = "hone serve" }
  do {
    _ = try await bench.service()
    Issue.record("two services have one home")
  } catch let error as HoneError {
    #expect(error.kind == .unavailable && error.code == "home_in_use")
    #expect(error.message.contains("hone serve, process \(getpid())"))
  }
  let found = try bench.run(["jobs", "list"])
  #expect(found.status == 1 && found.error.contains("process \(getpid())"))
  await service.stop()
  #expect(try bench.run(["jobs", "list"]).status == 0)
}

@Test func oneDamagedJobStopsNoOther() async throws {
  let bench = try Workbench()
  try bench.makeModel()
  let first = try await bench.service { $0.runsJobs = false }
  let request = try await bench.jobRequest(first)
  var jobs: [JobInfo] = []
  for _ in 0..<3 { jobs.append(try await first.createJob(request, surface: .fineTunes, owner: "tester")) }
  for job in jobs { _ = try await first.wait(for: job.id) { $0.status == "queued" } }
  await first.stop()
  let store = try Store(in: bench.home.url)
  try store.saveState(ofJob: jobs[0].id, state: Data("{}".utf8), status: "queued")
  let state = try #require(try store.job(jobs[1].id)?.state)
  let text = String(decoding: state, as: UTF8.self)
    .replacingOccurrences(of: #""status":"queued""#, with: #""status":"running""#)
  try store.saveState(ofJob: jobs[1].id, state: Data(text.utf8), status: "running")
  try store.close()
  let second = try await bench.service()
  #expect(Set(await second.damagedJobs.keys) == [jobs[0].id, jobs[1].id])
  #expect(try await second.end(of: jobs[2].id).status == "succeeded")
  #expect(await second.refusal { try await $0.cancelJob(jobs[0].id) } != nil)
  for job in jobs[..<2] { try await second.deleteJob(job.id) }
  #expect(try await second.jobs().data.map(\.id) == [jobs[2].id])
  await second.stop()
}

@Test func aKeyIsShownOnceAndKnownByItsHash() async throws {
  let bench = try Workbench()
  let service = try await bench.service()
  #expect(try await service.hasKeys() == false)
  let (key, info) = try await service.createKey(name: "laptop", scopes: [.read, .infer])
  #expect(key.hasPrefix("sk-") && info.scopes == [.read, .infer] && key.hasPrefix(info.prefix))
  #expect(try await service.authenticate(key)?.id == info.id)
  #expect(try await service.authenticate(key + "x") == nil)
  let own = try await service.createKey(name: "old", value: "my-own-key-1", requestsPerMinute: 5)
  #expect(own.key == "my-own-key-1" && own.info.requestsPerMinute == 5)
  #expect(await service.refusal { try await $0.createKey(name: "b", value: "my-own-key-1") }?.kind == .conflict)
  #expect(await service.refusal { try await $0.createKey(name: "b", value: "a b c d e f") }?.parameter == "value")
  #expect(try await service.revokeKey("laptop").revokedAt != nil)
  #expect(try await service.authenticate(key) == nil)
  #expect(await service.refusal { try await $0.revokeKey("laptop") }?.kind == .notFound)
  try await service.audit(key: own.info.id, action: "keys.revoke", subject: info.id)
  service.count(key: own.info.id, requests: 2, promptTokens: 3)
  service.count(key: own.info.id, completionTokens: 4)
  await service.stop()
  let again = try await bench.service()
  #expect(try await again.keys().map(\.name) == ["laptop", "old"])
  #expect(try await again.auditLog().map(\.action) == ["keys.revoke"])
  let usage = try await again.usage(key: own.info.id)
  #expect(usage.map(\.requests) == [3] && usage.map(\.promptTokens) == [3] && usage.map(\.completionTokens) == [4])
  await again.stop()
  let bytes = try FileManager.default.contentsOfDirectory(atPath: bench.home.url.path).flatMap {
    [UInt8]((try? Data(contentsOf: bench.home.url.appendingPathComponent($0))) ?? Data())
  }
  #expect(Data(bytes).range(of: Data(key.utf8)) == nil)
}

@Test func namesStandForModels() async throws {
  let bench = try Workbench()
  try bench.makeModel()
  let service = try await bench.service()
  #expect(try await service.resolveModel("ada") == "nano")
  try await service.setAlias("ada", to: "tiny")
  #expect(try await service.resolveModel("ada") == "tiny")
  #expect(await service.refusal { try await $0.setAlias("curie", to: "nothing") }?.code == "model_not_found")
  let ids = try await service.models().map(\.id)
  #expect(ids.contains("tiny") && ids.contains("ada") && ids.contains("gpt-3.5-turbo-instruct"))
  #expect(try await service.model("ada").model == "tiny")
  #expect(await service.refusal { try await $0.model("no/model") }?.kind == .notFound)
  let made = try await service.createDeployment(model: "ada", scaleSettings: Data(#"{"scale_type":"standard"}"#.utf8))
  #expect(try await service.deployments() == [made])
  #expect(try await service.resolveModel(made.id) == "tiny")
  #expect(await service.refusal { try await $0.createDeployment(model: "x", scaleSettings: Data()) } != nil)
  #expect(try await service.updateDeployment(made.id, model: "tiny").model == "tiny")
  try await service.deleteDeployment(made.id)
  #expect(await service.refusal { try await $0.deployment(made.id) }?.code == "DeploymentNotFound")
  // A job made with an alias bears its name, and so does what is tuned further.
  var request = try await bench.jobRequest(service, epochs: 1, validation: false)
  request.model = "ada"
  let first = try await service.end(of: try await service.createJob(request, surface: .fineTunes, owner: "me").id)
  request.model = try #require(first.fineTunedModel)
  #expect(request.model.hasPrefix("ada:ft-personal-2"))
  let second = try await service.end(of: try await service.createJob(request, surface: .fineTuning, owner: "me").id)
  #expect(second.fineTunedModel?.hasPrefix("ft:ada:personal::") == true)
  await service.stop()
}
