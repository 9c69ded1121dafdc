import Foundation
import Hone
import Testing

private func model() throws -> CompletionModel {
  let bench = try Workbench()
  try bench.makeModel()
  return try bench.home.completionModel("tiny")
}

private func chat(_ turns: (String, String)..., change: (inout ChatRequest) -> Void = { _ in }) -> ChatRequest {
  var request = ChatRequest(messages: turns.map { ChatRequest.Message(role: $0.0, text: $0.1) })
  request.maxTokens = 4
  change(&request)
  return request
}

/// The prompt as text, by way of an echo.
private func prompt(_ model: CompletionModel, _ chat: ChatRequest) throws -> String {
  var request = try model.completionRequest(chat)
  (request.echo, request.maxTokens) = (true, 0)
  return try model.complete(request).choices[0].text
}

@Test func aConversationBecomesThePlainTemplate() throws {
  let model = try model()
  #expect(
    try prompt(model, chat(("system", "Be brief."), ("user", "Hi"))) == "System: Be brief.\n\nUser: Hi\n\nAssistant:")
  let talk = try prompt(model, chat(("user", "a"), ("assistant", "b"), ("user", "c")))
  #expect(talk.hasPrefix("User: a\n\nAssistant: b") && talk.hasSuffix("\n\nUser: c\n\nAssistant:"))
}

@Test func badConversationsAreRefused() throws {
  let model = try model()
  for bad in [chat(), chat(("user", "a"), ("wizard", "b")), chat(("assistant", ""))] {
    let error = #expect(throws: HoneError.self) { try model.completionRequest(bad) }
    #expect(error?.parameter == "messages")
  }
  let long = chat(("user", String(repeating: "the cat ", count: 200)))
  #expect(throws: HoneError.self) { try model.completionRequest(long) }
}

@Test func aChatMayAskForTwentyAlternatives() throws {
  let model = try model()
  let result = try model.complete(model.completionRequest(chat(("user", "Hi")) { $0.topLogprobs = 20 }))
  let logprobs = try #require(result.choices.first?.logprobs)
  #expect(logprobs.topLogprobs.allSatisfy { (20...21).contains($0?.count ?? 0) })
  #expect(throws: HoneError.self) {
    try model.complete(model.completionRequest(chat(("user", "Hi")) { $0.topLogprobs = 21 }))
  }
}

@Test func theSpaceBeforeAnAnswerIsNotItsText() throws {
  let model = try model()
  let forced = try model.completionRequest(
    chat(("user", "Hi")) {
      $0.logitBias = [32: 100]; $0.maxTokens = 3; $0.topLogprobs = 0
    })
  let choice = try #require(try model.complete(forced).choices.first)
  #expect(choice.text == "  ")
  #expect(choice.logprobs?.tokens.count == 3)
}

@Test func anAnswerTakesTheRestOfTheContext() throws {
  let model = try model()
  let request = try model.completionRequest(chat(("user", "Hi")) { $0.maxTokens = nil })
  let result = try model.complete(request)
  #expect(request.maxTokens == 64 - result.promptTokens)
}
