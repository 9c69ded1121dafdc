import Hone
import HoneAPI
import HoneServer
import Testing

@Suite struct JobRouteTests {
  @Test func aJobOfEitherApiIsSeenInBoth() async throws {
    let bench = try await ServedBench()
    let file = try await bench.trainingFile()
    let made = await bench.ask("POST", "/v1/fine-tunes", #"{"training_file":"\#(file)","suffix":"My Cats"}"#)
    let old = try made.decoded(FineTuneObject.self)
    #expect(made.status == 200 && old.model == "curie" && old.status == .pending)
    #expect(old.trainingFiles.map(\.id) == [file] && old.events?.first?.message == "Created fine-tune: \(old.id)")
    let new = try await bench.ask("GET", "/v1/fine_tuning/jobs/\(old.id)").decoded(FineTuningJobObject.self)
    #expect(new.trainingFile == file && new.hyperparameters.epochs == .value(4))
    let other = try await bench.ask(
      "POST", "/v1/fine_tuning/jobs", #"{"model":"ada","training_file":"\#(file)","metadata":{"a":"b"}}"#
    ).decoded(FineTuningJobObject.self)
    let list = try await bench.ask("GET", "/v1/fine-tunes").decoded(ListReply<FineTuneObject>.self)
    #expect(list.data.map(\.id) == [old.id, other.id] && list.data.allSatisfy { $0.events == nil })
    let marked = try await bench.ask("GET", "/v1/fine_tuning/jobs?metadata%5Ba%5D=b")
      .decoded(ListReply<FineTuningJobObject>.self)
    #expect(marked.data.map(\.id) == [other.id])
  }

  @Test func azureHasItsOwnWords() async throws {
    let bench = try await ServedBench()
    let file = try await bench.trainingFile(on: "/openai")
    let version = "?api-version=2022-12-01"
    let made = await bench.ask("POST", "/openai/fine-tunes\(version)", #"{"training_file":"\#(file)"}"#)
    #expect(made.status == 201)
    let job = try made.decoded(FineTuneObject.self)
    #expect(job.status == .notRunning && job.trainingFiles.first?.status == .succeeded)
    let cancelled = await bench.ask("POST", "/openai/fine-tunes/\(job.id)/cancel\(version)")
    #expect(try cancelled.decoded(FineTuneObject.self).status == .canceled)
    #expect(try await bench.ask("GET", "/v1/fine-tunes/\(job.id)").decoded(FineTuneObject.self).status == .cancelled)
    // A file's words too.
    let seen = try await bench.ask("GET", "/v1/files/\(file)").decoded(FileObject.self)
    #expect(seen.status == .processed)
  }

  @Test func aStreamGoesOnBehindTheEventThatWasSeenLast() async throws {
    let bench = try await ServedBench()
    let file = try await bench.trainingFile()
    let job = try await bench.ask("POST", "/v1/fine-tunes", #"{"training_file":"\#(file)"}"#).decoded(
      FineTuneObject.self)
    _ = await bench.ask("POST", "/v1/fine-tunes/\(job.id)/cancel")
    let path = "/v1/fine-tunes/\(job.id)/events?stream=true"
    let whole = try await bench.frames(await bench.ask("GET", path))
    #expect(whole.first?.hasPrefix("id: 1\ndata: {\"object\":\"fine-tune-event\"") == true)
    #expect(whole.dropLast().last?.contains("Fine-tune cancelled") == true && whole.last == "data: [DONE]")
    let again = await bench.router.answer(PlainRequest("GET", path, headers: [("last-event-id", "2")]))
    #expect(try await bench.frames(again) == Array(whole.dropFirst(2)))
    // The path that old clients ask for by mistake in Azure mode.
    let stray = try await bench.ask("GET", "/fine-tunes/\(job.id)/events").decoded(ListReply<FineTuneEventObject>.self)
    #expect(stray.data.count == whole.count - 1)
  }

  @Test func unknownJobsAreRefusedInTheWordsOfTheApi() async throws {
    let bench = try await ServedBench()
    for path in ["", "/events", "/events?stream=true"] {
      let response = await bench.ask("GET", "/v1/fine-tunes/ft-none\(path)")
      #expect(response.status == 404 && response.fault?.message == "No fine-tune job: ft-none")
    }
    let response = await bench.ask("GET", "/v1/fine_tuning/jobs/ftjob-none/checkpoints")
    #expect(response.status == 404 && response.fault?.param == "fine_tuning_job_id")
    let file = await bench.ask("POST", "/v1/fine-tunes", #"{"training_file":"file-none"}"#)
    #expect(file.status == 400 && file.fault?.param == "training_file")
  }

  @Test func anEndedJobIsNotCancelledAgain() async throws {
    let bench = try await ServedBench()
    let file = try await bench.trainingFile()
    let job = try await bench.ask("POST", "/v1/fine_tuning/jobs", #"{"model":"ada","training_file":"\#(file)"}"#)
      .decoded(FineTuningJobObject.self)
    #expect(await bench.ask("POST", "/v1/fine_tuning/jobs/\(job.id)/cancel", "").status == 200)
    #expect(await bench.ask("POST", "/v1/fine_tuning/jobs/\(job.id)/cancel").status == 400)
    #expect(await bench.ask("DELETE", "/v1/fine-tunes/\(job.id)").status == 200)
    #expect(await bench.ask("GET", "/v1/fine_tuning/jobs/\(job.id)").status == 404)
  }
}
