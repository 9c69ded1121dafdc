import Foundation
import Hone
import Testing

/// A model that was tuned on prompts which end with `says ->`.
private func tuned() throws -> CompletionModel {
  let bench = try Workbench()
  try bench.makeModel()
  var request = TuneRequest(model: "tiny")
  request.trainingFile = try bench.examples("train.jsonl", count: 12)
  request.epochs = 1
  let name = try bench.home.tune(request).fineTunedModel
  return try bench.home.completionModel(name)
}

private func request(_ prompt: CompletionRequest.Prompt, change: (inout CompletionRequest) -> Void = { _ in })
  -> CompletionRequest
{
  var request = CompletionRequest(prompts: [prompt])
  (request.maxTokens, request.seed, request.temperature) = (2, 1, 0)
  change(&request)
  return request
}

@Test func aPromptWithoutTheSeparatorIsWarnedAboutOrMended() throws {
  let model = try tuned()
  let separator = try #require(model.info.template.separator)
  let whole = try model.complete(request(.text("the cat number 3" + separator)))
  #expect(whole.warnings.isEmpty)
  let bare = try model.complete(request(.text("the cat number 3")))
  #expect(bare.warnings.count == 1 && bare.warnings[0].contains("prompt 0"))
  #expect(bare.promptTokens < whole.promptTokens)
  for end in 0..<separator.count {
    let begun = "the cat number 3" + String(separator.prefix(end))
    let mended = try model.complete(request(.text(begun)) { $0.autoFormat = true })
    #expect(mended == whole, "\(end) characters of the separator")
  }
}

@Test func anEchoedAnswerMayFollowTheSeparator() throws {
  let model = try tuned()
  let separator = try #require(model.info.template.separator)
  let scored = try model.complete(
    request(.text("the cat number 3" + separator + " meow")) {
      $0.echo = true; $0.maxTokens = 0; $0.logprobs = 0
    })
  #expect(scored.warnings.isEmpty)
}

@Test func aModelWithoutATemplateWarnsOfNothing() throws {
  let bench = try Workbench()
  try bench.makeModel()
  #expect(try bench.home.completionModel("tiny").complete(request(.text("the"))).warnings.isEmpty)
}
