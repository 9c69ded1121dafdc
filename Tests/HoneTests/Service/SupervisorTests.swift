import Foundation
import Hone
import HoneJobs
import Testing

@Test func aWorkerThatFallsSilentIsReplaced() async throws {
  let bench = try Workbench()
  try bench.makeModel()
  let service = try await bench.service { $0.leaseSeconds = 3 }
  let made = try await service.createJob(
    try await bench.jobRequest(service, epochs: 12), surface: .fineTunes, owner: "tester")
  _ = try await service.wait(for: made.id) { $0.step > 0 }
  let pid = try #require(await service.workers[made.id])
  kill(pid, SIGSTOP)
  let job = try await service.end(of: made.id)
  #expect(job.status == "succeeded")
  // One that was quick enough to end its work before it fell silent is sent away later.
  for _ in 0..<400 where kill(pid, 0) == 0 { try await Task.sleep(for: .milliseconds(50)) }
  #expect(kill(pid, 0) != 0, "the silent worker is still there")
  await service.stop()
}

@Test func aWorkerThatAnswersAndGetsNowhereIsReplaced() async throws {
  let bench = try Workbench()
  try bench.makeModel()
  // The first worker beats and never trains; every later one is a real one.
  let mark = bench.folder.appendingPathComponent("mark").path
  let program = try bench.file(
    "worker.sh",
    """
    #!/bin/sh
    if [ -e '\(mark)' ]; then exec '\(try bench.program().path)' "$@"; fi
    : > '\(mark)'
    while :; do echo '{"beat":{"progress":7,"step":3}}'; sleep 0.1; done

    """)
  try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: program.path)
  let service = try await bench.service {
    $0.program = program
    $0.hangPolicy = HangPolicy(shortest: .seconds(2))
  }
  let made = try await service.createJob(
    try await bench.jobRequest(service, epochs: 1000), surface: .fineTunes, owner: "tester")
  #expect(made.estimatedFinish == nil)
  let running = try await service.wait(for: made.id) { $0.estimatedFinish != nil }
  #expect(running.status == "running" && running.estimatedFinish ?? 0 > made.createdAt)
  #expect(try await service.jobs().data.first?.estimatedFinish != nil)
  let told = try await service.allEvents(of: made.id).filter { $0.level == "warn" }.map(\.message)
  // On a busy machine it is noticed a moment later.
  let warning = told.first ?? ""
  #expect(warning.contains(/^Training got nowhere for \d+ s at step 3; its process is ended/), "\(told)")
  #expect(try await service.cancelJob(made.id).estimatedFinish == nil)
  await service.stop()
}

@Test func aWorkerThatCannotStartFailsTheJobAfterAWhile() async throws {
  let bench = try Workbench()
  try bench.makeModel()
  let service = try await bench.service {
    $0.program = bench.folder.appendingPathComponent("nothing")
    $0.crashPolicy = CrashPolicy(crashesAtOneStep: 3, firstDelay: 0, longestDelay: 0)
  }
  let made = try await service.createJob(
    try await bench.jobRequest(service), surface: .fineTunes, owner: "tester")
  let job = try await service.end(of: made.id)
  #expect(job.status == "failed" && job.failure?.code == "worker_crashed")
  await service.stop()
}

