/// The body of POST `/chat/completions`, alone or below `/deployments/{deployment}`.
///
/// Fields that are nil take the defaults of the API; ranges are checked where the model is known.
package struct ChatCompletionCreate: RequestBody {
  /// nil where the path names the model.
  package var model: String?
  /// At least one.
  package var messages: [Message]
  package var maxTokens: Int?
  /// The newer name of `maxTokens`.
  package var maxCompletionTokens: Int?
  package var temperature: Double?
  package var topP: Double?
  package var count: Int?  // n
  package var stream: Bool?
  package var streamOptions: StreamOptions?
  package var logprobs: Bool?
  package var topLogprobs: Int?
  package var stop: StopTexts?
  package var presencePenalty: Double?
  package var frequencyPenalty: Double?
  /// By decimal token id, or by text of one token.
  package var logitBias: [String: Double]?
  package var seed: Int?
  package var user: String?
  package private(set) var unknownFields: [String] = []

  package init(model: String? = nil, messages: [Message]) {
    self.model = model
    self.messages = messages
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case model, messages, temperature, stream, logprobs, stop, seed, user
    case maxTokens = "max_tokens"
    case maxCompletionTokens = "max_completion_tokens"
    case topP = "top_p"
    case count = "n"
    case streamOptions = "stream_options"
    case topLogprobs = "top_logprobs"
    case presencePenalty = "presence_penalty"
    case frequencyPenalty = "frequency_penalty"
    case logitBias = "logit_bias"
  }

  package init(from decoder: any Decoder) throws {
    let fields = try Fields<CodingKeys>(decoder)
    model = try fields.optional(.model)
    messages = try fields.required(.messages, as: WireList<Message>.self).elements
    guard !messages.isEmpty else { throw fields.wrong("messages", "at least one message") }
    maxTokens = try fields.optional(.maxTokens)
    maxCompletionTokens = try fields.optional(.maxCompletionTokens)
    temperature = try fields.optional(.temperature)
    topP = try fields.optional(.topP)
    count = try fields.optional(.count)
    stream = try fields.optional(.stream)
    streamOptions = try fields.optional(.streamOptions)
    logprobs = try fields.optional(.logprobs)
    topLogprobs = try fields.optional(.topLogprobs)
    stop = try fields.optional(.stop)
    presencePenalty = try fields.optional(.presencePenalty)
    frequencyPenalty = try fields.optional(.frequencyPenalty)
    logitBias = try fields.optional(.logitBias, as: WireMap<Double>.self)?.values
    seed = try fields.optional(.seed)
    user = try fields.optional(.user)
    unknownFields = try fields.unknown(besides: Self.unserved) + (streamOptions?.unknownFields ?? [])
    unknownFields += messages.flatMap(\.unknownFields)
  }

  private static let unserved: [Unserved] = [
    .emptyList("tools"), .word("tool_choice", "none", "auto"), .ignored("parallel_tool_calls"),
    .emptyList("functions"), .word("function_call", "none", "auto"), .nothing("audio"), .nothing("prediction"),
    .nothing("web_search_options"), .only("modalities", "text"), .typed("response_format", "text"),
    .ignored("store"), .ignored("metadata"), .ignored("service_tier"),
  ]
}
