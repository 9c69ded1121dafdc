/// The body of POST `/completions`, alone, below `/engines/{engine}` or below `/deployments/{deployment}`.
///
/// Fields that are nil take the defaults of the API; ranges are checked where the model is known.
package struct CompletionCreate: RequestBody {
  /// nil where the path names the model.
  package var model: String?
  package var prompt: Prompt?
  package var maxTokens: Int?
  package var temperature: Double?
  package var topP: Double?
  package var count: Int?  // n
  package var bestOf: Int?
  package var stream: Bool?
  package var streamOptions: StreamOptions?
  package var logprobs: Int?
  package var echo: Bool?
  package var stop: StopTexts?
  package var presencePenalty: Double?
  package var frequencyPenalty: Double?
  /// By decimal token id, or by text of one token.
  package var logitBias: [String: Double]?
  package var seed: Int?
  package var user: String?
  package var suffix: String?
  package private(set) var unknownFields: [String] = []

  package init(model: String? = nil, prompt: Prompt? = nil) {
    self.model = model
    self.prompt = prompt
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case model, prompt, temperature, stream, logprobs, echo, stop, seed, user, suffix
    case maxTokens = "max_tokens"
    case topP = "top_p"
    case count = "n"
    case bestOf = "best_of"
    case streamOptions = "stream_options"
    case presencePenalty = "presence_penalty"
    case frequencyPenalty = "frequency_penalty"
    case logitBias = "logit_bias"
  }

  package init(from decoder: any Decoder) throws {
    let fields = try Fields<CodingKeys>(decoder)
    model = try fields.optional(.model)
    prompt = try fields.optional(.prompt)
    maxTokens = try fields.optional(.maxTokens)
    temperature = try fields.optional(.temperature)
    topP = try fields.optional(.topP)
    count = try fields.optional(.count)
    bestOf = try fields.optional(.bestOf)
    stream = try fields.optional(.stream)
    streamOptions = try fields.optional(.streamOptions)
    logprobs = try fields.optional(.logprobs)
    echo = try fields.optional(.echo)
    stop = try fields.optional(.stop)
    presencePenalty = try fields.optional(.presencePenalty)
    frequencyPenalty = try fields.optional(.frequencyPenalty)
    logitBias = try fields.optional(.logitBias, as: WireMap<Double>.self)?.values
    seed = try fields.optional(.seed)
    user = try fields.optional(.user)
    suffix = try fields.optional(.suffix)
    unknownFields = try fields.unknown() + (streamOptions?.unknownFields ?? [])
  }
}
