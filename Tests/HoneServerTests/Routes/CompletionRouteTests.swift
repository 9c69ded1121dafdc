import Hone
import HoneAPI
import HoneServer
import Testing

@Suite struct CompletionRouteTests {
  @Test func aReplyHasItsFieldsInOrderAndNullsWhereNothingIs() async throws {
    let bench = try await ServedBench()
    let response = await bench.ask(
      "POST", "/v1/completions", #"{"model":"ada","prompt":"x","max_tokens":0,"echo":true}"#)
    let id = try response.decoded(CompletionReply.self).id
    #expect(
      response.text == #"{"id":"\#(id)","object":"text_completion","created":1700000000,"model":"ada","choices":"#
        + #"[{"text":"x","index":0,"logprobs":null,"finish_reason":"length"}],"#
        + #""usage":{"prompt_tokens":1,"completion_tokens":0,"total_tokens":1}}"#)
  }

  @Test func anEchoedPromptHasAScoreForEveryTokenButTheFirst() async throws {
    let bench = try await ServedBench()
    let response = await bench.ask(
      "POST", "/v1/completions", #"{"model":"ada","prompt":"The cat sat","max_tokens":0,"echo":true,"logprobs":2}"#)
    let logprobs = try #require(try response.decoded(CompletionReply.self).choices.first?.logprobs)
    #expect(logprobs.tokens.joined() == "The cat sat")
    #expect(logprobs.tokenLogprobs.first == .some(nil))
    #expect(logprobs.tokenLogprobs.dropFirst().allSatisfy { $0.map { $0 < 0 } ?? false })
    #expect(logprobs.topLogprobs?.first == .some(nil))
    #expect(logprobs.topLogprobs?.dropFirst().allSatisfy { (2...3).contains($0?.entries.count ?? 0) } == true)
    #expect(logprobs.textOffset == logprobs.tokens.indices.map { logprobs.tokens[..<$0].joined().count })
  }

  @Test func theFramesOfAStreamAddUpToTheWholeAnswer() async throws {
    let bench = try await ServedBench()
    let body = #""model":"ada","prompt":["Once upon","The"],"max_tokens":9,"temperature":0,"logprobs":1"#
    let whole = try await bench.ask("POST", "/v1/completions", "{\(body)}").decoded(CompletionReply.self)
    let stream = await bench.ask(
      "POST", "/v1/completions", #"{\#(body),"stream":true,"stream_options":{"include_usage":true}}"#)
    let frames = try await bench.frames(stream)
    #expect(frames.last == "data: [DONE]")
    let replies = try frames.dropLast().map { try reply($0, CompletionReply.self) }
    #expect(replies.last?.usage == whole.usage && replies.last?.choices == [])
    for choice in whole.choices {
      let pieces = replies.flatMap(\.choices).filter { $0.index == choice.index }
      #expect(pieces.map(\.text).joined() == choice.text)
      #expect(pieces.compactMap(\.logprobs).flatMap(\.tokens) == choice.logprobs?.tokens)
      #expect(pieces.compactMap(\.finishReason) == [choice.finishReason] && pieces.last?.finishReason != nil)
    }
  }

  @Test func theFramesOfAChatBeginWithTheRoleAndEndWithTheReason() async throws {
    let bench = try await ServedBench()
    let body = #""model":"ada","messages":[{"role":"user","content":"Hello"}],"max_tokens":6,"temperature":0,"n":2"#
    let whole = try await bench.ask("POST", "/v1/chat/completions", "{\(body)}").decoded(ChatCompletionReply.self)
    let stream = await bench.ask("POST", "/v1/chat/completions", #"{\#(body),"stream":true}"#)
    let chunks = try await bench.frames(stream).dropLast().map { try reply($0, ChatCompletionChunk.self) }
    for choice in whole.choices {
      let pieces = chunks.flatMap(\.choices).filter { $0.index == choice.index }
      #expect(pieces.first?.delta == .start)
      #expect(pieces.last?.delta == .end && pieces.last?.finishReason == choice.finishReason)
      #expect(pieces.compactMap(\.delta.content).joined() == choice.message.content)
    }
  }

  @Test(
    arguments: [
      ("/v1/completions", "ada", "ada"), ("/v1/engines/nobody/completions", "ada", "ada"),
      ("/v1/engines/ada/completions", nil, "ada"), ("/openai/deployments/ada/completions", "nobody", "ada"),
      ("/openai/v1/completions", "nano", "nano"),
    ] as [(String, String?, String)])
  func theRightNameWins(path: String, body: String?, answers: String) async throws {
    let bench = try await ServedBench()
    let model = body.map { #""model":"\#($0)","# } ?? ""
    let response = await bench.ask("POST", path, #"{\#(model)"prompt":"x","max_tokens":1}"#)
    #expect(try response.decoded(CompletionReply.self).model == answers)
  }

  @Test(
    arguments: [
      (#""temperature":2.5"#, 400, "temperature", "invalid_value"), (#""n":0"#, 400, "n", "invalid_value"),
      (#""logprobs":6"#, 400, "logprobs", "invalid_value"), (#""max_tokens":0"#, 400, "max_tokens", "invalid_value"),
      (#""max_tokens":99999"#, 400, "max_tokens", "context_length_exceeded"),
      (#""stream":true,"best_of":2"#, 400, "best_of", "invalid_value"),
      (#""stream":true,"top_p":-1"#, 400, "top_p", "invalid_value"),
      (#""logit_bias":{"several tokens of text":1}"#, 400, "logit_bias", "invalid_value"),
      (#""suffix":"x""#, 400, "suffix", "unsupported_value"), (#""stop":[""]"#, 400, "stop", "invalid_value"),
      (#""model":"nobody""#, 404, "model", "model_not_found"),
      (#""model":null"#, 400, "model", "missing_required_parameter"),
    ] as [(String, Int, String, String)])
  func whatIsWrongIsNamed(field: String, status: Int, parameter: String, code: String) async throws {
    let bench = try await ServedBench()
    let model = field.contains("model") ? "" : #","model":"ada""#
    let response = await bench.ask("POST", "/v1/completions", #"{\#(field)\#(model),"prompt":"x"}"#)
    #expect(response.status == status)
    #expect(response.fault?.param == parameter && response.fault?.code == code)
  }

  @Test(
    arguments: [
      ("/v1/completions", #""prompt":"x""#), ("/v1/chat/completions", #""messages":[{"role":"user","content":"x"}]"#),
      ("/openai/deployments/ada/completions", #""prompt":"x""#),
    ], [false, true])
  func aModelThatDoesNotFitIsTheCallersToChange(_ target: (path: String, body: String), streams: Bool) async throws {
    let bench = try await ServedBench(memory: 1 << 20)
    let response = await bench.ask("POST", target.path, #"{"model":"ada",\#(target.body),"stream":\#(streams)}"#)
    #expect(response.status == 400)
    #expect(response.headers["content-type"] == "application/json")
    let fault = try #require(response.fault)
    #expect(fault.type == "invalid_request_error" && fault.param == "model" && fault.code == "model_too_large")
    #expect(fault.message.contains("1 MB of memory"))
  }

  @Test(
    arguments: ["GET", "POST"],
    ["/v1/batches", "/v1/assistants", "/v1/audio/speech", "/openai/v1/responses"])
  func whatIsNotServedSaysSoAndIsNotAskedForAgain(method: String, path: String) async throws {
    let response = try await ServedBench().ask(method, path, method == "POST" ? "{}" : nil)
    #expect(response.status == 501 && response.headers["x-should-retry"] == "false")
    #expect(response.fault?.code == "not_implemented")
  }

  @Test func anUnknownDeploymentHasItsOwnCode() async throws {
    let bench = try await ServedBench()
    let response = await bench.ask("POST", "/openai/deployments/nobody/completions?api-version=2022-12-01", "{}")
    #expect(response.status == 404 && response.fault?.code == "DeploymentNotFound")
  }

  private func reply<Value: Decodable>(_ frame: String, _ type: Value.Type) throws -> Value {
    #expect(frame.hasPrefix("data: ") && !frame.contains("\n"))
    return try Response.json(Array(frame.dropFirst("data: ".count).utf8)).decoded(type)
  }
}
