import HoneAPI

/// The values behind the golden replies.
enum ReplySamples {
  static var file: FileObject {
    FileObject(
      id: "file-a", bytes: 120, createdAt: 1_700_000_000, filename: "train.jsonl", purpose: .fineTune,
      status: .processed)
  }

  static var azureFile: FileObject {
    var file = file
    file.status = FileObject.Status(.bad, in: .azure2022)
    file.statusDetails = "line 3: no completion"
    file.expiresAt = 1_700_003_600
    file.updatedAt = 1_700_000_001
    file.statistics = .init(tokens: 50, examples: 4)
    return file
  }

  static var results: FileObject {
    FileObject(
      id: "file-r", bytes: 9, createdAt: 1_700_000_100, filename: "compiled_results.csv", purpose: .fineTuneResults,
      status: .processed)
  }

  static var upload: UploadObject {
    let create = UploadCreate(filename: "train.jsonl", purpose: .fineTune, bytes: 120, mimeType: "text/jsonl")
    return UploadObject(create, id: "upload_a", createdAt: 1_700_000_000, expiresAt: 1_700_003_600)
  }

  static var completion: CompletionReply {
    let top: [TopLogprobs?] = [
      nil, TopLogprobs([.init(token: " b", logprob: -0.25), .init(token: " a", logprob: -1.5)]),
    ]
    let logprobs = TextAnswer.Logprobs(
      tokens: ["a", "bytes:\\xe6\\x97"], tokenLogprobs: [nil, -0.25], topLogprobs: top, textOffset: [0, 1])
    return CompletionReply(
      id: "cmpl-a", created: 1_700_000_000, model: "ada",
      choices: [
        .init(text: "a\u{2028}\n\"", index: 0, logprobs: logprobs, finishReason: .length),
        .init(text: "", index: 1, finishReason: .stop),
      ],
      usage: Usage(promptTokens: 5, completionTokens: 7))
  }

  static var completionFrame: CompletionReply {
    CompletionReply(id: "cmpl-a", created: 1_700_000_000, model: "ada", choices: [.init(text: " b", index: 0)])
  }

  static var usageFrame: CompletionReply {
    CompletionReply(
      id: "cmpl-a", created: 1_700_000_000, model: "ada", choices: [],
      usage: Usage(promptTokens: 5, completionTokens: 7))
  }

  static var chat: ChatCompletionReply {
    let chosen = ChatLogprobs.Candidate(token: "Hi", bytes: [72, 105], logprob: -0.5)
    let other = ChatLogprobs.Candidate(token: "Yo", bytes: nil, logprob: -2)
    return ChatCompletionReply(
      id: "chatcmpl-a", created: 1_700_000_000, model: "ada",
      choices: [
        .init(
          index: 0, content: "Hi", logprobs: ChatLogprobs(content: [.init(chosen, top: [chosen, other])]),
          finishReason: .stop)
      ],
      usage: Usage(promptTokens: 5, completionTokens: 1))
  }

  static func chunk(_ delta: ChatPiece.Delta, _ reason: FinishReason? = nil) -> ChatCompletionChunk {
    ChatCompletionChunk(
      id: "chatcmpl-a", created: 1_700_000_000, model: "ada",
      choices: [.init(index: 0, delta: delta, finishReason: reason)])
  }

  static var azureModel: ModelObject {
    var model = ModelObject(id: "ada", created: 1_700_000_000, ownedBy: "hone")
    model.status = "succeeded"
    model.capabilities = .init(
      fineTune: true, inference: true, completion: true, chatCompletion: true, embeddings: false)
    model.lifecycleStatus = "generally-available"
    return model
  }

  static var deployment: DeploymentObject {
    DeploymentObject(
      id: "deployment-a", model: "ada", scaleSettings: ScaleSettings(), status: .succeeded, createdAt: 1_700_000_000,
      updatedAt: 1_700_000_001)
  }
}
