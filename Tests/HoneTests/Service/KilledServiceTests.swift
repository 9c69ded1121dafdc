import Foundation
import Hone
import HoneTestSupport
import Testing

/// Makes and deletes files, jobs and keys, with a job training meanwhile, and says after each call what has been
/// acknowledged, until the process is killed.
private func workUntilKilled(home: URL, program: URL, files: [String], round: Int) async throws {
  var options = ServiceOptions()
  options.program = program
  options.nice = 0
  let service = try await Service(Home(home), options: options)
  let training = files[0]
  for n in 0..<100_000 {
    let name = "\(round)-\(n)"
    let text = #"{"prompt":"p","completion":" \#(name)"}"#
    let file = try await service.addFile(name: name, purpose: "fine-tune", owner: "me", content: Array(text.utf8))
    acknowledge("file \(file.id) \(name)")
    if n % 3 == 0 {
      try await service.deleteFile(file.id)
      acknowledge("gone \(file.id) \(name)")
    }
    if n % 4 == 0 {
      var request = JobRequest(model: "tiny", trainingFile: training)
      request.hyperparameters.epochs = 3
      request.hyperparameters.batchSize = 4
      let job = try await service.createJob(request, surface: .fineTunes, owner: "me")
      acknowledge("job \(job.id) \(name)")
      if n % 8 == 0 {
        try await service.deleteJob(job.id)
        acknowledge("forgot \(job.id) \(name)")
      }
    }
    let key = try await service.createKey(name: name)
    acknowledge("key \(key.key) \(name)")
  }
}

/// One line in one system call, so that it is whole or not there.
private func acknowledge(_ line: String) { FileHandle.standardOutput.write(Data("!\(line)\n".utf8)) }

@Test func aKilledServiceLosesNothingThatWasAcknowledged() async throws {
  let bench = try Workbench()
  try bench.makeModel()
  let program = try bench.program().path
  let home = bench.home.url.path
  let first = try await bench.service { $0.runsJobs = false }
  let training = try await bench.upload(try bench.examples("train.jsonl", count: 60), to: first).id
  await first.stop()
  var names: [String: [String: String]] = [:]
  for round in 0..<(runsEverything ? 60 : 3) {
    let result = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
      [program = program as String, home = home as String, training = training as String, round = round as Int] in
      Thread.detachNewThread {
        Thread.sleep(forTimeInterval: Double.random(in: 0.2...1.2))
        kill(getpid(), SIGKILL)
      }
      try await workUntilKilled(
        home: URL(fileURLWithPath: home), program: URL(fileURLWithPath: program), files: [training], round: round)
    }
    for line in String(decoding: result?.standardOutputContent ?? [], as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      guard words.count == 3, words[0].hasPrefix("!") else { continue }
      names[String(words[0].dropFirst()), default: [:]][words[1]] = words[2]
    }
    let service = try await bench.service { $0.runsJobs = false }
    #expect(await service.damagedJobs.isEmpty)
    try await check(service, names, round: round)
    for job in try await service.jobs(ListQuery()).data { #expect(job.status != "running", "round \(round)") }
    await service.stop()
  }
  #expect((names["file"] ?? [:]).count > 5, "the services were killed too early to show anything")
  let service = try await bench.service { $0.workers = 2 }
  for job in try await service.jobs(ListQuery()).data.prefix(runsEverything ? 8 : 4) {
    #expect(try await service.end(of: job.id).status == "succeeded")
  }
  await service.stop()
}

private func check(_ service: Service, _ names: [String: [String: String]], round: Int) async throws {
  for (id, name) in names["file", default: [:]] {
    // A deletion that was not acknowledged may have been done all the same.
    let mayBeGone = (name.split(separator: "-").last.flatMap { Int($0) } ?? 0) % 3 == 0
    let found = try? await service.file(id)
    #expect(found?.filename == name || mayBeGone, "round \(round), file \(name)")
    #expect(found == nil || names["gone"]?[id] == nil, "round \(round), file \(name) is back")
    if found != nil { #expect(try Data(contentsOf: await service.content(ofFile: id)).count > 0) }
  }
  for (id, name) in names["job", default: [:]] {
    let mayBeGone = (name.split(separator: "-").last.flatMap { Int($0) } ?? 0) % 8 == 0
    let found = try? await service.job(id)
    #expect(found != nil || mayBeGone, "round \(round), job \(name)")
    #expect(found == nil || names["forgot"]?[id] == nil, "round \(round), job \(name) is back")
  }
  for (key, name) in names["key", default: [:]] {
    #expect(try await service.authenticate(key)?.name == name, "round \(round), key \(name)")
  }
}
