import Foundation
import Hone
import Testing

@Test(arguments: [JobSurface.fineTunes, .fineTuning])
func aJobTrainsAndItsModelAnswersBeforeItIsAnnounced(_ surface: JobSurface) async throws {
  let bench = try Workbench()
  try bench.makeModel()
  let service = try await bench.service()
  var request = try await bench.jobRequest(service)
  request.suffix = "My Animals!"
  request.metadata = ["team": "zoo"]
  let made = try await service.createJob(request, surface: surface, owner: "tester")
  #expect(made.status == "validating_files")
  var answeredInTime = false
  for await event in try await service.eventStream(ofJob: made.id) where event.message.hasPrefix("Uploaded model: ") {
    let name = String(event.message.dropFirst("Uploaded model: ".count))
    answeredInTime = try bench.home.complete(model: name, CompletionRequest(prompt: "the cow")).choices.count == 1
  }
  #expect(answeredInTime)
  let job = try await service.job(made.id)
  #expect(job.status == "succeeded", "\(String(describing: job.failure))")
  let name = try #require(job.fineTunedModel)
  switch surface {
  case .fineTunes: #expect(name.hasPrefix("tiny:ft-personal:my-animals-2") && job.id.hasPrefix("ft-"))
  case .fineTuning: #expect(name.hasPrefix("ft:tiny:personal:my-animals:") && job.id.hasPrefix("ftjob-"))
  }
  #expect(try await service.model(name).isTuned)
  let messages = try await service.allEvents(of: job.id).map(\.message)
  #expect(messages.first == "Created fine-tune: \(job.id)")
  #expect(messages.last == "Fine-tune succeeded")
  #expect(messages.filter { $0.hasPrefix("Completed epoch") } == ["Completed epoch 1/2", "Completed epoch 2/2"])
  #expect(messages.filter { $0.hasPrefix("Step ") }.count == 30)
  let results = try String(contentsOf: await service.content(ofFile: job.resultFiles[0]), encoding: .utf8)
  #expect(results.hasPrefix("step,elapsed_tokens,") && results.split(separator: "\n").count == 31)
  #expect(try await service.file(job.resultFiles[0]).purpose == "fine-tune-results")
  let checkpoints = try await service.checkpoints(ofJob: job.id).data
  #expect(checkpoints.map(\.metrics.step) == [30, 15])
  for checkpoint in checkpoints {
    #expect(checkpoint.model == "\(name):ckpt-step-\(checkpoint.metrics.step)")
    #expect(try bench.home.complete(model: checkpoint.model, CompletionRequest(prompt: "the cow")).choices.count == 1)
  }
  #expect(try await service.usage().map(\.trainedTokens) == [job.trainedTokens])
  await service.stop()
}
