import HoneAPI
import Testing

@Test func aCompletionRequestSaysWhatItsFieldsSay() throws {
  let request = try read(RequestKind.completion.body, as: CompletionCreate.self)
  #expect(request.model == "ada")
  #expect(request.prompt == .texts(["a\n\n###\n\n", "é😀"]))
  #expect(request.maxTokens == 16 && request.count == 2 && request.bestOf == 3 && request.logprobs == 5)
  #expect(request.temperature == 0.5 && request.topP == 1)
  #expect(request.stream == true && request.streamOptions?.includeUsage == true && request.echo == false)
  #expect(request.stop?.texts == ["\n", "END"])
  #expect(request.presencePenalty == -0.5 && request.frequencyPenalty == 2)
  #expect(request.logitBias == ["50256": -100, " yes": 1.5])
  #expect(request.seed == 7 && request.user == "u" && request.suffix == "s")
}

@Test func theOldCommandLinesNullsMeanAbsent() throws {
  let request: CompletionCreate = try read(
    #"""
    {"model":"ada","prompt":null,"n":null,"max_tokens":null,"logprobs":null,"temperature":null,"top_p":null,"stop":null,
    "echo":true,"stream":false}
    """#)
  var expected = CompletionCreate(model: "ada")
  (expected.echo, expected.stream) = (true, false)
  #expect(request == expected)
}

@Test(arguments: [
  (#""one""#, Prompt.text("one")), (#"[]"#, .texts([])), (#"["a",""]"#, .texts(["a", ""])),
  (#"[50256, 2.0, -1]"#, .tokens([50256, 2, -1])), (#"[[1],[],[2,3]]"#, .tokenLists([[1], [], [2, 3]])),
])
private func aPromptIsTextOrTokensOneOrMany(_ json: String, _ prompt: Prompt) throws {
  #expect(try read("{\"prompt\":\(json)}", as: CompletionCreate.self).prompt == prompt)
}

@Test(arguments: [
  (#"[1,"a"]"#, "prompt[1]", "a token id", "the string \"a\""), (#"["a",1]"#, "prompt[1]", "a string", "the number 1"),
  (#"[[1],2]"#, "prompt[1]", "a list", "the number 2"), (#"[[1,1.5]]"#, "prompt[0][1]", "a token id", "the number 1.5"),
  (#"[2147483648]"#, "prompt[0]", "a token id", "the number 2147483648"),
  (#"["a",null]"#, "prompt[1]", "a string", "null"),
  (#"["\ud800"]"#, "prompt[0]", "a string, a token id or a list of token ids", "a value that cannot be read"),
  (#"[["a"]]"#, "prompt[0][0]", "a token id", "the string \"a\""),
  (#"[true]"#, "prompt[0]", "a string, a token id or a list of token ids", "true"),
])
private func aMixedPromptNamesTheElementThatDiffers(
  _ json: String, _ parameter: String, _ expected: String, _ found: String
) {
  let error = refusal("{\"prompt\":\(json)}", CompletionCreate.self)
  #expect(error == .wrong(parameter: parameter, expected: expected, found: found))
}

@Test func aChatSaysWhatItsFieldsSay() throws {
  let request = try read(RequestKind.chat.body, as: ChatCompletionCreate.self)
  #expect(request.messages.map(\.role) == [.system, .user, .assistant, .tool])
  #expect(request.messages.map(\.content) == ["Be brief.", "Hello", nil, "4"])
  #expect(request.messages[1].name == "Ann" && request.messages[3].toolCallID == "call_1")
  #expect(request.maxTokens == 16 && request.maxCompletionTokens == 8 && request.count == 2)
  #expect(request.temperature == 0.5 && request.topP == 1 && request.seed == 7)
  #expect(request.stream == true && request.streamOptions?.includeUsage == true)
  #expect(request.logprobs == true && request.topLogprobs == 20 && request.stop?.texts == ["END"])
  #expect(request.presencePenalty == -0.5 && request.frequencyPenalty == 2 && request.logitBias == ["50256": -100])
  #expect(request.model == "ada" && request.user == "u")
}

@Test func aFineTuneSaysWhatItsFieldsSay() throws {
  let request = try read(RequestKind.fineTune.body, as: FineTuneCreate.self)
  #expect(request.trainingFile == "file-a" && request.validationFile == "file-b" && request.model == "ada")
  #expect(request.epochs == 4 && request.batchSize == 8 && request.learningRateMultiplier == 0.1)
  #expect(request.promptLossWeight == 0 && request.computeClassificationMetrics == true)
  #expect(request.classCount == 2 && request.positiveClass == " baseball" && request.betas == [0.5, 1])
  #expect(request.suffix == "x")
}

@Test func aFineTuningJobSaysWhatItsFieldsSay() throws {
  let request = try read(RequestKind.fineTuningJob.body, as: FineTuningJobCreate.self)
  #expect(request.model == "ada" && request.trainingFile == "file-a" && request.validationFile == "file-b")
  #expect(request.suffix == "x" && request.seed == 42 && request.metadata == ["k": "v"])
  #expect(request.hyperparameters?.epochs == .auto && request.hyperparameters?.batchSize == .value(8))
  #expect(request.hyperparameters?.learningRateMultiplier == .value(0.1))
  #expect(request.method?.supervised?.hyperparameters?.epochs == .value(3))
  #expect(request.method?.supervised?.hyperparameters?.batchSize == .auto)
}

@Test func theRequestsAboutFilesAndDeploymentsSayWhatTheirFieldsSay() throws {
  let deployment = try read(RequestKind.deployment.body, as: DeploymentCreate.self)
  #expect(deployment == DeploymentCreate(model: "ada", scaleSettings: ScaleSettings(scaleType: .manual, capacity: 1)))
  let address = "https://example.com/a.jsonl"
  let fileImport = try read(RequestKind.fileImport.body, as: FileImport.self)
  #expect(fileImport == FileImport(purpose: .fineTune, filename: "a.jsonl", contentURL: address))
  var upload = UploadCreate(filename: "a.jsonl", purpose: .fineTune, bytes: 12, mimeType: "text/jsonl")
  upload.expiresAfter = FileCreate.Expiry(seconds: 3600)
  #expect(try read(RequestKind.upload.body) == upload)
  let complete = UploadComplete(partIDs: ["part_1", "part_2"], md5: "d41d8cd98f00b204e9800998ecf8427e")
  #expect(try read(RequestKind.uploadComplete.body) == complete)
}