@Test func aStoppedServiceLeavesNoWorkerAndTheNextGoesOn() async throws {
  let bench = try Workbench()
  try bench.makeModel()
  let first = try await bench.service { $0.workers = 2 }
  let request = try await bench.jobRequest(first, epochs: 25)
  let jobs = [
    try await first.createJob(request, surface: .fineTunes, owner: "a"),
    try await first.createJob(request, surface: .fineTuning, owner: "b"),
  ]
  for job in jobs { _ = try await first.wait(for: job.id) { $0.step > 0 } }
  let seen = try await first.allEvents(of: jobs[0].id).count
  let pids = await Array(first.workers.values)
  #expect(pids.count == 2)
  let stream = try await first.eventStream(ofJob: jobs[0].id, after: seen)
  await first.stop()
  for pid in pids { #expect(kill(pid, 0) != 0) }
  var numbers: [Int] = []
  for await event in stream { numbers.append(event.number) }  // ends with the service
  await #expect(throws: (any Error).self) { try await first.createJob(request, surface: .fineTunes, owner: "a") }
  let second = try await bench.service { $0.workers = 2 }
  for job in jobs { #expect(try await second.end(of: job.id).status == "succeeded") }
  // A reader that comes back with the last number it saw gets each event once.
  for await event in try await second.eventStream(ofJob: jobs[0].id, after: numbers.last ?? seen) {
    numbers.append(event.number)
  }
  let total = try await second.allEvents(of: jobs[0].id).count
  #expect(numbers == Array((seen + 1)...total))
  #expect(try await second.allEvents(of: jobs[0].id).filter { $0.message == "Fine-tune started" }.count == 1)
  await second.stop()
}

#if os(Linux)
  @Test func everyThreadThatTrainsGivesWay() async throws {
    let bench = try Workbench()
    try bench.makeModel()
    // Not the most polite there is: on a busy machine that one might wait for minutes.
    let service = try await bench.service { $0.nice = 7 }
    let made = try await service.createJob(
      try await bench.jobRequest(service, epochs: 1000), surface: .fineTunes, owner: "tester")
    _ = try await service.wait(for: made.id) { $0.step > 20 }
    let pid = try #require(await service.workers[made.id])
    let tasks = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")
    var busy = 0
    var polite = 0
    for task in tasks {
      guard let text = try? String(contentsOfFile: "/proc/\(pid)/task/\(task)/stat", encoding: .utf8),
        let end = text.lastIndex(of: ")")
      else { continue }
      let fields = text[end...].split(separator: " ")
      let (ticks, nice) = ((Int(fields[12]) ?? 0) + (Int(fields[13]) ?? 0), Int(fields[17]) ?? 0)
      if nice == 7 { polite += ticks } else { busy += ticks }
    }
    #expect(polite > busy, "ticks of threads that give way: \(polite), of others: \(busy)")
    await service.stop()
  }
#endif

@Test func theTerminalMakesFollowsAndSteersJobs() async throws {
  let bench = try Workbench()
  try bench.makeModel()
  let train = try bench.examples("train.jsonl", count: 30)
  let description = try bench.file(
    "job.json",
    #"{"object":"fine_tuning.job","id":"ftjob-x","model":"tiny","seed":7,"fine_tuned_model":"ft:gpt:org:pets:abc","#
      + #""hyperparameters":{"n_epochs":2,"batch_size":"auto","learning_rate_multiplier":1.5},"metadata":{"a":"b"}}"#)
  let made = try bench.run(["import", description.path, train.path, "--json"])
  #expect(made.status == 0, "\(made.error)")
  let id = try #require(made.out.split(separator: "\"").first { $0.hasPrefix("ftjob-") }).description
  #expect(try bench.run(["jobs", "pause", id]).out.contains("paused"))
  #expect(try bench.run(["jobs", "list"]).out.contains(id))
  #expect(try bench.run(["jobs", "resume", id]).status == 0)
  let followed = try bench.run(["jobs", "follow", id], environment: ["HONE_NICE": "0"])
  #expect(followed.status == 0, "\(followed.error)")
  #expect(followed.out.contains("Fine-tune succeeded") && followed.out.contains("Model: ft:tiny:personal:pets:"))
  let left = try FileManager.default.contentsOfDirectory(
    atPath: bench.home.url.appendingPathComponent("jobs/\(id)").path)
  #expect(Set(left) == ["epochs", "log"])
  let shown = try bench.run(["jobs", "show", id, "--json"]).out
  #expect(shown.contains(#""epochs":2"#) && shown.contains(#""learningRateMultiplier":1.5"#))
  #expect(try bench.run(["usage"]).out.contains("local"))
  let key = try bench.run(["keys", "create", "--name", "laptop", "--scope", "read"])
  #expect(key.out.hasPrefix("sk-"))
  #expect(try bench.run(["keys", "create", "--name", "x", "--scope", "fly"]).status == 64)
  #expect(try bench.run(["keys", "revoke", "laptop"]).status == 0)
  #expect(try bench.run(["keys", "list"]).out.contains("revoked"))
  #expect(try bench.run(["jobs", "rm", id]).status == 0)
  #expect(try bench.run(["jobs", "show", id]).status == 1)
}
