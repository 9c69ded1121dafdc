import HoneAPI
import Testing

private func job(_ rest: String) -> String { "{\"model\":\"ada\",\"training_file\":\"file-a\",\(rest)}" }

@Test(arguments: [
  (
    #""hyperparameters":{"n_epochs":"many"}"#, "hyperparameters.n_epochs", "an integer or \"auto\"",
    "the string \"many\""
  ),
  (#""hyperparameters":{"n_epochs":1.5}"#, "hyperparameters.n_epochs", "an integer or \"auto\"", "the number 1.5"),
  (
    #""hyperparameters":{"learning_rate_multiplier":true}"#, "hyperparameters.learning_rate_multiplier",
    "a number or \"auto\"", "true"
  ),
  (#""method":{"type":"dpo"}"#, "method.type", "\"supervised\"", "the string \"dpo\""),
  (#""method":{"type":"supervised","supervised":[]}"#, "method.supervised", "an object", "an empty list"),
  (
    #""method":{"type":"supervised","supervised":{"hyperparameters":{"batch_size":{}}}}"#,
    "method.supervised.hyperparameters.batch_size", "an integer or \"auto\"", "an object"
  ),
  (#""metadata":{"k":1}"#, "metadata", "an object in which every value is a string", "the number 1"),
])
private func aWrongSettingOfAJobNamesItsPlace(
  _ field: String, _ parameter: String, _ expected: String, _ found: String
) {
  let error = refusal(job(field), FineTuningJobCreate.self)
  #expect(error == .wrong(parameter: parameter, expected: expected, found: found))
}

@Test func aJobHasAtMostSixteenPairsOfMetadata() throws {
  func metadata(_ count: Int) -> String {
    job("\"metadata\":{\((1...count).map { "\"k\($0)\":\"v\"" }.joined(separator: ","))}")
  }
  #expect(try read(metadata(16), as: FineTuningJobCreate.self).metadata?.count == 16)
  let error = refusal(metadata(17), FineTuningJobCreate.self)
  #expect(error == .wrong(parameter: "metadata", expected: "at most 16 pairs", found: "17"))
}

@Test func integrationsAreNotServed() {
  let error = refusal(job(#""integrations":[{"type":"wandb"}]"#), FineTuningJobCreate.self)
  #expect(error == .unserved(parameter: "integrations", expected: "null or an empty list"))
}

@Test(arguments: [
  (#"[]"#, "messages", "at least one message", "an empty list"), (#"[1]"#, "messages[0]", "an object", "the number 1"),
  (
    #"[{"role":"robot","content":""}]"#, "messages[0].role",
    #"one of "system", "developer", "user", "assistant", "tool", "function""#, "the string \"robot\""
  ),
  (
    #"[{"role":"user","content":"a"},{"role":"user","content":7}]"#, "messages[1].content",
    "a string or a list of text parts", "the number 7"
  ),
  (#"[{"role":"user","content":["a"]}]"#, "messages[0].content[0]", "an object", "the string \"a\""),
  (
    #"[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{}}]}]"#,
    "messages[0].content[1].type", "\"text\"", "the string \"image_url\""
  ),
  (#"[{"role":"user","content":[{"type":"text","text":null}]}]"#, "messages[0].content[0].text", "", ""),
  (#"[{"role":"user","content":null}]"#, "messages[0].content", "", ""),
  (#"[{"content":"a"}]"#, "messages[0].role", "", ""),
])
private func aWrongMessageNamesItsPlace(_ messages: String, _ parameter: String, _ expected: String, _ found: String) {
  let error = refusal("{\"messages\":\(messages)}", ChatCompletionCreate.self)
  if expected.isEmpty {
    guard case .missing(parameter, _) = error else {
      Issue.record("\(messages) gave \(String(describing: error))")
      return
    }
  } else {
    #expect(error == .wrong(parameter: parameter, expected: expected, found: found))
  }
}

@Test(arguments: [
  ("tools", #"[{"type":"function"}]"#), ("tool_choice", #""required""#), ("functions", "[{}]"),
  ("function_call", #"{"name":"f"}"#), ("response_format", #"{"type":"json_object"}"#), ("modalities", #"["audio"]"#),
  ("modalities", #"["text","audio"]"#), ("audio", "{}"), ("prediction", #"{"type":"content"}"#),
])
private func aChatThatAsksForWhatCannotBeDoneIsRefused(_ field: String, _ json: String) {
  let error = refusal(#"{"messages":[{"role":"user","content":"a"}],"\#(field)":\#(json)}"#, ChatCompletionCreate.self)
  guard case .unserved(field, _) = error else {
    Issue.record("\(field): \(json) gave \(String(describing: error))")
    return
  }
}

@Test func aMessageThatCallsToolsIsRefused() {
  let call = #"{"messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"call_1"}]}]}"#
  let error = refusal(call, ChatCompletionCreate.self)
  #expect(error == .unserved(parameter: "messages[0].tool_calls", expected: "null or an empty list"))
}

@Test func unknownFieldsInsideOthersAreNotedWithTheirPlace() throws {
  let chat: ChatCompletionCreate = try read(
    #"""
    {"messages":[{"role":"user","content":"a","mood":1},{"role":"user","content":[{"type":"text","text":"a","x":{}}]}],
    "stream_options":{"speed":9},"zoo":[]}
    """#)
  #expect(
    chat.unknownFields == ["zoo", "stream_options.speed", "messages[0].mood", "messages[1].content[0].x"])
  let tuning: FineTuningJobCreate = try read(
    job(
      #""hyperparameters":{"a":1},"method":{"type":"supervised","b":1,"supervised":{"c":1,"hyperparameters":{"d":1}}}"#)
  )
  let method = ["method.b", "method.supervised.c", "method.supervised.hyperparameters.d"]
  #expect(tuning.unknownFields == ["hyperparameters.a"] + method)
}

@Test func ofANameGivenTwiceTheFirstCounts() throws {
  #expect(try read(#"{"n":1,"n":2}"#, as: CompletionCreate.self).count == 1)
}
